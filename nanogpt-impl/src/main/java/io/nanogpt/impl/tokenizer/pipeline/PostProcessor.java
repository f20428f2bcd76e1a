package io.nanogpt.impl.tokenizer.pipeline;

import java.util.Arrays;

/**
 * The special tokens that a tokenizer adds to a text.
 *
 * @param before ids before those of the text
 * @param after ids after those of the text
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record PostProcessor(int[] before, int[] after) {
    /** Adds nothing. */
    public static final PostProcessor NONE = new PostProcessor(new int[0], new int[0]);

    /** Whether it adds tokens. */
    public boolean adds() {
        return before.length + after.length > 0;
    }

    /** This one, and then another around it. */
    public PostProcessor within(PostProcessor outer) {
        return new PostProcessor(joined(outer.before, before), joined(after, outer.after));
    }

    /** The ids of a text with the special tokens around them. */
    public int[] around(int[] ids) {
        return joined(joined(before, ids), after);
    }

    /** The ids of a text for a model to continue: with the tokens before it alone. */
    public int[] beforePrompt(int[] ids) {
        return joined(before, ids);
    }

    private static int[] joined(int[] first, int[] second) {
        if (second.length == 0) {
            return first;
        }
        int[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
