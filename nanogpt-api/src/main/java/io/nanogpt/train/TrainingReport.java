package io.nanogpt.train;

import java.util.List;
import java.util.Objects;

/**
 * What a run did.
 *
 * @param plan what it set out to do
 * @param steps optimizer steps taken, those of the run that it resumed among them
 * @param reason why it ended
 * @param evaluations in order; the last one is of the final weights
 * @param bestStep the step of the lowest validation loss
 * @param stepMillisMedian median time of a step
 * @param tokensPerSecond trained, evaluations left out
 * @param seconds of the whole run
 */
public record TrainingReport(
        TrainingPlan plan,
        int steps,
        StopReason reason,
        List<EvaluationPoint> evaluations,
        int bestStep,
        double stepMillisMedian,
        double tokensPerSecond,
        double seconds) {
    public TrainingReport {
        Objects.requireNonNull(plan, "plan");
        Objects.requireNonNull(reason, "reason");
        evaluations = List.copyOf(Objects.requireNonNull(evaluations, "evaluations"));
        if (evaluations.isEmpty()) {
            throw new IllegalArgumentException("a run ends with an evaluation");
        }
    }

    /** The losses of the final weights. */
    public EvaluationPoint last() {
        return evaluations.get(evaluations.size() - 1);
    }

    /**
     * The losses at one moment of a run.
     *
     * @param step optimizer steps taken
     * @param trainLoss mean cross entropy in nats over random training batches
     * @param validationLoss the same over validation batches
     * @param seconds since the first step
     */
    public record EvaluationPoint(int step, double trainLoss, double validationLoss, double seconds) {
        /** {@code exp(validationLoss)}. */
        public double perplexity() {
            return Math.exp(validationLoss);
        }
    }

    /** Why a run ended. */
    public enum StopReason {
        /** Its steps, epochs or tokens are done. */
        DONE,
        /** Its time is over. */
        TIME,
        /** The validation loss stopped falling. */
        NO_PROGRESS,
        /** A listener asked for it. */
        LISTENER,
        /** Its thread was interrupted. */
        INTERRUPTED
    }
}
