package io.nanogpt.impl.cpu;

import io.nanogpt.spi.RowGradient;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A table of which a batch looks up few rows. Only these have a gradient, so that a step costs what the tokens of its
 * batch cost, whatever the size of the table. Sums go over tokens in their order; the rows are in the order of their first
 * tokens.
 */
final class SparseTable {
    private final int rows;
    private final int width;
    private final float[] values;
    private SparseRows gradient;
    /** The gradients of the earlier batches of a step; made when a step first has several batches. */
    private @Nullable SparseRows accumulated;

    SparseTable(int rows, int width) {
        this.rows = rows;
        this.width = width;
        values = new float[Math.multiplyExact(rows, width)];
        gradient = new SparseRows(rows, width);
    }

    /** All rows. */
    float[] values() {
        return values;
    }

    int width() {
        return width;
    }

    /** The gradient of the last batch; empty before the first. */
    SparseRows gradient() {
        return gradient;
    }

    /** Makes room for the gradient of batches of this many tokens. */
    void reserve(int tokens) {
        gradient.reserve(Math.min(rows, tokens));
    }

    /** A copy of the gradient. */
    RowGradient copyGradient() {
        int count = gradient.count();
        int[] touched = IntStream.range(0, count).map(gradient::row).toArray();
        return new RowGradient(touched, Arrays.copyOf(gradient.values(), count * width));
    }

    /** Sets the gradient. */
    void setGradient(RowGradient rows) {
        gradient.clear();
        gradient.reserve(rows.rows().length);
        for (int row : rows.rows()) {
            gradient.add(row);
        }
        System.arraycopy(rows.values(), 0, gradient.values(), 0, rows.values().length);
    }

    /** Adds the gradient, times a weight, to the accumulated one. */
    void accumulate(float weight) {
        addTo(accumulatedRows(), weight);
    }

    /** Sets the gradient to its product with a weight plus the accumulated one, which is then discarded. */
    void mergeAccumulated(float weight) {
        SparseRows sum = accumulatedRows();
        addTo(sum, weight);
        accumulated = gradient;
        accumulated.clear();
        gradient = sum;
    }

    private SparseRows accumulatedRows() {
        if (accumulated == null) {
            accumulated = new SparseRows(rows, width);
        }
        return accumulated;
    }

    private void addTo(SparseRows sum, float weight) {
        for (int slot = 0; slot < gradient.count(); slot++) {
            int row = gradient.row(slot);
            int to = sum.slot(row);
            if (to < 0) {
                to = sum.add(row);
                Arrays.fill(sum.values(), to * width, (to + 1) * width, 0f);
            }
            add(gradient.values(), slot * width, weight, sum.values(), to * width);
        }
    }

    private void add(float[] x, int from, float weight, float[] sum, int to) {
        for (int i = 0; i < width; i++) {
            sum[to + i] = Math.fma(x[from + i], weight, sum[to + i]);
        }
    }

    /** The sum of the squares of the gradient. */
    double sumSquares(Kernels kernels) {
        double sum = 0;
        for (int slot = 0; slot < gradient.count(); slot++) {
            sum += kernels.dot(width, gradient.values(), slot * width, gradient.values(), slot * width);
        }
        return sum;
    }
}
