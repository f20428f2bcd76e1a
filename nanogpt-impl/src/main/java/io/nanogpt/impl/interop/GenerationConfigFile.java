package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * {@code generation_config.json}: the text at which generation ends as {@code record_end}, a member of our own, and where
 * it is one token also its id as {@code eos_token_id}, at which transformers ends.
 */
final class GenerationConfigFile {
    static final String NAME = "generation_config.json";

    private static final String RECORD_END = "record_end";

    private GenerationConfigFile() {}

    static byte[] bytes(String recordEnd, Tokenizer tokenizer) {
        Map<String, Object> config = new LinkedHashMap<>();
        int[] ids = tokenizer.encode(recordEnd);
        if (ids.length == 1) {
            config.put("eos_token_id", ids[0]);
        }
        config.put(RECORD_END, recordEnd);
        return JsonObjects.bytes(config);
    }

    /**
     * Reads the text at which generation ends; empty where there is no file, or one that does not say it.
     *
     * @throws NanogptException naming the place that is wrong
     */
    static Optional<String> read(Path file) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonValue end = JsonValue.read(file, "the defaults of generation").optional(RECORD_END);
        if (end == null) {
            return Optional.empty();
        }
        if (end.string().isEmpty()) {
            throw end.error("expected the text at which generation ends, but it is empty");
        }
        return Optional.of(end.string());
    }
}
