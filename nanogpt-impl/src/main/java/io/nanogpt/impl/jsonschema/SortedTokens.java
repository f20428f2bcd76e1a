package io.nanogpt.impl.jsonschema;

import java.util.Arrays;

/** Tokens in the order of their bytes, in which those that begin alike are neighbours. Immutable. */
final class SortedTokens {
    private final int[] ids;
    private final byte[][] tokens;
    private final int[] common;
    private final int longest;

    /**
     * Sorts tokens.
     *
     * @param ids of the tokens to take, none of which is empty
     */
    SortedTokens(byte[][] byId, int[] ids) {
        this.ids = Arrays.stream(ids)
                .boxed()
                .sorted((one, other) -> Arrays.compareUnsigned(byId[one], byId[other]))
                .mapToInt(Integer::intValue)
                .toArray();
        tokens = Arrays.stream(this.ids).mapToObj(id -> byId[id]).toArray(byte[][]::new);
        common = new int[tokens.length];
        for (int i = 1; i < tokens.length; i++) {
            int mismatch = Arrays.mismatch(tokens[i - 1], tokens[i]);
            common[i] = mismatch < 0 ? tokens[i].length : mismatch;
        }
        longest = Arrays.stream(tokens).mapToInt(token -> token.length).max().orElse(0);
    }

    int size() {
        return ids.length;
    }

    int id(int index) {
        return ids[index];
    }

    byte[] token(int index) {
        return tokens[index];
    }

    /** The length of the beginning that a token shares with the one before it. */
    int common(int index) {
        return common[index];
    }

    int longest() {
        return longest;
    }

    /** The first index from {@code from} to {@code to} whose token has at least this byte at a place; else {@code to}. */
    int firstFrom(int from, int to, int place, int value) {
        int low = from;
        int high = to;
        while (low < high) {
            int middle = (low + high) >>> 1;
            byte[] token = tokens[middle];
            if (token.length <= place || (token[place] & 0xFF) < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
