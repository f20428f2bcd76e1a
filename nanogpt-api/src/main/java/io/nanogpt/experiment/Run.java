package io.nanogpt.experiment;

import io.nanogpt.train.Baselines;
import io.nanogpt.train.BatchSchedule;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/**
 * The record of a training run in a {@link RunLog}.
 *
 * @param id unique in the log, and the name of its file: letters, digits, {@code . _ -}, at most 100, not starting with
 *     a dot
 * @param label the display name, shared by the runs of one setting with several seeds
 * @param startedAt start of the run, before any interruption
 * @param settings in order, by their names on the command line, such as {@code learning-rate}; without the seed
 * @param seed seed of initial weights, batches and dropout
 * @param state whether the run ended
 * @param evaluations the evaluations in order; the last one is of the final weights
 * @param samples the samples of the model at its evaluations, in order
 * @param measures counts and times
 * @param version version of the library
 * @param error the error of a failed run; empty for any other
 * @param baselines the losses of models without training; empty if they were not requested, or the run did not end
 * @param steps the steps of the run in at most 256 points, in order; empty in logs of older versions
 */
public record Run(
        String id,
        String label,
        Instant startedAt,
        Map<String, String> settings,
        long seed,
        State state,
        List<EvaluationPoint> evaluations,
        List<Sample> samples,
        Measures measures,
        String version,
        Optional<String> error,
        Optional<Baselines> baselines,
        List<StepPoint> steps) {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");

    /** The state of a run. */
    public enum State {
        /** The run is in progress, or was interrupted or killed. */
        UNFINISHED,
        /** The run reached one of its limits. */
        FINISHED,
        /** An error ended the run. */
        FAILED
    }

    /**
     * A sample of a model during its run.
     *
     * @param step optimizer steps taken
     * @param prompt the prompt
     * @param text the continuation, without the prompt
     */
    public record Sample(int step, String prompt, String text) {
        public Sample {
            Objects.requireNonNull(prompt, "prompt");
            Objects.requireNonNull(text, "text");
        }
    }

    /**
     * Several steps of a run, as many in each point.
     *
     * @param step the last of them, counted from 1
     * @param seconds since the start of the run, evaluations included
     * @param loss their mean training loss, in nats
     * @param learningRate of the last
     * @param gradientNorm of the first, before clipping
     * @param tokensPerSecond training tokens per second, evaluations excluded
     */
    public record StepPoint(
            int step, double seconds, double loss, double learningRate, double gradientNorm, double tokensPerSecond) {}

    /**
     * Counts and times of a run; all 0 if it failed before its first step.
     *
     * @param parameters number of parameters
     * @param trainTokens tokens of the training split
     * @param tokensPerStep batch size times context length times accumulated micro-batches, after a warm-up of the batch
     * @param seconds duration of the run; of an unfinished one up to the last evaluation
     * @param tokensPerSecond training tokens per second, evaluations excluded; 0 for an unfinished run
     */
    public record Measures(
            long parameters, long trainTokens, long tokensPerStep, double seconds, double tokensPerSecond) {
        /** Returns the measures of a run that did not start: all 0. */
        public static Measures none() {
            return new Measures(0, 0, 0, 0, 0);
        }
    }

    public Run {
        requireId(id);
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(startedAt, "startedAt");
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        Objects.requireNonNull(state, "state");
        evaluations = List.copyOf(evaluations);
        samples = List.copyOf(samples);
        Objects.requireNonNull(measures, "measures");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(baselines, "baselines");
        steps = List.copyOf(steps);
        if (error.isPresent() != (state == State.FAILED)) {
            throw new IllegalArgumentException(
                    "a run must have an error if and only if it failed, but is " + state + " with " + error);
        }
    }

    /** Creates the record of a run without baselines and steps. */
    public Run(
            String id,
            String label,
            Instant startedAt,
            Map<String, String> settings,
            long seed,
            State state,
            List<EvaluationPoint> evaluations,
            List<Sample> samples,
            Measures measures,
            String version,
            Optional<String> error) {
        this(
                id,
                label,
                startedAt,
                settings,
                seed,
                state,
                evaluations,
                samples,
                measures,
                version,
                error,
                Optional.empty(),
                List.of());
    }

    /** Returns a copy with these steps. */
    public Run withSteps(List<StepPoint> points) {
        return new Run(
                id,
                label,
                startedAt,
                settings,
                seed,
                state,
                evaluations,
                samples,
                measures,
                version,
                error,
                baselines,
                points);
    }

    /** Returns a copy with the losses of models without training. */
    public Run withBaselines(Optional<Baselines> losses) {
        return new Run(
                id,
                label,
                startedAt,
                settings,
                seed,
                state,
                evaluations,
                samples,
                measures,
                version,
                error,
                losses,
                steps);
    }

    /**
     * Validates the id of a run.
     *
     * @throws IllegalArgumentException if the id is not valid
     */
    public static void requireId(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "the id of a run must be 1 to 100 letters, digits and . _ -, and not start"
                            + " with a dot, but is \"" + id + "\"");
        }
    }

    /** Whether an error ended the run. */
    public boolean failed() {
        return state == State.FAILED;
    }

    /** Returns the last evaluation, if any. */
    public Optional<EvaluationPoint> last() {
        return evaluations.isEmpty() ? Optional.empty() : Optional.of(evaluations.get(evaluations.size() - 1));
    }

    /** Returns the training loss of the final weights, in nats. */
    public OptionalDouble finalTrainLoss() {
        return present(last().map(EvaluationPoint::trainLoss));
    }

    /** Returns the validation loss of the final weights, in nats. */
    public OptionalDouble finalValidationLoss() {
        return present(last().map(EvaluationPoint::validationLoss));
    }

    /** Returns the validation loss of the final weights in bits per byte; empty if the text is not known. */
    public OptionalDouble finalBitsPerByte() {
        return last().map(EvaluationPoint::bitsPerByte).orElse(OptionalDouble.empty());
    }

    /** Returns the lowest validation loss, in nats. */
    public OptionalDouble bestValidationLoss() {
        return present(evaluations.stream().map(EvaluationPoint::validationLoss).min(Comparator.naturalOrder()));
    }

    /** Returns the training tokens up to the last evaluation. */
    public long tokens() {
        return last().map(point -> tokens(point.step())).orElse(0L);
    }

    /**
     * Returns the training tokens of the first steps.
     *
     * @param taken the number of these steps
     */
    public long tokens(int taken) {
        BatchSchedule batches = BatchSchedule.of(settings);
        return measures.tokensPerStep() / batches.most() * batches.before(taken);
    }

    private static OptionalDouble present(Optional<Double> value) {
        return value.isPresent() ? OptionalDouble.of(value.get()) : OptionalDouble.empty();
    }
}
