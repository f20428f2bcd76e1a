package io.nanogpt.impl.fakes;

import io.nanogpt.spi.MatrixProducts;
import java.util.Arrays;

/** Products in 32-bit floats by plain loops, with weights of two parts. Counts what is open. */
public final class PlainProducts implements MatrixProducts {
    /** Calculators that are not closed yet. */
    public int openCalculators;
    /** Whether these products were closed. */
    public boolean closed;

    @Override
    public String name() {
        return "f32 by plain loops";
    }

    @Override
    public Weight weight(int depth, int width) {
        return new PlainWeight(depth, width, new float[depth * width]);
    }

    @Override
    public synchronized Calculator calculator() {
        openCalculators++;
        return new PlainCalculator();
    }

    @Override
    public void close() {
        closed = true;
    }

    private synchronized void closeCalculator() {
        openCalculators--;
    }

    // Never compared.
    @SuppressWarnings("ArrayRecordComponent")
    private record PlainWeight(int depth, int width, float[] values) implements Weight {
        @Override
        public int parts() {
            return (width + partColumns() - 1) / partColumns();
        }

        @Override
        public int partColumns() {
            return (width + 1) / 2;
        }
    }

    private final class PlainCalculator implements Calculator {
        private float[] sums = {};
        private int height;
        private int width;

        @Override
        public void pack(Weight weight, int part, float[] values, int offset, boolean transposed) {
            PlainWeight plain = (PlainWeight) weight;
            int from = part * plain.partColumns();
            int to = Math.min(plain.width, from + plain.partColumns());
            for (int k = 0; k < plain.depth; k++) {
                for (int j = from; j < to; j++) {
                    plain.values[k * plain.width + j] =
                            values[offset + (transposed ? j * plain.depth + k : k * plain.width + j)];
                }
            }
        }

        @Override
        public void multiply(
                int rows,
                float[] x,
                int xOffset,
                Weight weight,
                int firstPart,
                int endPart,
                float[] out,
                int outOffset) {
            PlainWeight plain = (PlainWeight) weight;
            int from = firstPart * plain.partColumns();
            int to = Math.min(plain.width, endPart * plain.partColumns());
            for (int i = 0; i < rows; i++) {
                int at = outOffset + i * plain.width;
                Arrays.fill(out, at + from, at + to, 0);
                for (int k = 0; k < plain.depth; k++) {
                    float factor = x[xOffset + i * plain.depth + k];
                    for (int j = from; j < to; j++) {
                        out[at + j] += factor * plain.values[k * plain.width + j];
                    }
                }
            }
        }

        @Override
        public void beginSum(int rows, int columns) {
            height = rows;
            width = columns;
            sums = new float[rows * columns];
        }

        @Override
        public void beginSum(int rows, int columns, float[] values, int offset, int stride) {
            beginSum(rows, columns);
            for (int i = 0; i < rows; i++) {
                System.arraycopy(values, offset + i * stride, sums, i * columns, columns);
            }
        }

        @Override
        public void addProducts(
                int rows,
                float[] left,
                int leftOffset,
                int leftStride,
                float[] right,
                int rightOffset,
                int rightStride) {
            float[] products = new float[height * width];
            for (int r = 0; r < rows; r++) {
                for (int i = 0; i < height; i++) {
                    float factor = left[leftOffset + r * leftStride + i];
                    for (int j = 0; j < width; j++) {
                        products[i * width + j] += factor * right[rightOffset + r * rightStride + j];
                    }
                }
            }
            for (int i = 0; i < products.length; i++) {
                sums[i] += products[i];
            }
        }

        @Override
        public void endSum(float[] values, int offset, int stride) {
            for (int i = 0; i < height; i++) {
                System.arraycopy(sums, i * width, values, offset + i * stride, width);
            }
        }

        @Override
        public void close() {
            closeCalculator();
        }
    }
}
