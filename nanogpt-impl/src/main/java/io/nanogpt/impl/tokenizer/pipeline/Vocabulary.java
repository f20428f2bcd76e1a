package io.nanogpt.impl.tokenizer.pipeline;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tokens and their ids, which may leave some out. Immutable. */
public final class Vocabulary {
    private final Map<String, Integer> ids;
    private final @Nullable String[] tokens;

    /**
     * Creates a vocabulary.
     *
     * @param ids by token
     * @param size more than every id
     */
    public Vocabulary(Map<String, Integer> ids, int size) {
        this.ids = ids;
        tokens = new String[size];
        ids.forEach((token, id) -> tokens[id] = token);
    }

    /** The id of a token, or null. */
    public @Nullable Integer id(String token) {
        return ids.get(token);
    }

    /** The token of an id, or null. */
    @Nullable
    String token(int id) {
        return id >= 0 && id < tokens.length ? tokens[id] : null;
    }

    /** One more than the largest id. */
    public int size() {
        return tokens.length;
    }

    /** The ids of the tokens {@code <0x00>} to {@code <0xFF>}; -1 where there is none. */
    int[] byteTokens() {
        int[] bytes = new int[256];
        for (int value = 0; value < bytes.length; value++) {
            Integer id = ids.get(String.format(Locale.ROOT, "<0x%02X>", value));
            bytes[value] = id == null ? -1 : id;
        }
        return bytes;
    }
}
