package io.nanogpt.train;

import io.nanogpt.LanguageModel;
import io.nanogpt.backend.BackendChoice;
import io.nanogpt.backend.Backends;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.Examples;
import io.nanogpt.data.SplitOptions;
import io.nanogpt.model.Architecture;
import io.nanogpt.spi.Library;
import io.nanogpt.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Trains an {@link Architecture} on a {@link Corpus}.
 *
 * <pre>{@code
 * Trainer trainer = Trainer.builder().steps(2_000).learningRate(1e-3).build();
 * LanguageModel model = trainer.train(architecture, tokenizer, corpus);
 * }</pre>
 */
public final class Trainer {
    private final TrainingConfig config;

    private Trainer(TrainingConfig config) {
        this.config = config;
    }

    /** The settings of the caption notebook on a CPU. */
    public static Builder builder() {
        return new Builder();
    }

    /** What this trainer was told. */
    public TrainingConfig config() {
        return config;
    }

    /**
     * Trains from random weights. An interrupt of the thread ends the run after the current step; the model then holds
     * what was learned, and the interrupt flag stays set.
     *
     * @throws IllegalArgumentException if the corpus is empty or a split is not longer than the context
     * @throws TrainingDivergedException if the loss is not finite
     */
    public LanguageModel train(Architecture architecture, Tokenizer tokenizer, Corpus corpus) {
        return Library.get().train(architecture, tokenizer, corpus, config);
    }

    /**
     * Trains from random weights on text that is tokenized already; the split of the settings is not used.
     *
     * @param tokenizer that made the ids
     * @param train examples to learn from
     * @param validation examples to be measured on
     * @throws io.nanogpt.NanogptException if a text is not longer than the context, or has ids beyond the vocabulary
     * @throws TrainingDivergedException if the loss is not finite
     */
    public LanguageModel train(Architecture architecture, Tokenizer tokenizer, Examples train, Examples validation) {
        return Library.get().train(architecture, tokenizer, train, validation, config);
    }

    /** Settings of a run; every setter checks its value. */
    public static final class Builder {
        private static final int DEFAULT_STEPS = 2_000;

        private int batchSize = 12;
        private OptimizationConfig optimization = OptimizationConfig.defaults();
        private StoppingCriteria stopping = StoppingCriteria.never();
        private EvaluationConfig evaluating = EvaluationConfig.defaults();
        private DivergencePolicy guards = DivergencePolicy.stop();
        private Optional<CheckpointConfig> checkpoints = Optional.empty();
        private Optional<SampleConfig> samples = Optional.empty();
        private OptionalDouble peakFlops = OptionalDouble.empty();
        private long seed = 1337;
        private BackendChoice backend = Backends.auto();
        private int threads = Runtime.getRuntime().availableProcessors();
        private SplitOptions split = SplitOptions.defaults();
        private final List<TrainingListener> listeners = new ArrayList<>();

        private Builder() {}

        /** Sequences of a batch; 12 by default. */
        public Builder batchSize(int value) {
            TrainingConfig.positive("batchSize", value);
            batchSize = value;
            return this;
        }

        /** Batches whose gradients make one step together, as one batch so many times as large would; 1 by default. */
        public Builder accumulate(int value) {
            optimization = optimization.withAccumulate(value);
            return this;
        }

        /** AdamW by default, see {@link AdamW#defaults()}. */
        public Builder optimizer(Optimizer value) {
            optimization = optimization.withOptimizer(value);
            return this;
        }

        /** The optimizer's learning rate; 1e-3 by default. */
        public Builder learningRate(double value) {
            return optimizer(optimization.optimizer().withLearningRate(value));
        }

        /** The optimizer's weight decay; 0.1 by default. */
        public Builder weightDecay(double value) {
            return optimizer(optimization.optimizer().withWeightDecay(value));
        }

        /** Of the learning rate; constant by default. */
        public Builder schedule(Schedule value) {
            optimization = optimization.withSchedule(value);
            return this;
        }

        /** The largest norm of all gradients together; no clipping by default. */
        public Builder gradientClip(double value) {
            optimization = optimization.withGradientClip(value);
            return this;
        }

        /** The run ends after so many optimizer steps; 2,000 by default, where no other limit is given. */
        public Builder steps(int value) {
            return stopping(stopping.withSteps(value));
        }

        /** The run ends after so many passes over the training split, see {@link StoppingCriteria}. */
        public Builder epochs(double value) {
            return stopping(stopping.withEpochs(value));
        }

        /** When the run ends: at whichever limit comes first. */
        public Builder stopping(StoppingCriteria value) {
            stopping = value;
            return this;
        }

        /** The run ends when so many evaluations in a row brought no lower validation loss. */
        public Builder earlyStop(int evaluations) {
            return stopping(stopping.withPatience(evaluations));
        }

        /** The run ends after this time. */
        public Builder maxTime(Duration value) {
            return stopping(stopping.withTime(value));
        }

        /** Steps between evaluations; 200 by default. */
        public Builder evaluateEvery(int value) {
            return evaluating(evaluating.withEvery(value));
        }

        /** Batches of each split that an evaluation averages over; 50 by default. */
        public Builder evaluationBatches(int value) {
            return evaluating(evaluating.withBatches(value));
        }

        /** Whether the validation loss is over the whole split instead of random batches of it; not by default. */
        public Builder evaluateFully(boolean value) {
            return evaluating(evaluating.withFull(value));
        }

        /** Ends with the weights of the lowest validation loss instead of the last ones. */
        public Builder keepBest(boolean value) {
            return evaluating(evaluating.withKeepBest(value));
        }

        /** How the run measures itself. */
        public Builder evaluating(EvaluationConfig value) {
            evaluating = value;
            return this;
        }

        /** What the run does when its loss explodes; by default it ends. */
        public Builder guards(DivergencePolicy value) {
            guards = value;
            return this;
        }

        /** Where the run writes what it needs to go on after a crash; nowhere by default. */
        public Builder checkpoints(CheckpointConfig value) {
            checkpoints = Optional.of(value);
            return this;
        }

        /** What the model is asked at every evaluation; nothing by default. Listeners hear the answers. */
        public Builder samples(SampleConfig value) {
            samples = Optional.of(value);
            return this;
        }

        /**
         * The floating point operations a second that the machine could do at best, so that listeners can tell how much
         * of it the model's own come to (model FLOPs utilization, Chowdhery et al. 2022); not known by default.
         */
        public Builder peakFlops(double value) {
            peakFlops = OptionalDouble.of(value);
            return this;
        }

        /** Of the initial weights, batches and dropout; 1337 by default. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** What computes the run; {@link Backends#auto()} by default. */
        public Builder backend(BackendChoice value) {
            backend = value;
            return this;
        }

        /**
         * Threads of the processor; all processors by default. On the CPU backend the result does not depend on it, through
         * DJL its last bits do.
         */
        public Builder threads(int value) {
            TrainingConfig.positive("threads", value);
            threads = value;
            return this;
        }

        /** How the corpus is cut; the last tenth validates by default. */
        public Builder split(SplitOptions value) {
            split = value;
            return this;
        }

        /** Adds a listener. */
        public Builder listener(TrainingListener value) {
            listeners.add(value);
            return this;
        }

        /** The trainer. */
        public Trainer build() {
            return new Trainer(new TrainingConfig(
                    batchSize,
                    optimization,
                    stopping.isBounded() ? stopping : stopping.withSteps(DEFAULT_STEPS),
                    evaluating,
                    guards,
                    checkpoints,
                    samples,
                    peakFlops,
                    seed,
                    backend,
                    threads,
                    split,
                    listeners));
        }
    }
}
