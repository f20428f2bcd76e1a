package io.nanogpt.experiment;

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
 * What is remembered of a training run.
 *
 * @param id names it in its log, and its file: letters, digits, {@code . _ -}, at most 100, not starting with a dot
 * @param label for people; the runs of one setting with several seeds share it
 * @param startedAt when it began, before any interruption
 * @param settings in order, by the names that the command line gives them, such as {@code learning-rate}; the seed is not
 *     among them
 * @param seed of initial weights, batches and dropout
 * @param state whether it came to its end
 * @param evaluations in order; the last one is of the final weights
 * @param samples that the model wrote at its evaluations, in order
 * @param measures what was counted and timed
 * @param version of the library
 * @param error why it failed; present where, and only where, it did
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
        Optional<String> error) {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");

    /** Whether a run came to its end. */
    public enum State {
        /** It is running, or was interrupted or killed. */
        UNFINISHED,
        /** It reached one of its limits. */
        FINISHED,
        /** An error ended it. */
        FAILED
    }

    /**
     * What a model wrote in the course of its run.
     *
     * @param step optimizer steps taken
     * @param prompt what it continued
     * @param text the continuation, without the prompt
     */
    public record Sample(int step, String prompt, String text) {
        public Sample {
            Objects.requireNonNull(prompt, "prompt");
            Objects.requireNonNull(text, "text");
        }
    }

    /**
     * What was counted and timed; all 0 where the run failed before it began.
     *
     * @param parameters trained numbers
     * @param trainTokens tokens of the training split
     * @param tokensPerStep batch size times context length times accumulated batches
     * @param seconds of the whole run, up to the last evaluation where it is unfinished
     * @param tokensPerSecond trained, evaluations left out; 0 where it is unfinished
     */
    public record Measures(
            long parameters, long trainTokens, long tokensPerStep, double seconds, double tokensPerSecond) {
        /** Of a run that did not begin. */
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
        if (error.isPresent() != (state == State.FAILED)) {
            throw new IllegalArgumentException(
                    "a run has an error where it failed, and only there, but is " + state + " with " + error);
        }
    }

    /**
     * Checks an id.
     *
     * @throws IllegalArgumentException if no run can have it
     */
    public static void requireId(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "the id of a run must be 1 to 100 letters, digits and . _ -, and not start"
                            + " with a dot, but is \"" + id + "\"");
        }
    }

    /** Whether an error ended it. */
    public boolean failed() {
        return state == State.FAILED;
    }

    /** The last evaluation. */
    public Optional<EvaluationPoint> last() {
        return evaluations.isEmpty() ? Optional.empty() : Optional.of(evaluations.get(evaluations.size() - 1));
    }

    /** The training loss of the final weights, in nats. */
    public OptionalDouble finalTrainLoss() {
        return present(last().map(EvaluationPoint::trainLoss));
    }

    /** The validation loss of the final weights, in nats. */
    public OptionalDouble finalValidationLoss() {
        return present(last().map(EvaluationPoint::validationLoss));
    }

    /** The lowest validation loss, in nats. */
    public OptionalDouble bestValidationLoss() {
        return present(evaluations.stream().map(EvaluationPoint::validationLoss).min(Comparator.naturalOrder()));
    }

    /** Tokens trained on up to the last evaluation. */
    public long tokens() {
        return last().map(point -> point.step() * measures.tokensPerStep()).orElse(0L);
    }

    private static OptionalDouble present(Optional<Double> value) {
        return value.isPresent() ? OptionalDouble.of(value.get()) : OptionalDouble.empty();
    }
}
