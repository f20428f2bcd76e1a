package io.nanogpt.train;

import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.Examples;
import io.nanogpt.data.SplitOptions;
import io.nanogpt.model.Architecture;
import io.nanogpt.spi.Library;
import io.nanogpt.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

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
        private int batchSize = 12;
        private int steps = 2_000;
        private AdamW optimizer = AdamW.defaults();
        private double gradientClip = Double.POSITIVE_INFINITY;
        private int evaluateEvery = 200;
        private int evaluationBatches = 50;
        private boolean keepBest;
        private long seed = 1337;
        private int threads = Runtime.getRuntime().availableProcessors();
        private SplitOptions split = SplitOptions.defaults();
        private final List<TrainingListener> listeners = new ArrayList<>();

        private Builder() {}

        /** Sequences a step; 12 by default. */
        public Builder batchSize(int value) {
            TrainingConfig.positive("batchSize", value);
            batchSize = value;
            return this;
        }

        /** Optimizer steps; 2,000 by default. */
        public Builder steps(int value) {
            TrainingConfig.positive("steps", value);
            steps = value;
            return this;
        }

        /** AdamW by default, see {@link AdamW#defaults()}. */
        public Builder optimizer(AdamW value) {
            optimizer = value;
            return this;
        }

        /** The optimizer's learning rate; 1e-3 by default. */
        public Builder learningRate(double value) {
            optimizer = optimizer.withLearningRate(value);
            return this;
        }

        /** The optimizer's weight decay; 0.1 by default. */
        public Builder weightDecay(double value) {
            optimizer = optimizer.withWeightDecay(value);
            return this;
        }

        /** The largest norm of all gradients together; no clipping by default. */
        public Builder gradientClip(double value) {
            if (!(value > 0)) {
                throw new IllegalArgumentException("gradientClip must be above 0, but is " + value);
            }
            gradientClip = value;
            return this;
        }

        /** Steps between evaluations; 200 by default. */
        public Builder evaluateEvery(int value) {
            TrainingConfig.positive("evaluateEvery", value);
            evaluateEvery = value;
            return this;
        }

        /** Batches of each split that an evaluation averages over; 50 by default. */
        public Builder evaluationBatches(int value) {
            TrainingConfig.positive("evaluationBatches", value);
            evaluationBatches = value;
            return this;
        }

        /** Ends with the weights of the lowest validation loss instead of the last ones. */
        public Builder keepBest(boolean value) {
            keepBest = value;
            return this;
        }

        /** Of the initial weights, batches and dropout; 1337 by default. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** Threads of the CPU backend; all processors by default. The result does not depend on it. */
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
                    steps,
                    optimizer,
                    gradientClip,
                    evaluateEvery,
                    evaluationBatches,
                    keepBest,
                    seed,
                    threads,
                    split,
                    listeners));
        }
    }
}
