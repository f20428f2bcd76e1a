package io.nanogpt.impl.zoo;

import io.nanogpt.model.Variations;
import io.nanogpt.model.Variations.QueryKeyNorm;
import io.nanogpt.model.Variations.Residual;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Converts variations to and from the settings in {@code config.json}; only those that are present are written. */
final class VariationSettings {
    private static final String WINDOW_ROPE = "windowRope";

    private VariationSettings() {}

    static void write(Map<String, Object> settings, Variations variations) {
        if (variations.headSize() > 0) {
            settings.put("headSize", variations.headSize());
        }
        if (variations.queryKeyNorm() != QueryKeyNorm.NONE) {
            settings.put("queryKeyNormWeights", TransformerSettings.lower(variations.queryKeyNorm()));
        }
        if (variations.attentionCap() > 0) {
            settings.put("attentionCap", variations.attentionCap());
        }
        if (variations.scaledByLayer()) {
            settings.put("attentionScaledByLayer", true);
        }
        if (!variations.windows().isEmpty()) {
            settings.put("windows", variations.windows());
        }
        if (!variations.unrotated().isEmpty()) {
            settings.put("unrotatedLayers", variations.unrotated());
        }
        variations.windowPositions().ifPresent(rotary -> RotarySettings.write(settings, WINDOW_ROPE, rotary));
        if (variations.embeddingScale() != 1) {
            settings.put("embeddingScale", variations.embeddingScale());
        }
        if (variations.residual() != Residual.SEQUENTIAL) {
            settings.put("residual", TransformerSettings.lower(variations.residual()));
        }
    }

    static Variations read(Settings settings) {
        return new Variations(
                settings.has("headSize") ? settings.integer("headSize") : 0,
                settings.has("queryKeyNormWeights")
                        ? TransformerSettings.constant(settings, "queryKeyNormWeights", QueryKeyNorm.class)
                        : QueryKeyNorm.NONE,
                settings.has("attentionCap") ? settings.number("attentionCap").floatValue() : 0,
                settings.has("attentionScaledByLayer") && settings.flag("attentionScaledByLayer"),
                settings.has("windows") ? settings.integers("windows") : List.of(),
                settings.has("unrotatedLayers") ? settings.integers("unrotatedLayers") : List.of(),
                settings.has(WINDOW_ROPE + "Theta")
                        ? Optional.of(RotarySettings.read(settings, WINDOW_ROPE))
                        : Optional.empty(),
                settings.has("embeddingScale")
                        ? settings.number("embeddingScale").floatValue()
                        : 1,
                settings.has("residual")
                        ? TransformerSettings.constant(settings, "residual", Residual.class)
                        : Residual.SEQUENTIAL);
    }
}
