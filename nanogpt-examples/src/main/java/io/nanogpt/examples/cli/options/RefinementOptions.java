package io.nanogpt.examples.cli.options;

import io.nanogpt.examples.cli.console.Heading;
import io.nanogpt.model.Initialization;
import io.nanogpt.model.NgramTables;
import io.nanogpt.model.Refinements;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Additions of later work to the blocks of a transformer. */
public final class RefinementOptions {
    private static final String REFINEMENTS = "Refinements";
    private static final int DEFAULT_ROWS = 32_768;

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
    @Option(
            names = "--ngram-orders",
            paramLabel = "N",
            split = ",",
            description = "tables of n-grams of these numbers of tokens, from 2 to 8, added to the embedding, such as"
                    + " 2,3,4,5; 0 for none")
    private @Nullable List<Integer> ngramOrders;

    @Heading(REFINEMENTS)
    @Option(names = "--ngram-rows", paramLabel = "N", description = "rows of each table of n-grams (default: 32768)")
    private @Nullable Integer ngramRows;

    @Heading(REFINEMENTS)
    @Option(
            names = "--ngram-width",
            paramLabel = "N",
            description = "width of those rows; 0 for the embedding size (default: 0)")
    private @Nullable Integer ngramWidth;

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

    /** These tables of n-grams with the options that were given in place of them. */
    NgramTables ngramTables(NgramTables from) {
        List<Integer> orders = ngramOrders == null ? from.orders() : ngramOrders;
        if (orders.isEmpty() || orders.equals(List.of(0))) {
            if (ngramRows != null || ngramWidth != null) {
                throw new IllegalArgumentException("--ngram-rows and --ngram-width need tables; give --ngram-orders");
            }
            return NgramTables.NONE;
        }
        return new NgramTables(
                orders,
                ngramRows != null ? ngramRows : from.isEmpty() ? DEFAULT_ROWS : from.rows(),
                ngramWidth == null ? from.width() : ngramWidth);
    }

    /** The initialization {@code fan-in}, as the recipes have it. */
    Initialization.FanIn fanIn() {
        return new Initialization.FanIn(
                gain == null ? 0.5f : gain, embeddingDeviation == null ? 0.3f : embeddingDeviation, false, false);
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
                        ngramOrders,
                        ngramRows,
                        ngramWidth,
                        logitCap,
                        gain,
                        embeddingDeviation)
                .anyMatch(Objects::nonNull);
    }
}
