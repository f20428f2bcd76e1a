package io.nanogpt.impl.cpu;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.model.WeightPrecision;
import java.util.Arrays;

/**
 * A weight matrix {@code (rows, columns)} rounded to bfloat16 or to 8-bit integers, in panels of eight vectors of output
 * features, {@code (panels, columns, 8, lanes)}, of which the last is padded with zeros. The same lanes of two vectors of bfloat16,
 * or of four of 8-bit integers, share an {@code int}, the first in its highest bits.
 *
 * <p>An element of a product is one chain of fused multiply-adds over the rounded weights. An output of 8-bit integers has a
 * factor, by which its sum is multiplied at last, rounded once with what is added to it.
 */
final class RoundedWeight implements Factor, EmbeddingOperations.Rows {
    private static final int VECTORS = 8;
    private static final int GREATEST = 127;
    private static final int FRACTION = 0xFFFF;
    /** The most rows that are multiplied one by one, each of which reads the panel again, but from a cache. */
    private static final int SINGLE_ROWS = 2;

    private final ParameterSpec spec;
    private final WeightPrecision precision;
    private final int rows;
    private final int columns;
    private final int width;
    private final int lanes;
    private final int bits;
    private final int[] panels;
    /** Of 8-bit integers: a factor for each output feature, also for those of the padding. */
    private final float[] factors;

    RoundedWeight(ParameterSpec spec, WeightPrecision precision, int width) {
        this.spec = spec;
        this.precision = precision;
        this.rows = spec.shape().size(0);
        this.columns = spec.shape().size(1);
        this.width = width;
        this.lanes = width / VECTORS;
        this.bits = precision == WeightPrecision.BF16 ? Short.SIZE : Byte.SIZE;
        int padded = Math.multiplyExact((rows + width - 1) / width, width);
        this.panels = new int[Math.multiplyExact(padded / (Integer.SIZE / bits), columns)];
        this.factors = new float[precision == WeightPrecision.INT8 ? padded : 0];
    }

    /** Bytes that all weights take. */
    long bytes() {
        return (long) Integer.BYTES * panels.length + (long) Float.BYTES * factors.length;
    }

    /**
     * Sets all weights.
     *
     * @param values row-major
     * @throws IllegalArgumentException if one is not finite, and has no 8-bit integer
     */
    void write(float[] values) {
        Arrays.fill(panels, 0);
        for (int row = 0; row < rows; row++) {
            float factor = 1;
            if (precision == WeightPrecision.INT8) {
                factor = factor(values, row);
                factors[row] = factor;
            }
            int at = index(row, 0);
            int shift = shift(row);
            for (int k = 0; k < columns; k++, at += rowLength()) {
                panels[at] |= rounded(values[row * columns + k], factor) << shift;
            }
        }
    }

    private float factor(float[] values, int row) {
        float greatest = 0;
        for (int i = row * columns; i < (row + 1) * columns; i++) {
            greatest = Math.max(greatest, Math.abs(values[i]));
        }
        if (!Float.isFinite(greatest)) {
            throw new IllegalArgumentException("row " + row + " of the parameter " + spec.name()
                    + " has numbers that are not finite, which 8-bit integers cannot hold; load the model"
                    + " in bf16 or f32");
        }
        return greatest / GREATEST;
    }

    private int rounded(float value, float factor) {
        return precision == WeightPrecision.BF16 ? half(value) : eight(value, factor);
    }

    /** The upper half of a float, rounded to the nearest, half to even. */
    private static int half(float value) {
        int all = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            // Its payload may be in the lower half alone.
            return (all >>> Short.SIZE) | 0x40;
        }
        return (all + (FRACTION >> 1) + ((all >>> Short.SIZE) & 1)) >>> Short.SIZE;
    }

    /** Eight bits of a signed integer, rounded to the nearest, half to even. A factor that underflows has no multiples. */
    private static int eight(float value, float factor) {
        if (factor == 0) {
            return 0;
        }
        return Math.max(-GREATEST, Math.min(GREATEST, (int) Math.rint((double) value / factor))) & 0xFF;
    }

    @Override
    public int bits() {
        return bits;
    }

    /** Integers of a row of a panel. */
    private int rowLength() {
        return width * bits / Integer.SIZE;
    }

    /** The index of the integer that holds an element. */
    private int index(int row, int column) {
        int inPanel = row % width;
        int word = inPanel / lanes / (Integer.SIZE / bits) * lanes + inPanel % lanes;
        return (row / width * columns + column) * rowLength() + word;
    }

    /** The place of the elements of a row within their integers. */
    private int shift(int row) {
        int inWord = row % width / lanes % (Integer.SIZE / bits);
        return Integer.SIZE - bits * (inWord + 1);
    }

    @Override
    public void readRow(int row, float[] to, int toOffset) {
        int at = index(row, 0);
        int above = Integer.SIZE - bits - shift(row);
        for (int k = 0; k < columns; k++, at += rowLength()) {
            int bitsOnTop = panels[at] << above;
            to[toOffset + k] = precision == WeightPrecision.BF16
                    ? Float.intBitsToFloat(bitsOnTop & ~FRACTION)
                    : (bitsOnTop >> (Integer.SIZE - Byte.SIZE)) * factors[row];
        }
    }

    /** Copies out the floats of all weights, row-major. */
    void read(float[] to) {
        for (int row = 0; row < rows; row++) {
            readRow(row, to, row * columns);
        }
    }

    @Override
    public int panelWidth() {
        return width;
    }

    @Override
    public void multiply(Worker worker, int count, int depth, int begin, int end) {
        RoundedProduct product = worker.rounded();
        product.begin(count, depth);
        for (int j = begin; j < end; j += width) {
            if (count <= SINGLE_ROWS) {
                product.rowByRow(this, j, Math.min(width, end - j));
            } else {
                product.expanded(this, j, Math.min(width, end - j));
            }
        }
    }

    WeightPrecision precision() {
        return precision;
    }

    int[] panels() {
        return panels;
    }

    /** The index of a row of the panel that begins with an output feature. */
    int panel(int first, int row) {
        return (first / width * columns + row) * rowLength();
    }

    float[] factors() {
        return factors;
    }
}
