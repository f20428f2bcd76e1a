package io.nanogpt.impl.cpu;

/** Cross entropy and its gradient. */
final class LossOperations {
    private LossOperations() {}

    /** Cross entropy, summed over the rows with a target. */
    record CrossEntropy(int logits, int targets, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            double loss = 0;
            for (int row = 0; row < microBatch.rows; row++) {
                int target = target(microBatch, targets, row, width);
                if (target < 0) {
                    continue;
                }
                int from = logits + row * width;
                loss += worker.kernels.logSumExp(width, microBatch.arena, from) - microBatch.arena[from + target];
            }
            microBatch.loss = loss;
        }
    }

    /** Gradient of the mean cross entropy over the rows with a target. */
    record CrossEntropyGradient(int logits, int targets, int out, int width) implements Operation {
        @Override
        public int parts(MicroBatch microBatch) {
            return microBatch.rowParts();
        }

        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            rows(microBatch, worker.kernels, 0, microBatch.rows);
        }

        @Override
        public void run(MicroBatch microBatch, Worker worker, int part) {
            int from = part * MicroBatch.PART_ROWS;
            rows(microBatch, worker.kernels, from, Math.min(microBatch.rows, from + MicroBatch.PART_ROWS));
        }

        private void rows(MicroBatch microBatch, Kernels kernels, int from, int to) {
            float[] arena = microBatch.arena;
            if (out != logits) {
                System.arraycopy(arena, logits + from * width, arena, out + from * width, (to - from) * width);
            }
            float share = 1f / microBatch.countedRows;
            for (int row = from; row < to; row++) {
                int at = out + row * width;
                int target = target(microBatch, targets, row, width);
                if (target < 0) {
                    ElementwiseOperations.clear(arena, at, width);
                    continue;
                }
                kernels.softmax(1, width, width, width, 1f, arena, at);
                arena[at + target] -= 1f;
                kernels.scale(width, share, arena, at, arena, at);
            }
        }
    }

    /** The target id of a row; -1 for a row without a target. */
    private static int target(MicroBatch microBatch, int targets, int row, int vocabulary) {
        int target = microBatch.inputs[targets][microBatch.firstRow + row];
        if (target < -1 || target >= vocabulary) {
            throw new IllegalArgumentException("target id " + target + " is not in the vocabulary of " + vocabulary
                    + ", nor -1 for a row without a target");
        }
        return target;
    }
}
