package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Attributes;

/** Layer normalisation, RMSNorm and their gradients. Each row is normalised on its own. */
// Operations are records for their constructors alone: they are never compared, and their arrays are shared on purpose.
@SuppressWarnings("ArrayRecordComponent")
final class NormOperations {
    private NormOperations() {}

    /** Layer normalisation. */
    record LayerNorm(int x, float[] values, int weight, float[] biases, int bias, float epsilon, int out, int width)
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
                    biases,
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

    /** RMSNorm of each of the first heads of every row; the remaining features are copied. */
    record HeadNorm(int x, Attributes.HeadNorm attributes, float[] ones, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            float[] arena = microBatch.arena;
            int normed = attributes.heads() * attributes.headSize();
            for (int row = 0; row < microBatch.rows; row++) {
                int from = x + row * width;
                int to = out + row * width;
                worker.kernels.rmsNorm(
                        attributes.heads(),
                        attributes.headSize(),
                        attributes.epsilon(),
                        arena,
                        from,
                        ones,
                        0,
                        arena,
                        to);
                System.arraycopy(arena, from + normed, arena, to + normed, width - normed);
            }
        }
    }

    /** Gradient of {@link HeadNorm}. */
    record HeadNormGradient(int dy, int x, Attributes.HeadNorm attributes, float[] ones, int out, int width)
            implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            float[] arena = microBatch.arena;
            int normed = attributes.heads() * attributes.headSize();
            for (int row = 0; row < microBatch.rows; row++) {
                int at = row * width;
                worker.kernels.rmsNormInputGradient(
                        attributes.heads(),
                        attributes.headSize(),
                        attributes.epsilon(),
                        arena,
                        dy + at,
                        arena,
                        x + at,
                        ones,
                        0,
                        worker.zeros,
                        0,
                        0,
                        arena,
                        out + at);
                System.arraycopy(arena, dy + at + normed, arena, out + at + normed, width - normed);
            }
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
