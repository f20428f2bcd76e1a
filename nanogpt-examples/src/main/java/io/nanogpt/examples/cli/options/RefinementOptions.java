package io.nanogpt.examples.cli.options;

import io.nanogpt.examples.cli.console.Heading;
import io.nanogpt.model.Initialization;
import io.nanogpt.model.Refinements;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Additions of later work to the blocks of a transformer. */
final class RefinementOptions {
    private static final String REFINEMENTS = "Refinements";

    @Heading(REFINEMENTS)
    @Option(
            names = "--query-key-norm",
            negatable = true,
            description = "divide the queries and keys of each head by their root mean square")
    private @Nullable Boolean queryKeyNorm;

    @Heading(REFINEMENTS)
    @Option(names = "--embedding-norm", negatable = true, description = "divide embeddings by their root mean square")
    private @Nullable Boolean embeddingNorm;

    @Heading(REFINEMENTS)
    @Option(
            names = "--convolution",
            paramLabel = "N",
            description = "tokens of the causal convolutions before attention and MLP; 0 for none")
    private @Nullable Integer convolution;

    @Heading(REFINEMENTS)
    @Option(
            names = "--input-mixing",
            negatable = true,
            description = "let each block read a trained sum of the residual stream and the embedding")
    private @Nullable Boolean inputMixing;

    @Heading(REFINEMENTS)
    @Option(
            names = "--value-embeddings",
            paramLabel = "LAYER",
            split = ",",
            description = "layers, counted from 0, whose values have an embedding of their token added; needs"
                    + " --no-fused")
    private @Nullable List<Integer> valueEmbeddings;

    @Heading(REFINEMENTS)
    @Option(names = "--logit-cap", paramLabel = "C", description = "limit of the logits, c tanh(x / c); 0 for none")
    private @Nullable Float logitCap;

    @Heading(REFINEMENTS)
    @Option(
            names = "--initial-gain",
            paramLabel = "X",
            description = "of --initialization fan-in: standard deviation times the root of the inputs (default: 0.5)")
    private @Nullable Float gain;

    @Heading(REFINEMENTS)
    @Option(
            names = "--initial-embedding-deviation",
            paramLabel = "X",
            description = "of --initialization fan-in: standard deviation of embeddings (default: 0.3)")
    private @Nullable Float embeddingDeviation;

    /**
     * These refinements with the options that were given in place of them.
     *
     * @param fused whether queries, keys and values come from one matrix
     */
    Refinements refinements(Refinements from, boolean fused) {
        if (valueEmbeddings != null && fused) {
            throw new IllegalArgumentException("--value-embeddings needs --no-fused");
        }
        return new Refinements(
                queryKeyNorm == null ? from.queryKeyNorm() : queryKeyNorm,
                embeddingNorm == null ? from.embeddingNorm() : embeddingNorm,
                convolution == null ? from.convolutionSize() : convolution,
                inputMixing == null ? from.inputMixing() : inputMixing,
                valueEmbeddings == null ? from.valueEmbeddings() : valueEmbeddings,
                logitCap == null ? from.logitCap() : logitCap);
    }

    /** The initialization {@code fan-in}, with outputs and head that start at zero. */
    Initialization.FanIn fanIn() {
        return new Initialization.FanIn(
                gain == null ? 0.5f : gain, embeddingDeviation == null ? 0.3f : embeddingDeviation, true, true);
    }

    /** Refuses the options of {@code fan-in} with another initialization. */
    void refuseFanIn() {
        if (gain != null || embeddingDeviation != null) {
            throw new IllegalArgumentException(
                    "--initial-gain and --initial-embedding-deviation need --initialization fan-in");
        }
    }

    /** Whether an option was given. */
    boolean isGiven() {
        return Stream.of(
                        queryKeyNorm,
                        embeddingNorm,
                        convolution,
                        inputMixing,
                        valueEmbeddings,
                        logitCap,
                        gain,
                        embeddingDeviation)
                .anyMatch(Objects::nonNull);
    }
}
