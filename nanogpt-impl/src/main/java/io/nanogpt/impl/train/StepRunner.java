package io.nanogpt.impl.train;

import io.nanogpt.graph.Graph;
import io.nanogpt.impl.data.Batches;
import io.nanogpt.impl.data.DataCursor;
import io.nanogpt.spi.Collective;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.BatchSchedule;
import io.nanogpt.train.CustomOptimizer;
import io.nanogpt.train.OptimizationConfig;
import io.nanogpt.train.ParameterGroups;
import org.jspecify.annotations.Nullable;

/**
 * Computes loss and gradients of one step's batches and updates the weights with them. Allocates nothing but the graphs of
 * a warm-up.
 */
final class StepRunner {
    /** Added to the norm before the division, as in PyTorch. */
    private static final double CLIP_EPSILON = 1e-6;

    private final ContextStages stages;
    private final ParameterStore parameters;
    private final OptimizationConfig optimization;
    private final Batches batches;
    private final Keys keys;
    /** For rehearsals. */
    private final ParameterGroups withoutDecay;

    private final BatchInputs inputs;
    /** The workers that compute a step together; null if this one is alone. */
    private final @Nullable WorkerSteps together;
    /** The replicas of this worker; null if all workers train the same weights. */
    private final @Nullable LocalReplicas replicas;
    /** Scales the gradients in the store to those of the mean loss over all tokens of the step. */
    private double meanScale = 1;

    private double norm = Double.NaN;
    /** The graph of the current step. */
    private Executable training;

    StepRunner(
            ContextStages stages,
            Trained trained,
            OptimizationConfig optimization,
            Batches batches,
            BatchInputs inputs,
            Keys keys,
            @Nullable Collective collective) {
        this.stages = stages;
        training = stages.whole();
        parameters = trained.parameters();
        replicas = trained.replicas();
        this.optimization = optimization;
        this.withoutDecay = optimization.groups().map(optimizer -> optimizer.withWeightDecay(0));
        this.batches = batches;
        this.keys = keys;
        this.inputs = inputs;
        together = collective == null || replicas != null
                ? null
                : new WorkerSteps(collective, parameters, optimization.batches().most());
    }

    /** Computes the loss and the gradients of a step, counted from 1. */
    float forwardAndBackward(int step) {
        int accumulate = optimization.batches().batches(step - 1);
        training = stages.of(optimization.batches().pieces(step - 1));
        long first = firstBatch(step);
        norm = Double.NaN;
        if (replicas != null) {
            meanScale = 1;
            return replicas.forwardAndBackward(index -> run(first + index), inputs);
        }
        if (together != null) {
            float loss = together.run(accumulate, index -> run(first + index), inputs);
            meanScale = together.meanScale();
            return loss;
        }
        if (accumulate == 1) {
            meanScale = 1;
            return run(first);
        }
        double losses = 0;
        long predicted = 0;
        for (int index = 0; index < accumulate; index++) {
            float loss = run(first + index);
            int count = inputs.predicted();
            losses += count == 0 ? 0 : (double) loss * count;
            predicted += count;
            if (index < accumulate - 1) {
                parameters.accumulateGradients(count);
            } else {
                parameters.mergeAccumulatedGradients(count);
            }
        }
        meanScale = 1.0 / Math.max(1, predicted);
        return (float) (losses * meanScale);
    }

    private long firstBatch(int step) {
        return optimization.batches().before(step - 1) + 1;
    }

    /** The cursor of the data after a number of steps. */
    DataCursor cursor(int taken) {
        return batches.cursor(firstBatch(taken + 1));
    }

    /**
     * Checks that a cursor is of the same data.
     *
     * @throws io.nanogpt.NanogptException if it is not
     */
    void requireSame(DataCursor cursor) {
        batches.resume(cursor);
    }

    private float run(long batch) {
        inputs.feed(batches, batch, training);
        training.run(keys.dropout(batch));
        return training.scalar(Graph.LOSS);
    }

    /** The norm of the gradients of the mean loss, before clipping. */
    double gradientNorm() {
        if (Double.isNaN(norm)) {
            norm = parameters.gradientNorm() * meanScale;
        }
        return norm;
    }

    /**
     * Updates the weights with the gradients of the last run.
     *
     * @param last whether this is the last planned step
     */
    void update(int step, double rateFactor, boolean last) {
        if (replicas == null) {
            update(step, rateFactor, meanScale * clipScale(gradientNormIfClipped()));
            return;
        }
        replicas.update(gradientNorm -> update(step, rateFactor, clipScale(gradientNorm)));
        norm = replicas.gradientNorm();
        if (last || replicas.isDue(step)) {
            replicas.exchange();
        }
    }

    private double gradientNormIfClipped() {
        return Double.isInfinite(optimization.gradientClip()) ? 0 : gradientNorm();
    }

    private double clipScale(double gradientNorm) {
        double clip = optimization.gradientClip();
        return Double.isInfinite(clip) ? 1 : Math.min(1, clip / (gradientNorm + CLIP_EPSILON));
    }

    private void update(int step, double rateFactor, double gradientScale) {
        parameters.update(optimization.groups(step - 1), step, rateFactor, gradientScale);
    }

    /** Puts the weights of the model into the store, where replicas have others. */
    void showModel() {
        if (replicas != null) {
            replicas.showModel();
        }
    }

    /** Runs a step of the whole batch that changes nothing, to measure its duration. */
    void rehearse() {
        BatchSchedule schedule = optimization.batches();
        int step = Math.max(schedule.warmup(), schedule.contextWarmup()) + 1;
        if (together == null && replicas == null) {
            forwardAndBackward(step);
        } else {
            // Without the exchange: each worker measures as often as it needs.
            norm = Double.NaN;
            for (int index = 0; index < ownBatches(); index++) {
                run(firstBatch(step) + index);
            }
        }
        // Moments are zero and stay so, since all gradients are scaled to zero and nothing decays. That is not known of
        // the rules of users.
        if (withoutDecay.optimizers().stream().noneMatch(CustomOptimizer.class::isInstance)) {
            parameters.update(withoutDecay, 1, 0, 0);
        }
    }

    /** The micro-batches of a step that this one of several workers computes. */
    private int ownBatches() {
        if (replicas != null) {
            return replicas.size();
        }
        return together == null ? 0 : together.mine(optimization.batches().most());
    }
}
