package io.nanogpt.impl.cpu;

/** Layer normalisation, RMSNorm and their gradients. Each row is normalised on its own. */
// Operations are records for their constructors alone: they are never compared, and their arrays are shared on purpose.
@SuppressWarnings("ArrayRecordComponent")
final class NormOperations {
    private NormOperations() {}

    /** Layer normalisation. */
    record LayerNorm(int x, float[] values, int weight, int bias, float epsilon, int out, int width)
            implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            worker.kernels.layerNorm(
                    microBatch.rows,
                    width,
                    epsilon,
                    microBatch.arena,
                    x,
                    values,
                    weight,
                    values,
                    bias,
                    microBatch.arena,
                    out);
        }
    }

    /** Gradient of layer normalisation for its input, plus an addend; a negative offset means that there is none. */
    record LayerNormInputGradient(
            int dy, int x, float[] values, int weight, float epsilon, int addend, int out, int width)
            implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            boolean none = addend < 0;
            worker.kernels.layerNormInputGradient(
                    microBatch.rows,
                    width,
                    epsilon,
                    microBatch.arena,
                    dy,
                    microBatch.arena,
                    x,
                    values,
                    weight,
                    none ? worker.zeros : microBatch.arena,
                    none ? 0 : addend,
                    none ? 0 : width,
                    microBatch.arena,
                    out);
        }
    }

    /** The part of a micro-batch of the gradient of the weight of layer normalisation. */
    record LayerNormWeightGradient(int dy, int x, float epsilon, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            worker.kernels.layerNormWeightGradient(
                    microBatch.rows, width, epsilon, microBatch.arena, dy, microBatch.arena, x, microBatch.arena, out);
        }
    }

    /** RMSNorm. */
    record RmsNorm(int x, float[] values, int weight, float epsilon, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            worker.kernels.rmsNorm(
                    microBatch.rows, width, epsilon, microBatch.arena, x, values, weight, microBatch.arena, out);
        }
    }

    /** Gradient of RMSNorm for its input, plus an addend; a negative offset means that there is none. */
    record RmsNormInputGradient(
            int dy, int x, float[] values, int weight, float epsilon, int addend, int out, int width)
            implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            boolean none = addend < 0;
            worker.kernels.rmsNormInputGradient(
                    microBatch.rows,
                    width,
                    epsilon,
                    microBatch.arena,
                    dy,
                    microBatch.arena,
                    x,
                    values,
                    weight,
                    none ? worker.zeros : microBatch.arena,
                    none ? 0 : addend,
                    none ? 0 : width,
                    microBatch.arena,
                    out);
        }
    }

    /** The part of a micro-batch of the gradient of the weight of RMSNorm. */
    record RmsNormWeightGradient(int dy, int x, float epsilon, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            worker.kernels.rmsNormWeightGradient(
                    microBatch.rows, width, epsilon, microBatch.arena, dy, microBatch.arena, x, microBatch.arena, out);
        }
    }
}
