package io.nanogpt.train;

import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.Examples;
import io.nanogpt.model.Architecture;
import io.nanogpt.spi.Library;
import io.nanogpt.tokenizer.Tokenizer;
import java.util.Objects;

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

    /** The settings of this trainer. */
    public TrainingConfig config() {
        return config;
    }

    /**
     * Trains from random weights. An interrupt of the thread ends the run after the current step; the model then holds
     * what was learned, and the interrupt flag stays set.
     *
     * @throws io.nanogpt.NanogptException if the thread is interrupted already
     * @throws IllegalArgumentException if the corpus is empty or a split is not longer than the context
     * @throws TrainingDivergedException if the loss is not finite
     */
    public LanguageModel train(Architecture architecture, Tokenizer tokenizer, Corpus corpus) {
        Objects.requireNonNull(architecture, "architecture");
        Objects.requireNonNull(tokenizer, "tokenizer");
        Objects.requireNonNull(corpus, "corpus");
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
        Objects.requireNonNull(architecture, "architecture");
        Objects.requireNonNull(tokenizer, "tokenizer");
        Objects.requireNonNull(train, "train");
        Objects.requireNonNull(validation, "validation");
        return Library.get().train(architecture, tokenizer, train, validation, config);
    }

    /** Collects the settings of a trainer. */
    public static final class Builder extends TrainingSettings<Builder> {
        private Builder() {}

        @Override
        protected Builder self() {
            return this;
        }

        /** The trainer. */
        public Trainer build() {
            return new Trainer(config());
        }
    }
}
