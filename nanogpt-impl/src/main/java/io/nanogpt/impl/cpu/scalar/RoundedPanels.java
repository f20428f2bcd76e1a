package io.nanogpt.impl.cpu.scalar;

import io.nanogpt.model.WeightPrecision;

/** The floats of panels of rounded weights, see {@code RoundedWeight}. */
final class RoundedPanels {
    /** Columns of a panel. */
    static final int PANEL = 128;
    /** Consecutive numbers of a row of a panel that are in the same place of consecutive integers. */
    private static final int LANES = PANEL / 8;

    private RoundedPanels() {}

    static int bits(WeightPrecision precision) {
        return precision == WeightPrecision.BF16 ? Short.SIZE : Byte.SIZE;
    }

    /** As {@link io.nanogpt.impl.cpu.Kernels#expand}. */
    static void expand(WeightPrecision precision, int depth, int[] from, int fromOffset, float[] to) {
        int row = PANEL * bits(precision) / Integer.SIZE;
        for (int k = 0; k < depth; k++) {
            expandRow(precision, from, fromOffset + k * row, to, k * PANEL);
        }
    }

    /** One row of a panel. */
    static void expandRow(WeightPrecision precision, int[] from, int fromOffset, float[] to, int toOffset) {
        if (precision == WeightPrecision.BF16) {
            for (int i = 0; i < 4 * LANES; i += LANES) {
                halves(from, fromOffset + i, to, toOffset + 2 * i);
            }
        } else {
            for (int i = 0; i < 2 * LANES; i += LANES) {
                bytes(from, fromOffset + i, to, toOffset + 4 * i);
            }
        }
    }

    private static void halves(int[] from, int at, float[] to, int start) {
        for (int lane = 0; lane < LANES; lane++) {
            int word = from[at + lane];
            to[start + lane] = Float.intBitsToFloat(word & 0xFFFF0000);
            to[start + LANES + lane] = Float.intBitsToFloat(word << 16);
        }
    }

    private static void bytes(int[] from, int at, float[] to, int start) {
        for (int lane = 0; lane < LANES; lane++) {
            int word = from[at + lane];
            to[start + lane] = word >> 24;
            to[start + LANES + lane] = word << 8 >> 24;
            to[start + 2 * LANES + lane] = word << 16 >> 24;
            to[start + 3 * LANES + lane] = word << 24 >> 24;
        }
    }
}
