package io.nanogpt.examples.cli;

import io.nanogpt.LanguageModel;
import io.nanogpt.examples.cli.console.Heading;
import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.options.Destinations;
import io.nanogpt.examples.cli.options.SavedModelOptions;
import io.nanogpt.model.Activation;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.WeightsImportOptions;
import io.nanogpt.model.WeightsImportOptions.Layout;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code import} verb. */
@Command(
        name = "import",
        description = "Import weights that another program wrote, and save them as a model. A Hugging Face folder is"
                + " described by its config.json, a GGUF file by itself. Other weights are recognised by the names"
                + " of their tensors, which give the sizes; options give the rest.",
        footer = {
            "  nanogpt import --from gpt2 --out my-gpt2",
            "  nanogpt import --from weights.pth --family algopath --tokenizer tokenizer.json --out my-model"
        })
final class ImportCommand extends Verb {
    private static final Set<String> SETTINGS = Set.of(
            "heads",
            "context-length",
            "positions",
            "rope-theta",
            "window",
            "activation",
            "norm",
            "norm-placement",
            "norm-epsilon");

    private static final String MODEL = "Model settings that the weights do not have";

    /** The positional encodings without trained weights. */
    enum Place {
        NONE,
        SINUSOIDAL,
        ROTARY,
        ROTARY_INTERLEAVED
    }

    @Option(
            names = "--from",
            required = true,
            paramLabel = "FILE|DIR",
            description = "weights: .safetensors, .pt, .pth, .bin or .gguf, an index of several, or a folder of them")
    @SuppressWarnings("NullAway.Init") // required
    private Path from;

    @Option(
            names = "--family",
            paramLabel = "NAME",
            description = "layout of the weights, if it is not recognised: ${COMPLETION-CANDIDATES}")
    private @Nullable Layout family;

    @Mixin
    private SavedModelOptions out = new SavedModelOptions();

    @Option(
            names = "--tokenizer",
            paramLabel = "FILE",
            description = "tokenizer.json (default: the one beside the weights)")
    private @Nullable Path tokenizer;

    @Heading(MODEL)
    @Option(names = "--heads", paramLabel = "N", description = "attention heads")
    private @Nullable Integer heads;

    @Heading(MODEL)
    @Option(names = "--context-length", paramLabel = "N", description = "tokens of context")
    private @Nullable Integer contextLength;

    @Heading(MODEL)
    @Option(
            names = "--positions",
            paramLabel = "KIND",
            description = "positional encoding, if it has no weights: ${COMPLETION-CANDIDATES}")
    private @Nullable Place positions;

    @Heading(MODEL)
    @Option(names = "--rope-theta", paramLabel = "THETA", description = "base of the rotary angles")
    private @Nullable Double ropeTheta;

    @Heading(MODEL)
    @Option(names = "--window", paramLabel = "N", description = "tokens that each position attends to; 0 for all")
    private @Nullable Integer window;

    @Heading(MODEL)
    @Option(names = "--activation", paramLabel = "KIND", description = "of the MLP: ${COMPLETION-CANDIDATES}")
    private @Nullable Activation activation;

    @Heading(MODEL)
    @Option(names = "--norm", paramLabel = "KIND", description = "normalization: ${COMPLETION-CANDIDATES}")
    private NormConfig.@Nullable Kind norm;

    @Heading(MODEL)
    @Option(
            names = "--norm-placement",
            paramLabel = "PLACE",
            description = "before each layer or after its residual sum: ${COMPLETION-CANDIDATES}")
    private NormConfig.@Nullable Placement normPlacement;

    @Heading(MODEL)
    @Option(
            names = "--norm-epsilon",
            paramLabel = "EPSILON",
            description = "number added to the variance, or to the mean of squares")
    private @Nullable Float normEpsilon;

    @Override
    public Integer call() throws IOException {
        require(
                family != Layout.LSTM || givenSettings().isEmpty(),
                "an LSTM has no such settings; leave out " + String.join(", ", givenSettings()));
        require(
                ropeTheta == null || (positions != Place.NONE && positions != Place.SINUSOIDAL),
                "--rope-theta needs --positions rotary or rotary-interleaved");
        Destinations.refuseSame(out.folder(), "--from", from);
        Path folder = from.toAbsolutePath().normalize().getParent();
        if (folder != null && !Files.isDirectory(from)) {
            Destinations.refuseSame(out.folder(), "--from", folder);
        }
        if (tokenizer != null) {
            Destinations.refuseModelOver(out.folder(), "--tokenizer", tokenizer);
        }
        out.create(false).fill(this::write);
        return 0;
    }

    private void write() {
        WeightsImportOptions options =
                family == null ? WeightsImportOptions.ofFolder() : WeightsImportOptions.of(family);
        if (heads != null) {
            options = options.withHeads(heads);
        }
        if (tokenizer != null) {
            options = options.withTokenizer(Tokenizers.load(tokenizer));
        }
        try (LanguageModel model = LanguageModel.importWeights(from, options.withAdjustment(this::adjust))) {
            model.save(out.folder());
            print(model);
        }
    }

    /** The options of {@link #MODEL} that were given. */
    private List<String> givenSettings() {
        return given().keySet().stream()
                .filter(name -> SETTINGS.contains(name))
                .map(name -> "--" + name)
                .toList();
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
            case ROTARY -> rotary(given, theta, false);
            case ROTARY_INTERLEAVED -> rotary(given, theta, true);
        };
    }

    /** With the share and the scaling of the model, if it has any. */
    private static Positions rotary(Positions given, double theta, boolean interleaved) {
        return given instanceof Positions.Rotary rotary
                ? new Positions.Rotary(theta, interleaved, rotary.share(), rotary.scaling())
                : new Positions.Rotary(theta, interleaved);
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
                            out.folder());
        }
        out().flush();
    }
}
