package io.nanogpt.impl.cpu;

import io.nanogpt.graph.ParameterSpec;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A weight matrix {@code (rows, columns)} copied into panels, so that a product reads memory in order. Panel {@code p}
 * of the forward form holds output features {@code p * width ...}: {@code panel[k][j] = w[p * width + j][k]}. Panel
 * {@code p} of the transposed form holds input features: {@code panel[n][j] = w[n][p * width + j]}. The last panel is
 * padded with zeros.
 */
final class PackedWeight {
    /** Columns of the matrix that are packed for all rows of a panel before the next ones. */
    private static final int BLOCK = 64;

    /** Columns of a panel that a narrow matrix is padded to, at most. */
    private static final int NARROW = 128;

    private final int rows;
    private final int columns;
    private final int panelWidth;
    private final PanelMemory memory;
    private final Panels forward;
    private @Nullable Panels transposed;

    /**
     * Panels without values.
     *
     * @param panelWidth columns of a panel, at most
     */
    PackedWeight(ParameterSpec spec, int panelWidth, PanelMemory memory) {
        this.rows = spec.shape().size(0);
        this.columns = spec.shape().size(1);
        this.panelWidth = panelWidth;
        this.memory = memory;
        this.forward = panels(rows, columns);
    }

    private Panels panels(int features, int depth) {
        int width = Math.min(panelWidth, roundUp(features, NARROW));
        return memory.allocate(Math.multiplyExact(roundUp(features, width), depth), width);
    }

    private static int roundUp(int length, int multiple) {
        return (length + multiple - 1) / multiple * multiple;
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    /** The panels for {@code x W^T}. */
    Panels forward() {
        return forward;
    }

    /** The panels for {@code dy W}, after {@link #addTransposed}. */
    Panels transposed() {
        return Objects.requireNonNull(transposed, "a transposed form");
    }

    /** Allocates the transposed form; false if it exists already. */
    boolean addTransposed() {
        if (transposed != null) {
            return false;
        }
        transposed = panels(columns, rows);
        return true;
    }

    /** Packs rows {@code from} to {@code to - 1}; {@code from} is the first row of a panel. */
    void pack(float[] values, int offset, int from, int to) {
        int panel = forward.offset() + from * columns;
        int width = forward.width();
        // The part of a panel that these columns take stays in the first-level cache for all rows.
        for (int k = 0; k < columns; k += BLOCK) {
            int n = Math.min(BLOCK, columns - k);
            int first = offset + from * columns + k;
            Transposition.copy(to - from, n, values, first, columns, forward.values(), panel + k * width, width);
        }
        Panels other = transposed;
        for (int row = from; other != null && row < to; row++) {
            copyRow(row, values, offset + row * columns, other);
        }
    }

    private void copyRow(int row, float[] values, int offset, Panels to) {
        int width = to.width();
        for (int k = 0, p = 0; k < columns; k += width, p++) {
            int count = Math.min(width, columns - k);
            System.arraycopy(values, offset + k, to.values(), to.offset() + (p * rows + row) * width, count);
        }
    }
}
