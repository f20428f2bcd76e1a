package io.nanogpt.train;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The result of a run.
 *
 * @param plan the plan of the run
 * @param steps optimizer steps taken, those before a resumption included
 * @param reason why the run ended
 * @param evaluations the evaluations in order; the last one is of the final weights
 * @param bestStep the step of the lowest validation loss
 * @param stepMillisMedian median time of a step in milliseconds
 * @param tokensPerSecond training tokens per second, evaluations excluded
 * @param seconds duration of the whole run, without the counting of the baselines
 * @param baselines the losses of models without training; empty if they were not requested
 */
public record TrainingReport(
        TrainingPlan plan,
        int steps,
        StopReason reason,
        List<EvaluationPoint> evaluations,
        int bestStep,
        double stepMillisMedian,
        double tokensPerSecond,
        double seconds,
        Optional<Baselines> baselines) {
    public TrainingReport {
        Objects.requireNonNull(plan, "plan");
        Objects.requireNonNull(reason, "reason");
        evaluations = List.copyOf(Objects.requireNonNull(evaluations, "evaluations"));
        if (evaluations.isEmpty()) {
            throw new IllegalArgumentException("a report needs at least one evaluation, that of the final weights");
        }
        Objects.requireNonNull(baselines, "baselines");
    }

    /** Creates a report without baselines. */
    public TrainingReport(
            TrainingPlan plan,
            int steps,
            StopReason reason,
            List<EvaluationPoint> evaluations,
            int bestStep,
            double stepMillisMedian,
            double tokensPerSecond,
            double seconds) {
        this(plan, steps, reason, evaluations, bestStep, stepMillisMedian, tokensPerSecond, seconds, Optional.empty());
    }

    /** Returns the evaluation of the final weights. */
    public EvaluationPoint last() {
        return evaluations.get(evaluations.size() - 1);
    }

    /**
     * Converts a loss on the validation split, for example of {@link #baselines}, to bits per byte of its text; empty if the
     * text is not known.
     *
     * @param validationLoss in nats per token
     */
    public OptionalDouble bitsPerByte(double validationLoss) {
        OptionalDouble last = last().bitsPerByte();
        return last.isPresent() && last().validationLoss() > 0
                ? OptionalDouble.of(validationLoss * last.getAsDouble() / last().validationLoss())
                : OptionalDouble.empty();
    }

    /**
     * The losses of one evaluation.
     *
     * @param step optimizer steps taken
     * @param trainLoss mean cross entropy in nats over random training batches
     * @param validationLoss mean cross entropy in nats over validation batches, or over the whole split
     * @param seconds time since the first step
     * @param averagedLoss the validation loss of the averaged weights; empty without {@link WeightAveraging}, and before
     *     its first sample
     * @param bitsPerByte the validation loss in bits per byte of text, as {@link io.nanogpt.generate.Evaluation#bitsPerByte}
     *     defines it; empty if the text of the tokens is not known, as in a mixture
     */
    public record EvaluationPoint(
            int step,
            double trainLoss,
            double validationLoss,
            double seconds,
            OptionalDouble averagedLoss,
            OptionalDouble bitsPerByte) {
        public EvaluationPoint {
            Objects.requireNonNull(averagedLoss, "averagedLoss");
            Objects.requireNonNull(bitsPerByte, "bitsPerByte");
        }

        /** Creates an evaluation without bits per byte. */
        public EvaluationPoint(
                int step, double trainLoss, double validationLoss, double seconds, OptionalDouble averagedLoss) {
            this(step, trainLoss, validationLoss, seconds, averagedLoss, OptionalDouble.empty());
        }

        /** Creates an evaluation without averaged weights. */
        public EvaluationPoint(int step, double trainLoss, double validationLoss, double seconds) {
            this(step, trainLoss, validationLoss, seconds, OptionalDouble.empty());
        }

        /** Returns {@code exp(validationLoss)}. */
        public double perplexity() {
            return Math.exp(validationLoss);
        }
    }

    /** Why a run ended. */
    public enum StopReason {
        /** It reached its number of steps, epochs or tokens. */
        DONE,
        /** It reached its time limit. */
        TIME,
        /** The validation loss did not improve within the patience. */
        NO_PROGRESS,
        /** A listener ended it. */
        LISTENER,
        /** Its thread was interrupted. */
        INTERRUPTED
    }
}
