package io.nanogpt.impl.cpu;

import io.nanogpt.impl.random.CounterRandom;

/** Numbers for tests of kernels. */
final class RandomFloats {
    private RandomFloats() {}

    /** Standard normal numbers, the same for the same key. */
    static float[] random(int n, long key) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) CounterRandom.normal(key, i);
        }
        return values;
    }
}
