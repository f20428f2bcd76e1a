package io.nanogpt.examples;

import io.nanogpt.LanguageModel;
import io.nanogpt.model.Activation;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.WeightsImportOptions;
import io.nanogpt.model.WeightsImportOptions.Layout;
import io.nanogpt.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Turns somebody else's weights into a saved model. */
@Command(
        name = "import",
        description =
                "Reads somebody else's weights and saves them as a model. Sizes come from the tensors, and of a"
                        + " Hugging Face folder everything comes from its config.json; the other options say what neither tells.")
final class ImportCommand extends Verb {
    /** Fixed vectors or none, where a model has no table of positions. */
    enum Place {
        NONE,
        SINUSOIDAL,
        ROTARY,
        ROTARY_INTERLEAVED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    @Option(
            names = "--from",
            required = true,
            paramLabel = "FILE|DIR",
            description = ".safetensors, .pt, .pth or .bin, an index of several, or a folder of them")
    @SuppressWarnings("NullAway.Init") // required
    private Path from;

    @Option(
            names = "--family",
            description = "whose weights: ${COMPLETION-CANDIDATES}; not needed where there is a config.json")
    private @Nullable Layout family;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "the folder to save the model in")
    @SuppressWarnings("NullAway.Init") // required
    private Path out;

    @Option(names = "--tokenizer", paramLabel = "FILE", description = "the tokenizer.json; by default the one beside")
    private @Nullable Path tokenizer;

    @Option(names = "--heads", description = "attention heads")
    private @Nullable Integer heads;

    @Option(names = "--context-length", description = "tokens the model can look at")
    private @Nullable Integer contextLength;

    @Option(names = "--positions", description = "where no table of them is trained: ${COMPLETION-CANDIDATES}")
    private @Nullable Place positions;

    @Option(names = "--rope-theta", description = "base of rotary positions")
    private @Nullable Double ropeTheta;

    @Option(names = "--window", description = "tokens that each one sees; 0 for all")
    private @Nullable Integer window;

    @Option(names = "--activation", description = "of the MLP: ${COMPLETION-CANDIDATES}")
    private @Nullable Activation activation;

    @Option(names = "--norm", description = "${COMPLETION-CANDIDATES}")
    private NormConfig.@Nullable Kind norm;

    @Option(names = "--norm-placement", description = "${COMPLETION-CANDIDATES}")
    private NormConfig.@Nullable Placement normPlacement;

    @Option(names = "--norm-epsilon", description = "added to the variance or the mean of squares")
    private @Nullable Float normEpsilon;

    @Override
    public Integer call() {
        WeightsImportOptions options =
                family == null ? WeightsImportOptions.ofFolder() : WeightsImportOptions.of(family);
        if (heads != null) {
            options = options.withHeads(heads);
        }
        if (tokenizer != null) {
            options = options.withTokenizer(Tokenizers.load(tokenizer));
        }
        try (LanguageModel model = LanguageModel.importWeights(from, options.withAdjustment(this::adjust))) {
            model.save(out);
            print(model);
        }
        return 0;
    }

    private TransformerConfig.Builder adjust(TransformerConfig.Builder builder) {
        TransformerConfig given = builder.build();
        if (contextLength != null) {
            builder.contextLength(contextLength);
        }
        if (window != null) {
            builder.window(window);
        }
        if (activation != null) {
            builder.activation(activation);
        }
        return builder.norm(new NormConfig(
                        norm == null ? given.norm().kind() : norm,
                        normEpsilon == null ? given.norm().epsilon() : normEpsilon,
                        normPlacement == null ? given.norm().placement() : normPlacement))
                .positions(positions(given.positions()));
    }

    private Positions positions(Positions given) {
        Place place = positions;
        if (place == null) {
            if (ropeTheta == null) {
                return given;
            }
            boolean interleaved = given instanceof Positions.Rotary rotary && rotary.interleaved();
            place = interleaved ? Place.ROTARY_INTERLEAVED : Place.ROTARY;
        }
        double theta = ropeTheta == null ? 10_000 : ropeTheta;
        return switch (place) {
            case NONE -> new Positions.None();
            case SINUSOIDAL -> new Positions.Sinusoidal();
            case ROTARY -> new Positions.Rotary(theta, false);
            case ROTARY_INTERLEAVED -> new Positions.Rotary(theta, true);
        };
    }

    private void print(LanguageModel model) {
        long parameters = model.architecture().graph().parameterCount();
        if (json()) {
            out().println(new JsonLine()
                    .put("parameters", parameters)
                    .put("vocabulary", model.architecture().vocabularySize())
                    .put("contextLength", model.architecture().contextLength())
                    .put("architecture", model.architecture().kind()));
        } else {
            out().printf(
                            Locale.ROOT,
                            "%,d parameters, vocabulary %,d, context length %,d%nsaved in %s%n",
                            parameters,
                            model.architecture().vocabularySize(),
                            model.architecture().contextLength(),
                            out);
        }
        out().flush();
    }
}
