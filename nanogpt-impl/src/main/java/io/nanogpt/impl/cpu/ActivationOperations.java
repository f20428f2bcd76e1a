package io.nanogpt.impl.cpu;

/** RMSNorm, activations and copies of columns: operations whose rows do not look at each other. */
// Operations are records for their constructors alone: they are never compared, and their arrays are shared on purpose.
@SuppressWarnings("ArrayRecordComponent")
final class ActivationOperations {
    private ActivationOperations() {}

    /** RMSNorm. */
    record RmsNorm(int x, float[] values, int weight, float epsilon, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            worker.kernels.rows().rmsNorm(slice.rows, width, epsilon, slice.arena, x, values, weight, slice.arena, out);
        }
    }

    /** Gradient of RMSNorm for its input, on top of an addend, absent where its place is negative. */
    record RmsNormInputGradient(
            int dy, int x, float[] values, int weight, float epsilon, int addend, int out, int width)
            implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            boolean plain = addend < 0;
            worker.kernels
                    .rows()
                    .rmsNormInputGradient(
                            slice.rows,
                            width,
                            epsilon,
                            slice.arena,
                            dy,
                            slice.arena,
                            x,
                            values,
                            weight,
                            plain ? worker.zeros : slice.arena,
                            plain ? 0 : addend,
                            plain ? 0 : width,
                            slice.arena,
                            out);
        }
    }

    /** A slice's part of an RMSNorm weight's gradient. */
    record RmsNormWeightGradient(int dy, int x, float epsilon, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            worker.kernels
                    .rows()
                    .rmsNormWeightGradient(
                            slice.rows, width, epsilon, slice.arena, dy, slice.arena, x, slice.arena, out);
        }
    }

    /** SiLU. */
    record Silu(int x, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            worker.kernels.rows().silu(slice.rows * width, slice.arena, x, slice.arena, out);
        }
    }

    /** Gradient of SiLU. */
    record SiluGradient(int dy, int x, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            worker.kernels.rows().siluGradient(slice.rows * width, slice.arena, dy, slice.arena, x, slice.arena, out);
        }
    }

    /** GELU in its tanh form. */
    record GeluTanh(int x, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            worker.kernels.rows().geluTanh(slice.rows * width, slice.arena, x, slice.arena, out);
        }
    }

    /** Gradient of GELU in its tanh form. */
    record GeluTanhGradient(int dy, int x, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            worker.kernels
                    .rows()
                    .geluTanhGradient(slice.rows * width, slice.arena, dy, slice.arena, x, slice.arena, out);
        }
    }

    /** The product of two tensors. */
    record Multiply(int a, int b, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            worker.kernels.product(slice.rows * width, slice.arena, a, slice.arena, b, slice.arena, out);
        }
    }

    /** Copies {@code size} columns; rows begin {@code fromRow} and {@code toRow} floats apart. */
    record CopyColumns(int size, int from, int fromRow, int to, int toRow) implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            for (int row = 0; row < slice.rows; row++) {
                System.arraycopy(slice.arena, from + row * fromRow, slice.arena, to + row * toRow, size);
            }
        }
    }
}
