package io.nanogpt.examples;

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
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what model: a preset, and every switch that overrides a part of it. */
final class ArchitectureOptions {
    /** The names that help lists. */
    static final class PresetNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(Preset.values()).map(Preset::toString).iterator();
        }
    }

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            completionCandidates = PresetNames.class,
            description = "${COMPLETION-CANDIDATES}; captions by default")
    private @Nullable String preset;

    @Option(names = "--layers", description = "transformer blocks, or layers of an LSTM or of a k-gram MLP")
    private @Nullable Integer layers;

    @Option(names = "--embedding-size", description = "width of the residual stream, or of the token embedding")
    private @Nullable Integer embeddingSize;

    @Option(names = "--hidden-size", description = "width of the MLP, or of the hidden state")
    private @Nullable Integer hiddenSize;

    @Option(names = "--context-length", description = "tokens the model can look at")
    private @Nullable Integer contextLength;

    @Option(names = "--window", description = "tokens that each one sees, itself among them; 0 for all before it")
    private @Nullable Integer window;

    @Option(names = "--padding", description = "k-gram: the token id before the start; -1 for zeros")
    private @Nullable Integer padding;

    @Option(names = "--heads", description = "attention heads; divide the embedding size")
    private @Nullable Integer heads;

    @Option(names = "--key-value-heads", description = "heads of keys and values; divide the heads")
    private @Nullable Integer keyValueHeads;

    @Option(names = "--dropout", description = "share of activations dropped in training, in [0, 1)")
    private @Nullable Double dropout;

    @Option(names = "--hidden-ratio", description = "width of the MLP in embedding sizes")
    private @Nullable Double hiddenRatio;

    @Option(names = "--activation", description = "gelu, gelu-tanh, relu, silu or swiglu")
    private @Nullable String activation;

    @Option(names = "--norm", description = "layer, rms or none")
    private @Nullable String norm;

    @Option(names = "--norm-epsilon", description = "added to the variance or the mean of squares")
    private @Nullable Float normEpsilon;

    @Option(names = "--norm-placement", description = "pre or post")
    private @Nullable String normPlacement;

    @Option(names = "--positions", description = "learned, sinusoidal, rotary or none")
    private @Nullable String positions;

    @Option(names = "--rope-theta", description = "the base of rotary angles")
    private @Nullable Double ropeTheta;

    @Option(names = "--rope-pairs", description = "interleaved or halves")
    private @Nullable String ropePairs;

    @Option(names = "--fused", negatable = true, description = "queries, keys and values from one matrix")
    private @Nullable Boolean fused;

    @Option(names = "--attention-scale", description = "head or embedding, for 1 / sqrt of that size, or a number")
    private @Nullable String attentionScale;

    @Option(names = "--query-key-value-bias", negatable = true, description = "biases before attention")
    private @Nullable Boolean queryKeyValueBias;

    @Option(names = "--attention-output-bias", negatable = true, description = "a bias behind attention")
    private @Nullable Boolean attentionOutputBias;

    @Option(names = "--mlp-bias", negatable = true, description = "biases in the MLP")
    private @Nullable Boolean mlpBias;

    @Option(names = "--head-bias", negatable = true, description = "a bias in the head")
    private @Nullable Boolean headBias;

    @Option(names = "--tied-head", negatable = true, description = "the table of tokens is the head's matrix")
    private @Nullable Boolean tiedHead;

    @Option(
            names = "--initialization",
            description = "normal, scaled-residual, pytorch, xavier-uniform or truncated-normal")
    private @Nullable String initialization;

    @Option(names = "--initial-deviation", description = "of normal and scaled-residual; 0.02 by default")
    private @Nullable Float initialDeviation;

    Optional<Preset> preset() {
        return Optional.ofNullable(preset).map(Preset::of);
    }

    /** What was given as the context length. */
    @Nullable
    Integer contextLength() {
        return contextLength;
    }

    /** A preset with every option in its place; the vocabulary is the preset's. */
    ModelConfig config(Preset of) {
        ModelConfig config = of.config();
        return switch (config.kind()) {
            case TRANSFORMER -> {
                if (padding != null) {
                    throw new IllegalArgumentException("--padding is for the k-gram presets");
                }
                yield transformer((TransformerConfig) config);
            }
            case LSTM -> {
                refuseTransformerOptions();
                yield lstm((LstmConfig) config);
            }
            case K_GRAM -> {
                refuseTransformerOptions();
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
                .initialization(initialization(from.initialization()));
        if (keyValueHeads != null) {
            builder.keyValueHeads(keyValueHeads);
        }
        if (activation != null) {
            builder.activation(constant("--activation", activation, Activation.class));
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
        String name = positions == null ? (from instanceof Positions.Rotary ? "rotary" : "") : positions;
        if (!name.equals("rotary") && (ropeTheta != null || ropePairs != null)) {
            throw new IllegalArgumentException("--rope-theta and --rope-pairs need --positions rotary");
        }
        return switch (name) {
            case "" -> from;
            case "learned" -> new Positions.Learned();
            case "sinusoidal" -> new Positions.Sinusoidal();
            case "none" -> new Positions.None();
            case "rotary" ->
                rotary(from instanceof Positions.Rotary rotary ? rotary : new Positions.Rotary(10_000, false));
            default ->
                throw new IllegalArgumentException(
                        "--positions must be learned, sinusoidal, rotary or none, but is " + name);
        };
    }

    private Positions.Rotary rotary(Positions.Rotary from) {
        boolean interleaved = from.interleaved();
        if (ropePairs != null) {
            if (!ropePairs.equals("interleaved") && !ropePairs.equals("halves")) {
                throw new IllegalArgumentException("--rope-pairs must be interleaved or halves, but is " + ropePairs);
            }
            interleaved = ropePairs.equals("interleaved");
        }
        return new Positions.Rotary(ropeTheta == null ? from.theta() : ropeTheta, interleaved);
    }

    private NormConfig norm(NormConfig from) {
        return new NormConfig(
                norm == null ? from.kind() : constant("--norm", norm, NormConfig.Kind.class),
                normEpsilon == null ? from.epsilon() : normEpsilon,
                normPlacement == null
                        ? from.placement()
                        : constant("--norm-placement", normPlacement, NormConfig.Placement.class));
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
        float deviation = initialDeviation == null ? 0.02f : initialDeviation;
        if (initialization == null) {
            if (initialDeviation != null) {
                throw new IllegalArgumentException(
                        "--initial-deviation needs --initialization normal or scaled-residual");
            }
            return from;
        }
        return switch (initialization) {
            case "normal" -> new Initialization.Normal(deviation);
            case "scaled-residual" -> new Initialization.ScaledResidual(deviation);
            case "pytorch" -> new Initialization.PyTorchDefault();
            case "xavier-uniform" -> new Initialization.XavierUniform();
            case "truncated-normal" -> new Initialization.TruncatedNormal();
            default ->
                throw new IllegalArgumentException("--initialization must be normal, scaled-residual, pytorch,"
                        + " xavier-uniform or truncated-normal, but is " + initialization);
        };
    }

    private LstmConfig lstm(LstmConfig from) {
        if (window != null || padding != null) {
            throw new IllegalArgumentException("--window and --padding are not for an LSTM, which sees all before it");
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

    private void refuseTransformerOptions() {
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
            initialDeviation
        };
        for (Object option : given) {
            if (option != null) {
                throw new IllegalArgumentException(
                        "preset " + preset + " is no transformer: of the model's options only"
                                + " --layers, --embedding-size, --hidden-size, --context-length, --window and --padding apply");
            }
        }
    }

    private static <E extends Enum<E>> E constant(String option, String value, Class<E> type) {
        for (E constant : type.getEnumConstants()) {
            if (lower(constant).equals(value)) {
                return constant;
            }
        }
        throw new IllegalArgumentException(option + " must be one of "
                + Arrays.stream(type.getEnumConstants())
                        .map(ArchitectureOptions::lower)
                        .collect(Collectors.joining(", "))
                + ", but is " + value);
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static int or(@Nullable Integer value, int other) {
        return value == null ? other : value;
    }

    private static boolean or(@Nullable Boolean value, boolean other) {
        return value == null ? other : value;
    }
}
