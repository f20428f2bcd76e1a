package io.nanogpt.examples.cli.options;

import io.nanogpt.examples.cli.console.Heading;
import io.nanogpt.examples.presets.StudyPresets;
import io.nanogpt.model.Activation;
import io.nanogpt.model.AttentionScale;
import io.nanogpt.model.Biases;
import io.nanogpt.model.Initialization;
import io.nanogpt.model.KGramConfig;
import io.nanogpt.model.LstmConfig;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.Preset;
import io.nanogpt.model.TransformerConfig;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of the model: a preset, and the switches that override parts of it. */
@Heading("Model")
public final class ArchitectureOptions {
    private static final String ATTENTION = "Attention and positions";
    private static final String LAYERS = "Layers and weights";

    enum PositionKind {
        LEARNED,
        SINUSOIDAL,
        ROTARY,
        NONE
    }

    enum RopePairs {
        INTERLEAVED,
        HALVES
    }

    enum InitializationKind {
        NORMAL,
        SCALED_RESIDUAL,
        PYTORCH,
        XAVIER_UNIFORM,
        TRUNCATED_NORMAL,
        FAN_IN
    }

    /** The names that shell completion offers. */
    static final class PresetNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return StudyPresets.all().stream().map(Preset::name).iterator();
        }
    }

    @Option(
            names = "--preset",
            paramLabel = "NAME|FILE",
            completionCandidates = PresetNames.class,
            description = "model to start from: a name of the table below, or a JSON file of options such as"
                    + " {\"preset\": \"llama\", \"layers\": 4} (default: captions)")
    private @Nullable String preset;

    @Option(
            names = "--layers",
            paramLabel = "N",
            description = "number of blocks, or of layers of an LSTM or k-gram MLP")
    private @Nullable Integer layers;

    @Option(
            names = "--embedding-size",
            paramLabel = "N",
            description = "width of the residual stream, or of the token embedding")
    private @Nullable Integer embeddingSize;

    @Option(names = "--hidden-size", paramLabel = "N", description = "width of the MLP, or of the LSTM's hidden state")
    private @Nullable Integer hiddenSize;

    @Option(
            names = "--hidden-ratio",
            paramLabel = "RATIO",
            description = "width of the MLP as a multiple of the embedding size")
    private @Nullable Double hiddenRatio;

    @Option(names = "--context-length", paramLabel = "N", description = "tokens of context")
    private @Nullable Integer contextLength;

    @Option(names = "--dropout", paramLabel = "P", description = "dropout probability, from 0 to below 1")
    private @Nullable Double dropout;

    @Heading(ATTENTION)
    @Option(names = "--heads", paramLabel = "N", description = "attention heads; must divide the embedding size")
    private @Nullable Integer heads;

    @Heading(ATTENTION)
    @Option(
            names = "--key-value-heads",
            paramLabel = "N",
            description = "heads of keys and values; must divide the heads (default: all heads)")
    private @Nullable Integer keyValueHeads;

    @Heading(ATTENTION)
    @Option(
            names = "--window",
            paramLabel = "N",
            description = "tokens that each position attends to, itself included; 0 for all before it. Of a k-gram MLP,"
                    + " its k")
    private @Nullable Integer window;

    @Heading(ATTENTION)
    @Option(
            names = "--padding",
            paramLabel = "ID",
            description = "k-gram MLP only: token id before the start of the text; -1 for zeros")
    private @Nullable Integer padding;

    @Heading(ATTENTION)
    @Option(
            names = "--attention-scale",
            paramLabel = "SCALE",
            description = "head or embedding for 1 / sqrt of that size, or a number")
    private @Nullable String attentionScale;

    @Heading(ATTENTION)
    @Option(names = "--fused", negatable = true, description = "one matrix for queries, keys and values")
    private @Nullable Boolean fused;

    @Heading(ATTENTION)
    @Option(names = "--positions", paramLabel = "KIND", description = "positional encoding: ${COMPLETION-CANDIDATES}")
    private @Nullable PositionKind positions;

    @Heading(ATTENTION)
    @Option(names = "--rope-theta", paramLabel = "THETA", description = "base of the rotary angles")
    private @Nullable Double ropeTheta;

    @Heading(ATTENTION)
    @Option(
            names = "--rope-pairs",
            paramLabel = "KIND",
            description = "features that are rotated together: ${COMPLETION-CANDIDATES}")
    private @Nullable RopePairs ropePairs;

    @Heading(LAYERS)
    @Option(names = "--activation", paramLabel = "KIND", description = "of the MLP: ${COMPLETION-CANDIDATES}")
    private @Nullable Activation activation;

    @Heading(LAYERS)
    @Option(names = "--norm", paramLabel = "KIND", description = "normalization: ${COMPLETION-CANDIDATES}")
    private NormConfig.@Nullable Kind norm;

    @Heading(LAYERS)
    @Option(
            names = "--norm-epsilon",
            paramLabel = "EPSILON",
            description = "number added to the variance, or to the mean of squares")
    private @Nullable Float normEpsilon;

    @Heading(LAYERS)
    @Option(
            names = "--norm-placement",
            paramLabel = "PLACE",
            description = "before each layer or after its residual sum: ${COMPLETION-CANDIDATES}")
    private NormConfig.@Nullable Placement normPlacement;

    @Heading(LAYERS)
    @Option(names = "--query-key-value-bias", negatable = true, description = "biases of queries, keys and values")
    private @Nullable Boolean queryKeyValueBias;

    @Heading(LAYERS)
    @Option(names = "--attention-output-bias", negatable = true, description = "bias of the projection after attention")
    private @Nullable Boolean attentionOutputBias;

    @Heading(LAYERS)
    @Option(names = "--mlp-bias", negatable = true, description = "biases of the MLP")
    private @Nullable Boolean mlpBias;

    @Heading(LAYERS)
    @Option(names = "--head-bias", negatable = true, description = "bias of the output head")
    private @Nullable Boolean headBias;

    @Heading(LAYERS)
    @Option(
            names = "--tied-head",
            negatable = true,
            description = "output head and token embedding share their weights")
    private @Nullable Boolean tiedHead;

    @Heading(LAYERS)
    @Option(names = "--initialization", paramLabel = "KIND", description = "initial weights: ${COMPLETION-CANDIDATES}")
    private @Nullable InitializationKind initialization;

    @Heading(LAYERS)
    @Option(
            names = "--initial-deviation",
            paramLabel = "X",
            description = "standard deviation of normal and scaled-residual (default: 0.02)")
    private @Nullable Float initialDeviation;

    @Mixin
    private RefinementOptions refinements = new RefinementOptions();

    /** The preset that was named, or the one of the file that was given. */
    public Optional<ModelPreset> preset() {
        return Optional.ofNullable(preset).map(ModelPreset::of);
    }

    /** Whether options of the refinements were given. */
    public boolean hasRefinements() {
        return refinements.isGiven();
    }

    /** The value of {@code --preset}. */
    @Nullable
    String presetName() {
        return preset;
    }

    /** The value of {@code --context-length}. */
    @Nullable
    public Integer contextLength() {
        return contextLength;
    }

    /** A preset with the options that were given in place of its own settings; the vocabulary is the preset's. */
    public ModelConfig config(Preset of) {
        ModelConfig config = of.config();
        return switch (config.kind()) {
            case TRANSFORMER -> {
                if (padding != null) {
                    throw new IllegalArgumentException(
                            "--padding is for k-gram MLPs, but preset " + of + " is a transformer");
                }
                yield transformer((TransformerConfig) config);
            }
            case LSTM -> {
                refuseTransformerOptions(of);
                yield lstm((LstmConfig) config);
            }
            case K_GRAM -> {
                refuseTransformerOptions(of);
                yield kGram((KGramConfig) config);
            }
        };
    }

    private TransformerConfig transformer(TransformerConfig from) {
        TransformerConfig.Builder builder = from.toBuilder()
                .layers(or(layers, from.size().layers()))
                .embeddingSize(or(embeddingSize, from.size().embeddingSize()))
                .contextLength(or(contextLength, from.contextLength()))
                .heads(or(heads, from.attention().heads()))
                .window(or(window, from.attention().window()))
                .fused(or(fused, from.attention().fused()))
                .dropout(dropout == null ? from.dropout() : dropout.floatValue())
                .tiedHead(or(tiedHead, from.tiedHead()))
                .positions(positions(from.positions()))
                .norm(norm(from.norm()))
                .biases(biases(from.biases()))
                .initialization(initialization(from.initialization()))
                .refinements(refinements.refinements(
                        from.refinements(), or(fused, from.attention().fused())))
                .ngramTables(refinements.ngramTables(from.ngramTables()));
        if (keyValueHeads != null) {
            builder.keyValueHeads(keyValueHeads);
        }
        if (activation != null) {
            builder.activation(activation);
        }
        if (attentionScale != null) {
            builder.scale(scale(attentionScale));
        }
        return hidden(builder, from).build();
    }

    /** A hidden size that is left out keeps its ratio to the embedding size. */
    private TransformerConfig.Builder hidden(TransformerConfig.Builder builder, TransformerConfig from) {
        if (hiddenSize != null && hiddenRatio != null) {
            throw new IllegalArgumentException("give --hidden-size or --hidden-ratio, not both");
        }
        if (hiddenSize != null) {
            return builder.hiddenSize(hiddenSize);
        }
        if (hiddenRatio != null) {
            return builder.hiddenRatio(hiddenRatio);
        }
        return embeddingSize == null
                ? builder
                : builder.hiddenRatio(
                        (double) from.mlp().hiddenSize() / from.size().embeddingSize());
    }

    private Positions positions(Positions from) {
        boolean rotary = positions == null ? from instanceof Positions.Rotary : positions == PositionKind.ROTARY;
        if (!rotary && (ropeTheta != null || ropePairs != null)) {
            throw new IllegalArgumentException("--rope-theta and --rope-pairs need --positions rotary");
        }
        if (rotary) {
            return rotary(from instanceof Positions.Rotary angles ? angles : new Positions.Rotary(10_000, false));
        }
        if (positions == null) {
            return from;
        }
        return switch (positions) {
            case LEARNED -> new Positions.Learned();
            case SINUSOIDAL -> new Positions.Sinusoidal();
            case NONE -> new Positions.None();
            case ROTARY -> throw new IllegalStateException("handled above");
        };
    }

    private Positions.Rotary rotary(Positions.Rotary from) {
        boolean interleaved = ropePairs == null ? from.interleaved() : ropePairs == RopePairs.INTERLEAVED;
        return new Positions.Rotary(ropeTheta == null ? from.theta() : ropeTheta, interleaved);
    }

    private NormConfig norm(NormConfig from) {
        NormConfig.Kind kind = norm == null ? from.kind() : norm;
        if (kind == NormConfig.Kind.NONE && (normEpsilon != null || normPlacement != null)) {
            throw new IllegalArgumentException(
                    "--norm-epsilon and --norm-placement need --norm layer, rms or rms-unweighted");
        }
        return new NormConfig(
                kind,
                normEpsilon == null ? from.epsilon() : normEpsilon,
                normPlacement == null ? from.placement() : normPlacement);
    }

    private Biases biases(Biases from) {
        return new Biases(
                or(queryKeyValueBias, from.queryKeyValue()),
                or(attentionOutputBias, from.attentionOutput()),
                or(mlpBias, from.mlp()),
                or(headBias, from.head()));
    }

    private static AttentionScale scale(String value) {
        return switch (value) {
            case "head" -> new AttentionScale.ByHeadSize();
            case "embedding" -> new AttentionScale.ByEmbeddingSize();
            default -> {
                try {
                    yield new AttentionScale.Fixed(Float.parseFloat(value));
                } catch (NumberFormatException e) {
                    throw new IllegalArgumentException(
                            "--attention-scale must be head, embedding or a number, but is " + value, e);
                }
            }
        };
    }

    private Initialization initialization(Initialization from) {
        boolean takesDeviation =
                initialization == InitializationKind.NORMAL || initialization == InitializationKind.SCALED_RESIDUAL;
        if (initialDeviation != null && !takesDeviation) {
            throw new IllegalArgumentException("--initial-deviation needs --initialization normal or scaled-residual");
        }
        if (initialization != InitializationKind.FAN_IN) {
            refinements.refuseFanIn();
        }
        if (initialization == null) {
            return from;
        }
        float deviation = initialDeviation == null ? 0.02f : initialDeviation;
        return switch (initialization) {
            case NORMAL -> new Initialization.Normal(deviation);
            case SCALED_RESIDUAL -> new Initialization.ScaledResidual(deviation);
            case PYTORCH -> new Initialization.PyTorchDefault();
            case XAVIER_UNIFORM -> new Initialization.XavierUniform();
            case TRUNCATED_NORMAL -> new Initialization.TruncatedNormal();
            case FAN_IN -> refinements.fanIn();
        };
    }

    private LstmConfig lstm(LstmConfig from) {
        if (window != null || padding != null) {
            throw new IllegalArgumentException("--window and --padding are not for an LSTM, which has no window");
        }
        return new LstmConfig(
                or(layers, from.layers()),
                or(embeddingSize, from.embeddingSize()),
                or(hiddenSize, from.hiddenSize()),
                or(contextLength, from.contextLength()),
                from.vocabularySize());
    }

    private KGramConfig kGram(KGramConfig from) {
        KGramConfig.Input input = from.input();
        if (embeddingSize != null) {
            input = switch (input.kind()) {
                case ONE_HOT ->
                    throw new IllegalArgumentException(
                            "--embedding-size is not for one-hot tokens; give --hidden-size");
                case EMBEDDING -> new KGramConfig.Input.Embedding(embeddingSize);
                case CONVOLUTION -> new KGramConfig.Input.Convolution(embeddingSize);
            };
        }
        return new KGramConfig(
                input,
                new KGramConfig.Context(
                        or(window, from.context().window()),
                        or(padding, from.context().padding()),
                        or(contextLength, from.contextLength())),
                or(layers, from.layers()),
                or(hiddenSize, from.hiddenSize()),
                from.vocabularySize());
    }

    private void refuseTransformerOptions(Preset of) {
        Object[] given = {
            heads,
            keyValueHeads,
            dropout,
            hiddenRatio,
            activation,
            norm,
            normEpsilon,
            normPlacement,
            positions,
            ropeTheta,
            ropePairs,
            fused,
            attentionScale,
            queryKeyValueBias,
            attentionOutputBias,
            mlpBias,
            headBias,
            tiedHead,
            initialization,
            initialDeviation,
            refinements.isGiven() ? refinements : null
        };
        for (Object option : given) {
            if (option != null) {
                throw new IllegalArgumentException("preset " + of + " is no transformer; it takes only --layers,"
                        + " --embedding-size, --hidden-size and --context-length"
                        + (of.config().kind() == ModelConfig.Kind.K_GRAM ? ", and --window and --padding" : ""));
            }
        }
    }

    private static int or(@Nullable Integer value, int other) {
        return value == null ? other : value;
    }

    private static boolean or(@Nullable Boolean value, boolean other) {
        return value == null ? other : value;
    }
}
