package io.nanogpt.impl.zoo;

import io.nanogpt.NanogptException;
import io.nanogpt.model.Activation;
import io.nanogpt.model.AttentionScale;
import io.nanogpt.model.Biases;
import io.nanogpt.model.Initialization;
import io.nanogpt.model.NgramTables;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.Refinements;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.TransformerConfig.AttentionConfig;
import io.nanogpt.model.TransformerConfig.MlpConfig;
import io.nanogpt.model.TransformerConfig.Size;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Converts a transformer's configuration to and from the settings in {@code config.json}. */
final class TransformerSettings {
    private TransformerSettings() {}

    static Map<String, Object> write(TransformerConfig config) {
        Map<String, Object> settings = new LinkedHashMap<>();
        Size size = config.size();
        settings.put("layers", size.layers());
        settings.put("heads", config.attention().heads());
        settings.put("keyValueHeads", config.attention().keyValueHeads());
        settings.put("embeddingSize", size.embeddingSize());
        settings.put("hiddenSize", config.mlp().hiddenSize());
        settings.put("contextLength", size.contextLength());
        settings.put("vocabularySize", size.vocabularySize());
        settings.put("dropout", config.dropout());
        settings.put("fusedQueryKeyValue", config.attention().fused());
        writeScale(settings, config.attention().scale());
        settings.put("window", config.attention().window());
        settings.put("activation", lower(config.mlp().activation()));
        settings.put("norm", lower(config.norm().kind()));
        settings.put("normEpsilon", config.norm().epsilon());
        settings.put("normPlacement", lower(config.norm().placement()));
        writePositions(settings, config.positions());
        settings.put("queryKeyValueBias", config.biases().queryKeyValue());
        settings.put("attentionOutputBias", config.biases().attentionOutput());
        settings.put("mlpBias", config.biases().mlp());
        settings.put("headBias", config.biases().head());
        settings.put("tiedHead", config.tiedHead());
        writeInitialization(settings, config.initialization());
        writeRefinements(settings, config.refinements());
        writeNgramTables(settings, config.ngramTables());
        VariationSettings.write(settings, config.variations());
        return settings;
    }

    static TransformerConfig read(Settings settings) {
        return new TransformerConfig(
                new Size(
                        settings.bounded("layers", Settings.MOST_LAYERS),
                        settings.integer("embeddingSize"),
                        settings.integer("contextLength"),
                        settings.integer("vocabularySize")),
                new AttentionConfig(
                        settings.integer("heads"),
                        settings.integer("keyValueHeads"),
                        settings.flag("fusedQueryKeyValue"),
                        readScale(settings),
                        settings.integer("window")),
                new MlpConfig(constant(settings, "activation", Activation.class), settings.integer("hiddenSize")),
                new NormConfig(
                        constant(settings, "norm", NormConfig.Kind.class),
                        settings.number("normEpsilon").floatValue(),
                        constant(settings, "normPlacement", NormConfig.Placement.class)),
                readPositions(settings),
                new Biases(
                        settings.flag("queryKeyValueBias"),
                        settings.flag("attentionOutputBias"),
                        settings.flag("mlpBias"),
                        settings.flag("headBias")),
                settings.flag("tiedHead"),
                settings.number("dropout").floatValue(),
                readInitialization(settings),
                readRefinements(settings),
                readNgramTables(settings),
                VariationSettings.read(settings));
    }

    /** Reads the caption GPT of older folders, whose settings had no architecture options yet. */
    static TransformerConfig readCaptions(Settings settings) {
        return TransformerConfig.builder()
                .layers(settings.bounded("layers", Settings.MOST_LAYERS))
                .heads(settings.integer("heads"))
                .embeddingSize(settings.integer("embeddingSize"))
                .contextLength(settings.integer("contextLength"))
                .vocabularySize(settings.integer("vocabularySize"))
                .dropout(settings.number("dropout").floatValue())
                .build();
    }

    private static void writeScale(Map<String, Object> settings, AttentionScale scale) {
        switch (scale.kind()) {
            case BY_HEAD_SIZE -> settings.put("attentionScale", "head");
            case BY_EMBEDDING_SIZE -> settings.put("attentionScale", "embedding");
            case FIXED -> {
                settings.put("attentionScale", "given");
                settings.put("attentionScaleFactor", ((AttentionScale.Fixed) scale).factor());
            }
        }
    }

    private static AttentionScale readScale(Settings settings) {
        String name = settings.text("attentionScale");
        return switch (name) {
            case "head" -> new AttentionScale.ByHeadSize();
            case "embedding" -> new AttentionScale.ByEmbeddingSize();
            case "given" ->
                new AttentionScale.Fixed(settings.number("attentionScaleFactor").floatValue());
            default -> throw unknown("attentionScale", name, "head, embedding, given");
        };
    }

    private static void writePositions(Map<String, Object> settings, Positions positions) {
        settings.put("positions", lower(positions.kind()));
        switch (positions.kind()) {
            case ROTARY -> RotarySettings.write(settings, "rope", (Positions.Rotary) positions);
            case LEARNED, SINUSOIDAL, NONE -> {}
        }
    }

    private static Positions readPositions(Settings settings) {
        String name = settings.text("positions");
        return switch (name) {
            case "learned" -> new Positions.Learned();
            case "sinusoidal" -> new Positions.Sinusoidal();
            case "rotary" -> RotarySettings.read(settings, "rope");
            case "none" -> new Positions.None();
            default -> throw unknown("positions", name, "learned, sinusoidal, rotary, none");
        };
    }

    private static void writeInitialization(Map<String, Object> settings, Initialization initialization) {
        switch (initialization.kind()) {
            case NORMAL -> {
                settings.put("initialization", "normal");
                settings.put("initialDeviation", ((Initialization.Normal) initialization).standardDeviation());
            }
            case SCALED_RESIDUAL -> {
                settings.put("initialization", "scaled-residual");
                settings.put("initialDeviation", ((Initialization.ScaledResidual) initialization).standardDeviation());
            }
            case PYTORCH_DEFAULT -> settings.put("initialization", "pytorch");
            case XAVIER_UNIFORM -> settings.put("initialization", "xavier-uniform");
            case TRUNCATED_NORMAL -> settings.put("initialization", "truncated-normal");
            case FAN_IN -> {
                Initialization.FanIn fanIn = (Initialization.FanIn) initialization;
                settings.put("initialization", "fan-in");
                settings.put("initialGain", fanIn.gain());
                settings.put("initialEmbeddingDeviation", fanIn.embeddingDeviation());
                settings.put("initialOutputsZero", fanIn.zeroOutputs());
                settings.put("initialHeadZero", fanIn.zeroHead());
            }
        }
    }

    private static Initialization readInitialization(Settings settings) {
        String name = settings.text("initialization");
        return switch (name) {
            case "normal" ->
                new Initialization.Normal(settings.number("initialDeviation").floatValue());
            case "scaled-residual" ->
                new Initialization.ScaledResidual(
                        settings.number("initialDeviation").floatValue());
            case "pytorch" -> new Initialization.PyTorchDefault();
            case "xavier-uniform" -> new Initialization.XavierUniform();
            case "truncated-normal" -> new Initialization.TruncatedNormal();
            case "fan-in" ->
                new Initialization.FanIn(
                        settings.number("initialGain").floatValue(),
                        settings.number("initialEmbeddingDeviation").floatValue(),
                        settings.flag("initialOutputsZero"),
                        settings.flag("initialHeadZero"));
            default ->
                throw unknown(
                        "initialization",
                        name,
                        "normal, scaled-residual, pytorch, xavier-uniform, truncated-normal, fan-in");
        };
    }

    /** Only those that are present: folders of models without any have none of these settings. */
    private static void writeRefinements(Map<String, Object> settings, Refinements refinements) {
        if (refinements.queryKeyNorm()) {
            settings.put("queryKeyNorm", true);
        }
        if (refinements.embeddingNorm()) {
            settings.put("embeddingNorm", true);
        }
        if (refinements.convolutionSize() > 0) {
            settings.put("convolutionSize", refinements.convolutionSize());
        }
        if (refinements.inputMixing()) {
            settings.put("inputMixing", true);
        }
        if (!refinements.valueEmbeddings().isEmpty()) {
            settings.put("valueEmbeddings", refinements.valueEmbeddings());
        }
        if (refinements.logitCap() > 0) {
            settings.put("logitCap", refinements.logitCap());
        }
    }

    private static Refinements readRefinements(Settings settings) {
        return new Refinements(
                settings.has("queryKeyNorm") && settings.flag("queryKeyNorm"),
                settings.has("embeddingNorm") && settings.flag("embeddingNorm"),
                settings.has("convolutionSize") ? settings.integer("convolutionSize") : 0,
                settings.has("inputMixing") && settings.flag("inputMixing"),
                settings.has("valueEmbeddings") ? settings.integers("valueEmbeddings") : List.of(),
                settings.has("logitCap") ? settings.number("logitCap").floatValue() : 0);
    }

    /** Only where there are any: the settings of a model without tables are as they were before there were tables. */
    private static void writeNgramTables(Map<String, Object> settings, NgramTables tables) {
        if (!tables.isEmpty()) {
            settings.put("ngramOrders", tables.orders());
            settings.put("ngramRows", tables.rows());
            settings.put("ngramWidth", tables.width());
        }
    }

    private static NgramTables readNgramTables(Settings settings) {
        return settings.has("ngramOrders")
                ? new NgramTables(
                        settings.integers("ngramOrders"), settings.integer("ngramRows"), settings.integer("ngramWidth"))
                : NgramTables.NONE;
    }

    static <E extends Enum<E>> E constant(Settings settings, String name, Class<E> type) {
        String value = settings.text(name);
        for (E constant : type.getEnumConstants()) {
            if (lower(constant).equals(value)) {
                return constant;
            }
        }
        throw unknown(
                name,
                value,
                Arrays.stream(type.getEnumConstants())
                        .map(TransformerSettings::lower)
                        .collect(Collectors.joining(", ")));
    }

    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static NanogptException unknown(String name, String value, String known) {
        return new NanogptException("setting '" + name + "' must be one of " + known + ", but is " + value);
    }
}
