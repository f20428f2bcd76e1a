package io.nanogpt.impl.train;

import io.nanogpt.graph.Graph;
import io.nanogpt.impl.data.Batches;
import io.nanogpt.spi.Executable;
import io.nanogpt.train.Evaluating;

/**
 * Mean loss over random batches of both splits. The batches depend on the seed and the step alone: every evaluation
 * draws fresh ones, and two runs draw the same.
 */
final class Evaluator {
    /** After an interrupt, evaluations end at this many batches, so that Ctrl-C does not wait for long. */
    private static final int INTERRUPTED_BATCHES = 8;

    private final Executable executable;
    private final Batches train;
    private final Batches validation;
    private final int batches;
    private final int[] inputs;
    private final int[] targets;

    Evaluator(Executable executable, Batches train, Batches validation, Evaluating settings) {
        this.executable = executable;
        this.train = train;
        this.validation = validation;
        batches = settings.batches();
        inputs = new int[train.size().tokens()];
        targets = new int[train.size().tokens()];
    }

    double trainLoss(int step) {
        return mean(train, step);
    }

    double validationLoss(int step) {
        return mean(validation, step);
    }

    /** One batch, for its time. */
    void rehearse() {
        loss(train, 0);
    }

    private double mean(Batches split, int step) {
        double sum = 0;
        int done = 0;
        while (done < batches
                && (done < INTERRUPTED_BATCHES || !Thread.currentThread().isInterrupted())) {
            sum += loss(split, (long) step * batches + done);
            done++;
        }
        return sum / done;
    }

    private float loss(Batches split, long index) {
        split.fill(index, inputs, targets);
        executable.input(Graph.TOKENS, inputs);
        executable.input(Graph.TARGETS, targets);
        executable.run(0); // No dropout in an evaluation graph: the key selects nothing.
        return executable.scalar(Graph.LOSS);
    }
}
