package io.nanogpt.tokenizer;

import io.nanogpt.tokenizer.Tokenizer.IncrementalDecoder;
import java.util.Arrays;

/**
 * An incremental decoder based on {@link Tokenizer#decode}. Ids are decoded together with the id before them, since
 * some tokenizers decode an id differently at the beginning of a text, and are held back while their text ends within a
 * character.
 */
final class HoldingDecoder implements IncrementalDecoder {
    /**
     * A character has at most four bytes in UTF-8, so after four tokens a replacement character is not an incomplete
     * one.
     */
    private static final int MOST_TOKENS_OF_A_CHARACTER = 4;

    private static final char REPLACEMENT = '\uFFFD';

    private final Tokenizer tokenizer;
    /** The last decoded id, if any, and the ids held back. */
    private int[] ids = {};

    private int decoded;

    HoldingDecoder(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    @Override
    public String add(int id) {
        ids = Arrays.copyOf(ids, ids.length + 1);
        ids[ids.length - 1] = id;
        String text = heldText();
        if (ids.length - decoded < MOST_TOKENS_OF_A_CHARACTER && endsWithinCharacter(text)) {
            return "";
        }
        ids = new int[] {id};
        decoded = 1;
        return text;
    }

    private String heldText() {
        String before = tokenizer.decode(Arrays.copyOf(ids, decoded));
        String whole = tokenizer.decode(ids);
        return whole.startsWith(before)
                ? whole.substring(before.length())
                : tokenizer.decode(Arrays.copyOfRange(ids, decoded, ids.length));
    }

    @Override
    public boolean isPending() {
        return ids.length > decoded;
    }

    @Override
    public IncrementalDecoder copy() {
        HoldingDecoder copy = new HoldingDecoder(tokenizer);
        copy.ids = ids.clone();
        copy.decoded = decoded;
        return copy;
    }

    @Override
    public String finish() {
        String text = isPending() ? heldText() : "";
        ids = new int[0];
        decoded = 0;
        return text;
    }

    private static boolean endsWithinCharacter(String text) {
        if (text.isEmpty()) {
            return false;
        }
        char last = text.charAt(text.length() - 1);
        return last == REPLACEMENT || Character.isHighSurrogate(last);
    }
}
