package io.nanogpt.impl.data;

import io.nanogpt.impl.random.CounterRandom;

/**
 * Random permutations of n numbers without storage: a Feistel network over the next power of four with cycle walking
 * (Black and Rogaway 2002, "Ciphers with arbitrary finite domains").
 */
final class Permutation {
    private static final int ROUNDS = 6;

    private Permutation() {}

    /**
     * The number at a position.
     *
     * @param position from 0 to before {@code size}
     * @param size of the permutation, at most 2^62
     * @param key selects the permutation
     */
    static long at(long position, long size, long key) {
        int half = Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(size - 1) + 1) / 2);
        long number = position;
        do {
            number = mixed(number, half, key);
        } while (number >= size); // Fewer than four times on average: the network is less than four times as large.
        return number;
    }

    private static long mixed(long number, int half, long key) {
        long mask = (1L << half) - 1;
        long left = number >>> half;
        long right = number & mask;
        for (int round = 0; round < ROUNDS; round++) {
            long next = left ^ (CounterRandom.bits(key, (long) round << half | right) & mask);
            left = right;
            right = next;
        }
        return left << half | right;
    }
}
