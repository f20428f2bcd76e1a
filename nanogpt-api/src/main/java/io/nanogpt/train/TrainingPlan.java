package io.nanogpt.train;

import io.nanogpt.backend.Compute;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/** Sizes, step counts and estimates of a run before its first step. Immutable. */
public final class TrainingPlan {
    private final Builder values;

    private TrainingPlan(Builder values) {
        this.values = values;
    }

    /** Returns a builder in which all numbers are 0 and all texts empty. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns what computes the run: the backend, its kernels and the reason of their choice. */
    public Compute compute() {
        return values.compute;
    }

    /** Returns what was chosen for the run and why, if its recipe was {@linkplain ChosenRecipe chosen}. */
    public Optional<String> choice() {
        return values.choice;
    }

    /** Returns the number of parameters. */
    public long parameters() {
        return values.parameters;
    }

    /** Returns the vocabulary size. */
    public int vocabularySize() {
        return values.vocabularySize;
    }

    /** Returns the number of tokens of the training split. */
    public long trainTokens() {
        return values.trainTokens;
    }

    /** Returns the number of tokens of the validation split. */
    public long validationTokens() {
        return values.validationTokens;
    }

    /** Returns the number of the first step: 1, or more in a resumed run. */
    public int firstStep() {
        return values.firstStep;
    }

    /** Returns the optimizer steps of the whole run, from its limits of steps, epochs and tokens. */
    public int steps() {
        return values.steps;
    }

    /** Returns batch size times context length times accumulated micro-batches, after a warm-up of the batch. */
    public long tokensPerStep() {
        return values.tokensPerStep;
    }

    /**
     * Returns the training tokens of the first steps.
     *
     * @param taken the number of these steps
     */
    public long tokensAfter(int taken) {
        BatchSchedule batches = BatchSchedule.of(values.settings);
        return values.tokensPerStep / batches.most() * batches.before(taken);
    }

    /** Returns the floating-point operations of matrix products per token, forward and backward pass. */
    public long flopsPerToken() {
        return values.flopsPerToken;
    }

    /** Returns the machine's peak FLOP/s, if configured. */
    public OptionalDouble peakFlops() {
        return values.peakFlops;
    }

    /** Returns the steps of one epoch, as {@link StoppingCriteria#epochs} defines it. */
    public double stepsPerEpoch() {
        return values.stepsPerEpoch;
    }

    /** Returns the epochs of the whole run. */
    public double epochs() {
        return values.epochs;
    }

    /**
     * Returns the estimated seconds of the whole run with its evaluations, from a few steps that are measured before it.
     * Where the JVM has not yet compiled them, it is several times too long.
     */
    public double estimatedSeconds() {
        return values.estimatedSeconds;
    }

    /** Returns the estimated bytes of weights, gradients, moments and activations. */
    public long estimatedBytes() {
        return values.estimatedBytes;
    }

    /**
     * Returns the settings of model and training, in order, by their names on the command line, such as
     * {@code learning-rate}; {@code seed} included.
     */
    public Map<String, String> settings() {
        return values.settings;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TrainingPlan plan && values.asMap().equals(plan.values.asMap());
    }

    @Override
    public int hashCode() {
        return values.asMap().hashCode();
    }

    @Override
    public String toString() {
        return "TrainingPlan" + values.asMap();
    }

    /** Builder of a plan; the methods of {@link TrainingPlan} describe the values. */
    public static final class Builder {
        private Compute compute = new Compute("", Compute.Kernels.EXTERNAL, "", Optional.empty());
        private Optional<String> choice = Optional.empty();
        private long parameters;
        private int vocabularySize;
        private long trainTokens;
        private long validationTokens;
        private int firstStep;
        private int steps;
        private long tokensPerStep;
        private long flopsPerToken;
        private OptionalDouble peakFlops = OptionalDouble.empty();
        private double stepsPerEpoch;
        private double epochs;
        private double estimatedSeconds;
        private long estimatedBytes;
        private Map<String, String> settings = Map.of();

        private Builder() {}

        private Builder(Builder other) {
            compute = other.compute;
            choice = other.choice;
            parameters = other.parameters;
            vocabularySize = other.vocabularySize;
            trainTokens = other.trainTokens;
            validationTokens = other.validationTokens;
            firstStep = other.firstStep;
            steps = other.steps;
            tokensPerStep = other.tokensPerStep;
            flopsPerToken = other.flopsPerToken;
            peakFlops = other.peakFlops;
            stepsPerEpoch = other.stepsPerEpoch;
            epochs = other.epochs;
            estimatedSeconds = other.estimatedSeconds;
            estimatedBytes = other.estimatedBytes;
            settings = other.settings;
        }

        /** See {@link TrainingPlan#compute()}. */
        public Builder compute(Compute value) {
            compute = Objects.requireNonNull(value, "compute");
            return this;
        }

        /** See {@link TrainingPlan#choice()}. */
        public Builder choice(Optional<String> value) {
            choice = Objects.requireNonNull(value, "choice");
            return this;
        }

        /** See {@link TrainingPlan#parameters()}. */
        public Builder parameters(long value) {
            parameters = value;
            return this;
        }

        /** See {@link TrainingPlan#vocabularySize()}. */
        public Builder vocabularySize(int value) {
            vocabularySize = value;
            return this;
        }

        /** See {@link TrainingPlan#trainTokens()}. */
        public Builder trainTokens(long value) {
            trainTokens = value;
            return this;
        }

        /** See {@link TrainingPlan#validationTokens()}. */
        public Builder validationTokens(long value) {
            validationTokens = value;
            return this;
        }

        /** See {@link TrainingPlan#firstStep()}. */
        public Builder firstStep(int value) {
            firstStep = value;
            return this;
        }

        /** See {@link TrainingPlan#steps()}. */
        public Builder steps(int value) {
            steps = value;
            return this;
        }

        /** See {@link TrainingPlan#tokensPerStep()}. */
        public Builder tokensPerStep(long value) {
            tokensPerStep = value;
            return this;
        }

        /** See {@link TrainingPlan#flopsPerToken()}. */
        public Builder flopsPerToken(long value) {
            flopsPerToken = value;
            return this;
        }

        /** See {@link TrainingPlan#peakFlops()}. */
        public Builder peakFlops(double value) {
            peakFlops = OptionalDouble.of(value);
            return this;
        }

        /** See {@link TrainingPlan#stepsPerEpoch()}. */
        public Builder stepsPerEpoch(double value) {
            stepsPerEpoch = value;
            return this;
        }

        /** See {@link TrainingPlan#epochs()}. */
        public Builder epochs(double value) {
            epochs = value;
            return this;
        }

        /** See {@link TrainingPlan#estimatedSeconds()}. */
        public Builder estimatedSeconds(double value) {
            estimatedSeconds = value;
            return this;
        }

        /** See {@link TrainingPlan#estimatedBytes()}. */
        public Builder estimatedBytes(long value) {
            estimatedBytes = value;
            return this;
        }

        /** See {@link TrainingPlan#settings()}. */
        public Builder settings(Map<String, String> value) {
            settings = Collections.unmodifiableMap(new LinkedHashMap<>(value));
            return this;
        }

        /** Returns a plan with these values. */
        public TrainingPlan build() {
            return new TrainingPlan(new Builder(this));
        }

        private Map<String, Object> asMap() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("compute", compute);
            map.put("choice", choice);
            map.put("parameters", parameters);
            map.put("vocabularySize", vocabularySize);
            map.put("trainTokens", trainTokens);
            map.put("validationTokens", validationTokens);
            map.put("firstStep", firstStep);
            map.put("steps", steps);
            map.put("tokensPerStep", tokensPerStep);
            map.put("flopsPerToken", flopsPerToken);
            map.put("peakFlops", peakFlops);
            map.put("stepsPerEpoch", stepsPerEpoch);
            map.put("epochs", epochs);
            map.put("estimatedSeconds", estimatedSeconds);
            map.put("estimatedBytes", estimatedBytes);
            map.put("settings", settings);
            return map;
        }
    }
}
