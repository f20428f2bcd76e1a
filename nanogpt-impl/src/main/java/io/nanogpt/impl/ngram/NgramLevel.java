package io.nanogpt.impl.ngram;

import java.util.Arrays;

/**
 * The distinct n-grams of one length, sorted by their tokens. Those that begin with the same (n-1)-gram, its children,
 * are consecutive.
 *
 * @param tokens the last token of each
 * @param counts occurrences of each
 * @param first for each n-gram of the level below, in their order, the index of its first child here; one more element
 *     is the number of n-grams
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record NgramLevel(int[] tokens, int[] counts, int[] first) {
    /** The number of distinct n-grams. */
    public int size() {
        return tokens.length;
    }

    /** The index of the child of an n-gram of the level below; -1 if it was not counted. */
    int child(int parent, int token) {
        int found = Arrays.binarySearch(tokens, first[parent], first[parent + 1], token);
        return Math.max(found, -1);
    }
}
