package io.nanogpt.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;

/** What a run is going to do. */
public final class TrainingPlan {
    private final Builder values;

    private TrainingPlan(Builder values) {
        this.values = values;
    }

    /** A plan of nothing: numbers are 0 and texts empty until they are set. */
    public static Builder builder() {
        return new Builder();
    }

    /** The backend that computes, with its kernels. */
    public String backend() {
        return values.backend;
    }

    /** Trained numbers. */
    public long parameters() {
        return values.parameters;
    }

    /** Token ids. */
    public int vocabularySize() {
        return values.vocabularySize;
    }

    /** Tokens of the training split. */
    public long trainTokens() {
        return values.trainTokens;
    }

    /** Tokens of the validation split. */
    public long validationTokens() {
        return values.validationTokens;
    }

    /** The first step that is going to be taken: 1, or more in a run that is resumed. */
    public int firstStep() {
        return values.firstStep;
    }

    /** Optimizer steps of the whole run, as far as its limits are steps, epochs or tokens. */
    public int steps() {
        return values.steps;
    }

    /** Batch size times context length times accumulated batches. */
    public long tokensPerStep() {
        return values.tokensPerStep;
    }

    /** Floating point operations of the forward and the backward pass for a token, those of matrix products. */
    public long flopsPerToken() {
        return values.flopsPerToken;
    }

    /** The machine's peak FLOP/s, if configured. */
    public OptionalDouble peakFlops() {
        return values.peakFlops;
    }

    /** Steps of one epoch, as {@link StoppingCriteria#epochs} counts them. */
    public double stepsPerEpoch() {
        return values.stepsPerEpoch;
    }

    /** Epochs of the whole run. */
    public double epochs() {
        return values.epochs;
    }

    /** Seconds of the whole run with its evaluations, from a few measured steps. */
    public double estimatedSeconds() {
        return values.estimatedSeconds;
    }

    /** Bytes of weights, gradients, moments and activations. */
    public long estimatedBytes() {
        return values.estimatedBytes;
    }

    /**
     * The settings of model and training, in order, by the names of the command line, such as {@code learning-rate}; the
     * {@code seed} among them.
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

    /** Collects the values of a plan, each described at the method of the plan that has its name. */
    public static final class Builder {
        private String backend = "";
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
            backend = other.backend;
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

        /** See {@link TrainingPlan#backend()}. */
        public Builder backend(String value) {
            backend = Objects.requireNonNull(value, "backend");
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

        /** The plan. */
        public TrainingPlan build() {
            return new TrainingPlan(new Builder(this));
        }

        private Map<String, Object> asMap() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("backend", backend);
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
