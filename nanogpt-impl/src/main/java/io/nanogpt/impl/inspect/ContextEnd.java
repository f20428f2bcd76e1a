package io.nanogpt.impl.inspect;

import io.nanogpt.model.Architecture;
import java.util.Arrays;

/** The last tokens of a text, which the context of a model holds. */
public final class ContextEnd {
    private final int[] ids;
    private final int skipped;

    private ContextEnd(int[] ids, int skipped) {
        this.ids = ids;
        this.skipped = skipped;
    }

    /**
     * Cuts a text.
     *
     * @throws IllegalArgumentException if it has no token
     */
    public static ContextEnd of(int[] ids, Architecture architecture) {
        if (ids.length == 0) {
            throw new IllegalArgumentException("the text has no token; give at least one character to look at");
        }
        int skipped = Math.max(0, ids.length - architecture.contextLength());
        return new ContextEnd(Arrays.copyOfRange(ids, skipped, ids.length), skipped);
    }

    /** At least one. */
    int[] ids() {
        return ids;
    }

    /** The number of tokens before these. */
    int skipped() {
        return skipped;
    }
}
