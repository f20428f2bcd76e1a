package io.nanogpt.impl.train;

import io.nanogpt.spi.Collective;
import io.nanogpt.spi.ParameterStore;

/** Computes this worker's micro-batches of a step, and gathers the losses and gradients of all workers. */
final class WorkerSteps {
    private final Collective collective;
    private final SharedGradient gradient;
    /** For each of this worker's micro-batches its loss and the number of its targets. */
    private final double[] told;

    private final float[] weights;
    private double meanScale = 1;

    /** Computes the loss and the gradients of one of a step's micro-batches. */
    @FunctionalInterface
    interface MicroBatch {
        float run(int index);
    }

    /**
     * @param most the most micro-batches of a step
     * @throws IllegalArgumentException if they are fewer than the workers
     */
    WorkerSteps(Collective collective, ParameterStore parameters, int most) {
        requireEnough(most, collective.size());
        this.collective = collective;
        int largest = (most + collective.size() - 1) / collective.size();
        gradient = new SharedGradient(collective, parameters, largest);
        told = new double[2 * largest];
        weights = new float[most];
    }

    /**
     * Checks that each worker has a micro-batch.
     *
     * @throws IllegalArgumentException if not
     */
    static void requireEnough(int batches, int workers) {
        if (workers > batches) {
            throw new IllegalArgumentException("a step has " + batches
                    + (batches == 1 ? " micro-batch" : " micro-batches") + ", too few for " + workers
                    + " workers; set accumulate to at least " + workers + ", or take fewer workers");
        }
    }

    /** The number of micro-batches of this worker among a step's. */
    int mine(int count) {
        return begin(count, collective.rank() + 1) - begin(count, collective.rank());
    }

    private int begin(int count, int worker) {
        return Collective.begin(count, worker, collective.size());
    }

    /** Computes the mean loss over all micro-batches of a step, and sets the gradients to those of its sum. */
    float run(int count, MicroBatch batches, BatchInputs inputs) {
        int first = begin(count, collective.rank());
        for (int index = 0; index < mine(count); index++) {
            told[2 * index] = batches.run(first + index);
            told[2 * index + 1] = inputs.predicted();
            gradient.add(index);
        }
        double[][] all = collective.gather(told);
        double losses = 0;
        long predicted = 0;
        for (int worker = 0; worker < all.length; worker++) {
            for (int batch = begin(count, worker); batch < begin(count, worker + 1); batch++) {
                int at = 2 * (batch - begin(count, worker));
                int targets = (int) all[worker][at + 1];
                losses += targets == 0 ? 0 : all[worker][at] * targets;
                predicted += targets;
                weights[batch] = targets;
            }
        }
        gradient.sum(weights, count);
        if (count == 1) {
            meanScale = 1;
            return (float) all[all.length - 1][0];
        }
        meanScale = 1.0 / Math.max(1, predicted);
        return (float) (losses * meanScale);
    }

    /** Scales the summed gradients to those of the mean loss over all tokens of the step. */
    double meanScale() {
        return meanScale;
    }
}
