package io.nanogpt.impl.generate;

import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizer.IncrementalDecoder;
import org.jspecify.annotations.Nullable;

/**
 * The texts that ids add to a text. Some tokenizers decode an id differently at the beginning of a text, so ids are
 * decoded after another one. Safe for use by many threads.
 */
final class TokenTexts {
    /** Replaces bytes in decoded text that are not a character, or not yet. */
    private static final char REPLACEMENT = '\uFFFD';

    private final Tokenizer tokenizer;
    /** The text of every id by itself; computed at first use, since only constraints need it. */
    private volatile String @Nullable [] single;

    private volatile @Nullable SortedTexts sorted;

    TokenTexts(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    int vocabularySize() {
        return tokenizer.vocabularySize();
    }

    /** A decoder of the ids that follow some ids. */
    IncrementalDecoder decoder(int[] ids) {
        IncrementalDecoder decoder = tokenizer.incrementalDecoder();
        for (int id : ids) {
            decoder.add(id);
        }
        return decoder;
    }

    /** The text that ids add after another id. */
    private String after(int previous, int... ids) {
        int[] all = new int[ids.length + 1];
        all[0] = previous;
        System.arraycopy(ids, 0, all, 1, ids.length);
        String before = tokenizer.decode(previous);
        String whole = tokenizer.decode(all);
        return whole.startsWith(before) ? whole.substring(before.length()) : tokenizer.decode(ids);
    }

    /** The text that an id adds in the middle of a text. */
    String of(int id) {
        return byId()[id];
    }

    /** The texts that ids add in the middle of a text, in alphabetical order. */
    SortedTexts sorted() {
        SortedTexts texts = sorted;
        if (texts == null) {
            texts = new SortedTexts(byId());
            sorted = texts;
        }
        return texts;
    }

    private String[] byId() {
        String[] texts = single;
        if (texts == null) {
            texts = new String[tokenizer.vocabularySize()];
            for (int each = 0; each < texts.length; each++) {
                // Decoded after itself: two equal tokens never form one character together.
                texts[each] = after(each, each);
            }
            single = texts;
        }
        return texts;
    }

    /** Whether a text may end in an incomplete character. */
    static boolean endsWithinCharacter(String text) {
        if (text.isEmpty()) {
            return false;
        }
        char last = text.charAt(text.length() - 1);
        return last == REPLACEMENT || Character.isHighSurrogate(last);
    }
}
