package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code generation_config.json}: the text at which generation ends as {@code record_end}, a member of this library, and
 * as transformers reads them {@code bos_token_id} and {@code eos_token_id}, one id or several, that of the text included
 * if it is a single token.
 *
 * @param beginToken {@code bos_token_id}
 * @param endTokens {@code eos_token_id}
 */
record GenerationConfigFile(Optional<String> recordEnd, Optional<Integer> beginToken, List<Integer> endTokens) {
    static final String NAME = "generation_config.json";

    private static final String RECORD_END = "record_end";
    private static final String BEGIN = "bos_token_id";
    private static final String END = "eos_token_id";

    /** The file of a model; empty where there is nothing to write. */
    static Optional<byte[]> bytes(ModelFolder.About about, Tokenizer tokenizer) {
        Map<String, Integer> specials = tokenizer.specialTokens();
        Optional<ChatTemplateFile> template = about.chatTemplate();
        List<Integer> ends = about.ends(tokenizer);
        Map<String, Object> config = new LinkedHashMap<>();
        template.flatMap(ChatTemplateFile::beginToken).map(specials::get).ifPresent(id -> config.put(BEGIN, id));
        if (!ends.isEmpty()) {
            config.put(END, ends.size() == 1 ? ends.get(0) : ends);
        }
        about.recordEnd().ifPresent(end -> config.put(RECORD_END, end));
        return config.isEmpty() ? Optional.empty() : Optional.of(JsonObjects.bytes(config));
    }

    /**
     * Reads {@code generation_config.json}, or, as transformers does where there is none, {@code config.json}.
     *
     * @throws NanogptException if the file is invalid, naming the place
     */
    static GenerationConfigFile read(Optional<Path> file, Optional<Path> config) {
        Optional<JsonValue> members = file.filter(Files::exists)
                .or(() -> config.filter(Files::exists))
                .map(found -> JsonValue.read(found, "the defaults of generation"));
        if (members.isEmpty()) {
            return new GenerationConfigFile(Optional.empty(), Optional.empty(), List.of());
        }
        Optional<String> end = Optional.empty();
        JsonValue member = file.isEmpty() ? null : members.get().optional(RECORD_END);
        if (member != null) {
            if (member.string().isEmpty()) {
                throw member.error("expected the text at which generation ends, but it is empty");
            }
            end = Optional.of(member.string());
        }
        return new GenerationConfigFile(end, ids(members.get(), BEGIN).stream().findFirst(), ids(members.get(), END));
    }

    private static List<Integer> ids(JsonValue members, String name) {
        JsonValue ids = members.optional(name);
        if (ids == null) {
            return List.of();
        }
        return (ids.isArray() ? ids.elements() : List.of(ids))
                .stream()
                        .map(id -> (int) id.integer(-1, Integer.MAX_VALUE))
                        .filter(id -> id >= 0)
                        .toList();
    }
}
