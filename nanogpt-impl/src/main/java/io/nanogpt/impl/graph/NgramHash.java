package io.nanogpt.impl.graph;

import io.nanogpt.graph.Attributes;

/**
 * The hash of n-grams of {@link Attributes.Embedding}, for backends and exports. All values are below 2<sup>63</sup> and
 * not negative, so that every remainder is the same everywhere.
 */
public final class NgramHash {
    /** Factor of the hash of the tokens before. */
    public static final long HASH_FACTOR = 1_000_003;

    /** Factor of a token id. */
    public static final long ID_FACTOR = 7919;

    /** The prime 2<sup>31</sup> - 1. */
    public static final long MODULUS = 2_147_483_647;

    private NgramHash() {}

    /** The hash of a pair. */
    public static long pair(long id, long before, int vocabularySize) {
        return id * vocabularySize + before;
    }

    /**
     * The hash of an n-gram of {@code order + 1} tokens.
     *
     * @param hash of the last {@code order} tokens
     * @param before the id {@code order} tokens before the last
     */
    public static long next(long hash, long before, int order) {
        return (hash * HASH_FACTOR + before * ID_FACTOR + order) % MODULUS;
    }
}
