package io.nanogpt.impl.zoo;

import io.nanogpt.NanogptException;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.KGramConfig;
import io.nanogpt.model.LstmConfig;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.TransformerConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Factory of the library's architectures. */
public final class Zoo {
    /** The former kind of the caption GPT in {@code config.json}, before all transformers shared one. */
    private static final String CAPTIONS_KIND = "nanogpt-captions";

    /** The kinds that {@link #create(String, Map)} builds. */
    static final List<String> KINDS = List.of(Transformer.KIND, CAPTIONS_KIND, Lstm.KIND, KGram.KIND);

    private Zoo() {}

    /** Creates the architecture of a configuration. */
    public static Architecture create(ModelConfig config) {
        return switch (config.kind()) {
            case TRANSFORMER -> new Transformer((TransformerConfig) config);
            case LSTM -> new Lstm((LstmConfig) config);
            case K_GRAM -> new KGram((KGramConfig) config);
        };
    }

    /** The configuration of an architecture, if it is a transformer of the library. */
    public static Optional<TransformerConfig> transformer(Architecture architecture) {
        return architecture instanceof Transformer transformer ? Optional.of(transformer.config()) : Optional.empty();
    }

    /** The layers in the settings of a transformer of the library; empty for other architectures. */
    public static OptionalInt transformerLayers(String kind, Map<String, Object> settings) {
        boolean transformer = kind.equals(Transformer.KIND) || kind.equals(CAPTIONS_KIND);
        return transformer && settings.get("layers") instanceof Number layers
                ? OptionalInt.of(layers.intValue())
                : OptionalInt.empty();
    }

    /**
     * Restores an architecture from its {@link Architecture#settings()}.
     *
     * @throws NanogptException if the kind is unknown or a setting is missing or invalid
     */
    public static Architecture create(String kind, Map<String, Object> values) {
        Settings settings = new Settings(values);
        try {
            return switch (kind) {
                case Transformer.KIND -> new Transformer(TransformerSettings.read(settings));
                case CAPTIONS_KIND -> new Transformer(TransformerSettings.readCaptions(settings));
                case Lstm.KIND -> Lstm.read(settings);
                case KGram.KIND -> KGram.read(settings);
                default ->
                    throw new NanogptException(
                            "unknown architecture '" + kind + "'; known: " + String.join(", ", KINDS));
            };
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new NanogptException("the settings of architecture '" + kind + "' are invalid: " + e.getMessage(), e);
        }
    }
}
