package io.nanogpt.impl.train;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.TableRounding;

/** Rounds the tables of n-grams to what a saved model holds. */
final class RoundedTables {
    private static final int LARGEST = 127;
    private static final int HALF_MIN_EXPONENT = -14;
    private static final int HALF_FRACTION_BITS = 10;
    private static final float HALF_MAX = 65_504;

    private RoundedTables() {}

    /** Rounds all tables, and returns whether there is any that may have changed. */
    static boolean round(ParameterStore parameters, TableRounding rounding) {
        boolean any = false;
        for (ParameterSpec spec : parameters.specs()) {
            if (rounding != TableRounding.NONE && spec.role() == ParameterSpec.Role.TABLE) {
                float[] table = new float[spec.elements()];
                parameters.read(spec.name(), table);
                round(table, spec.shape().size(1), rounding);
                parameters.write(spec.name(), table);
                any = true;
            }
        }
        return any;
    }

    static void round(float[] table, int width, TableRounding rounding) {
        switch (rounding) {
            case NONE -> {}
            case FLOAT16 -> {
                for (int i = 0; i < table.length; i++) {
                    table[i] = roundToHalf(table[i]);
                }
            }
            case INT8 -> {
                for (int row = 0; row < table.length; row += width) {
                    roundToIntegers(table, row, row + width);
                }
            }
        }
    }

    /** The nearest number of 11 significant bits and an exponent from -14 to 15, or below them a multiple of 2^-24. */
    private static float roundToHalf(float value) {
        float unit = Math.scalb(1f, Math.max(Math.getExponent(value), HALF_MIN_EXPONENT) - HALF_FRACTION_BITS);
        return Math.max(-HALF_MAX, Math.min(HALF_MAX, (float) Math.rint(value / unit) * unit));
    }

    private static void roundToIntegers(float[] table, int from, int to) {
        float largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(table[i]));
        }
        if (largest == 0) {
            return;
        }
        float scale = scale(largest);
        for (int i = from; i < to; i++) {
            // Plus zero, since there is no negative zero among integers.
            table[i] = (float) Math.rint(table[i] / scale) * scale + 0f;
        }
    }

    /** The least power of two, of which 127 are at least the largest element after rounding. */
    private static float scale(float largest) {
        // Below this power, elements would be subnormal.
        int exponent = Math.max(Math.getExponent(largest), Float.MIN_EXPONENT + Byte.SIZE) - 6;
        float scale = Math.scalb(1f, exponent);
        return Math.rint(largest / scale) <= LARGEST ? scale : 2 * scale;
    }
}
