package io.nanogpt.impl.tokenizer.format;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.files.Utf8Files;
import io.nanogpt.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Set;

/** Reads every {@code tokenizer.json} that this library supports, each kind with a class of its own. */
public final class TokenizerFiles {
    private static final String EXPECTED = "a tokenizer.json";

    private static final Set<String> MEMBERS = Set.of(
            "version",
            "truncation",
            "padding",
            "added_tokens",
            "normalizer",
            "pre_tokenizer",
            "post_processor",
            "decoder",
            "model");

    private TokenizerFiles() {}

    /**
     * Reads a tokenizer.
     *
     * @throws NanogptException if the file is not a {@code tokenizer.json} or needs an unsupported feature, with the
     *     place in the file
     */
    public static Tokenizer load(Path file) {
        return parse(Utf8Files.read(file), file.toString());
    }

    /**
     * Reads the text of a {@code tokenizer.json}.
     *
     * @param source where it comes from, for messages
     */
    static Tokenizer parse(String text, String source) {
        JsonValue root = JsonValue.parse(text, source, EXPECTED);
        root.allowOnly(MEMBERS);
        if (CharacterBpeFile.isCharacterBpe(root)) {
            return CharacterBpeFile.read(root);
        }
        if (WordFile.isWords(root)) {
            return WordFile.read(root);
        }
        if (CharacterFile.isCharacters(root)) {
            return CharacterFile.read(root);
        }
        return BpeJsonReader.pattern(root)
                .<Tokenizer>map(pattern -> BpeJsonReader.read(root, pattern, text))
                .orElseGet(() -> PipelineReader.read(root, text));
    }
}
