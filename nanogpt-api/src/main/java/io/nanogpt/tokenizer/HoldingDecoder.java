package io.nanogpt.tokenizer;

import java.util.Arrays;

/** Decodes with {@link Tokenizer#decode} alone, holding ids back as long as their text ends within a character. */
final class HoldingDecoder implements IncrementalDecoder {
    /** A character of UTF-8 has at most four bytes, so after four tokens a replacement character is meant as such. */
    private static final int MOST_TOKENS_OF_A_CHARACTER = 4;

    private static final char REPLACEMENT = '\uFFFD';

    private final Tokenizer tokenizer;
    private final int[] held = new int[MOST_TOKENS_OF_A_CHARACTER];
    private int count;

    HoldingDecoder(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    @Override
    public String add(int id) {
        held[count++] = id;
        String text = tokenizer.decode(Arrays.copyOf(held, count));
        if (count < MOST_TOKENS_OF_A_CHARACTER && endsWithinCharacter(text)) {
            return "";
        }
        count = 0;
        return text;
    }

    @Override
    public String finish() {
        String text = tokenizer.decode(Arrays.copyOf(held, count));
        count = 0;
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
