package io.nanogpt.impl.onnx;

/**
 * Rounds numbers to integer multiples of a scale that a block of them shares. The number furthest from zero maps to the
 * end of the range, as in the Q4_0 format of ggml, so that the few bits are all used.
 *
 * @param bits 4 or 8
 */
record Quantizer(int bits) {
    /** Multiples run from minus this to this minus one. */
    int half() {
        return 1 << (bits - 1);
    }

    /** The scale of {@code count} numbers; 1 where all are zero. */
    float scale(float[] values, int from, int count) {
        float furthest = 0;
        for (int i = 0; i < count; i++) {
            float value = values[from + i];
            if (Math.abs(value) > Math.abs(furthest)) {
                furthest = value;
            }
        }
        // A subnormal scale has no finite inverse.
        float scale = furthest / -half();
        return Math.abs(scale) < Float.MIN_NORMAL ? 1 : scale;
    }

    /** The multiple of a scale nearest to a number. */
    int quantize(float value, float scale) {
        return Math.max(-half(), Math.min(half() - 1, Math.round(value / scale)));
    }
}
