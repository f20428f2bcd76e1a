package io.nanogpt.impl.cpu;

import io.nanogpt.graph.ParameterSpec;

/**
 * A weight matrix {@code (rows, columns)} copied into panels, so that a product reads memory in order. Panel {@code p}
 * of the forward form holds output features {@code p * width ...}: {@code panel[k][j] = w[p * width + j][k]}. Panel
 * {@code p} of the transposed form holds input features: {@code panel[n][j] = w[n][p * width + j]}. The last panel is
 * padded with zeros.
 */
final class PackedWeight {
    /** Columns of the matrix that are packed for all rows of a panel before the next ones. */
    private static final int BLOCK = 64;

    private static final float[] NONE = new float[0];

    private final int rows;
    private final int columns;
    private final int width;
    private final float[] forward;
    private float[] transposed = NONE;

    PackedWeight(ParameterSpec spec, int width) {
        this.rows = spec.shape().size(0);
        this.columns = spec.shape().size(1);
        this.width = width;
        this.forward = new float[Math.multiplyExact(panels(rows) * width, columns)];
    }

    private int panels(int length) {
        return (length + width - 1) / width;
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    int panelWidth() {
        return width;
    }

    float[] forward() {
        return forward;
    }

    float[] transposed() {
        return transposed;
    }

    /** Allocates the transposed form; false if it exists already. */
    boolean addTransposed() {
        if (transposed.length > 0) {
            return false;
        }
        transposed = new float[Math.multiplyExact(panels(columns) * width, rows)];
        return true;
    }

    /** Packs rows {@code from} to {@code to - 1}; {@code from} is the first row of a panel. */
    void pack(float[] values, int offset, int from, int to) {
        int panel = from * columns;
        // The part of a panel that these columns take stays in the first-level cache for all rows.
        for (int k = 0; k < columns; k += BLOCK) {
            int n = Math.min(BLOCK, columns - k);
            Transposition.copy(
                    to - from, n, values, offset + from * columns + k, columns, forward, panel + k * width, width);
        }
        if (transposed.length > 0) {
            for (int row = from; row < to; row++) {
                for (int k = 0, p = 0; k < columns; k += width, p++) {
                    System.arraycopy(
                            values,
                            offset + row * columns + k,
                            transposed,
                            (p * rows + row) * width,
                            Math.min(width, columns - k));
                }
            }
        }
    }
}
