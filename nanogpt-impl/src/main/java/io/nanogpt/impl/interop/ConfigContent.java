package io.nanogpt.impl.interop;

import io.nanogpt.model.Architecture;
import io.nanogpt.model.TransformerConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What {@code config.json} holds: the keys of transformers where it has the same architecture, else this library's own. */
public final class ConfigContent {
    private ConfigContent() {}

    /**
     * What {@code config.json} holds of an architecture.
     *
     * @param transformer of the architecture, if it is one of the library's own
     */
    public static Map<String, Object> of(Architecture architecture, Optional<TransformerConfig> transformer) {
        return transformer
                .flatMap(HuggingFaceConfig::of)
                .map(HuggingFaceConfig::write)
                .orElseGet(() -> own(architecture));
    }

    private static Map<String, Object> own(Architecture architecture) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put(ModelFolder.KIND_KEY, architecture.kind());
        architecture.settings().forEach((key, value) -> {
            if (ModelFolder.RESERVED_KEYS.contains(key)) {
                throw new IllegalArgumentException("architecture " + architecture.kind() + " has a setting " + key
                        + ", which " + ModelFolder.CONFIG + " reserves; rename the setting");
            }
            config.put(key, value);
        });
        return config;
    }
}
