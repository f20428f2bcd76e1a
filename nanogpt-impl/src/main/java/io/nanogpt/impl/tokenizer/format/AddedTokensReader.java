package io.nanogpt.impl.tokenizer.format;

import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.tokenizer.pipeline.AddedToken;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the {@code added_tokens} of a {@code tokenizer.json}. */
final class AddedTokensReader {
    private AddedTokensReader() {}

    static List<AddedToken> read(@Nullable JsonValue added) {
        List<AddedToken> tokens = new ArrayList<>();
        if (added == null) {
            return tokens;
        }
        Set<Long> ids = new HashSet<>();
        Set<String> texts = new HashSet<>();
        for (JsonValue token : added.elements()) {
            long id = token.member("id").integer(0, Integer.MAX_VALUE - 1);
            String text = token.member("content").string();
            if (text.isEmpty() || !ids.add(id) || !texts.add(text)) {
                throw token.error("an added token is empty, or repeats the id or the text of another one");
            }
            tokens.add(token(text, (int) id, token));
        }
        return tokens;
    }

    /** A token with the flags of an object. */
    static AddedToken token(String text, int id, JsonValue flags) {
        boolean special = StageJson.flag(flags, "special", false);
        return new AddedToken(
                text,
                id,
                StageJson.flag(flags, "single_word", false),
                StageJson.flag(flags, "lstrip", false),
                StageJson.flag(flags, "rstrip", false),
                StageJson.flag(flags, "normalized", !special),
                special);
    }
}
