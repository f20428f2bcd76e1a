package io.nanogpt.impl.random;

/**
 * Random numbers as a function of a key and a counter (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2,
 * 3"), mixed by the finaliser of SplitMix64 (Steele et al. 2014).
 */
public final class CounterRandom {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private CounterRandom() {}

    /** A key for one purpose of a seed, so that purposes have independent numbers. */
    public static long key(long seed, long purpose) {
        return mix(mix(seed + GOLDEN_GAMMA) ^ mix(purpose * GOLDEN_GAMMA + 1));
    }

    /** 64 random bits. */
    public static long bits(long key, long counter) {
        return mix(key + (counter + 1) * GOLDEN_GAMMA);
    }

    /** A number in [0, 1) with 53 random bits. */
    public static double uniform(long key, long counter) {
        return (bits(key, counter) >>> 11) * 0x1.0p-53;
    }

    /** An integer in [0, bound); {@code bound} is positive and much smaller than 2^53. */
    public static long below(long bound, long key, long counter) {
        return (long) (uniform(key, counter) * bound);
    }

    /** A standard normal number (Box and Muller 1958). */
    public static double normal(long key, long counter) {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - uniform(key, 2 * counter)));
        return radius * StrictMath.cos(2 * StrictMath.PI * uniform(key, 2 * counter + 1));
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
