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
 * {@code generation_config.json}: the text at which generation ends as {@code record_end}, a member of this library,
 * and if it is a single token also its id as {@code eos_token_id}, which transformers reads.
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
     * Reads the text at which generation ends; empty if the file or the member is missing.
     *
     * @throws NanogptException if the file is invalid, naming the place
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
