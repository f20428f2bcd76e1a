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

    /** Returns a builder with the settings of the caption notebook on a CPU: 2,000 steps of 12 sequences. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the settings of this trainer. */
    public TrainingConfig config() {
        return config;
    }

    /**
     * Trains from random weights. An interrupt of the thread ends the run after the current step; the model then has
     * the weights of that step, and the interrupt flag stays set.
     *
     * @throws io.nanogpt.NanogptException if the thread is already interrupted
     * @throws IllegalArgumentException if the corpus is empty, or the tokens of a split are not more than the context
     *     length
     * @throws TrainingDivergedException if the loss diverges and the {@link DivergencePolicy} ends the run
     */
    public LanguageModel train(Architecture architecture, Tokenizer tokenizer, Corpus corpus) {
        Objects.requireNonNull(architecture, "architecture");
        Objects.requireNonNull(tokenizer, "tokenizer");
        Objects.requireNonNull(corpus, "corpus");
        return Library.get().train(architecture, tokenizer, corpus, config);
    }

    /**
     * Trains from random weights on token ids; the split of the settings is not used.
     *
     * @param tokenizer the tokenizer of the ids
     * @param train training examples
     * @param validation validation examples
     * @throws io.nanogpt.NanogptException if the tokens of a set are not more than the context length, or an id is
     *     outside the vocabulary
     * @throws TrainingDivergedException if the loss diverges and the {@link DivergencePolicy} ends the run
     */
    public LanguageModel train(Architecture architecture, Tokenizer tokenizer, Examples train, Examples validation) {
        Objects.requireNonNull(architecture, "architecture");
        Objects.requireNonNull(tokenizer, "tokenizer");
        Objects.requireNonNull(train, "train");
        Objects.requireNonNull(validation, "validation");
        return Library.get().train(architecture, tokenizer, train, validation, config);
    }

    /**
     * Trains a model further, from its weights and with its tokenizer. The given model stays as it is and can be used
     * meanwhile; the result is another one. Without one among the settings, the learning rate is
     * {@value TrainingConfig#CONTINUED_RATE}.
     *
     * <pre>{@code
     * try (LanguageModel base = LanguageModel.load(folder);
     *         LanguageModel tuned = Trainer.builder().steps(200).build().train(base, corpus)) {
     *     tuned.save(Path.of("tuned"));
     * }
     * }</pre>
     *
     * @param model a model of this library: trained, loaded or imported
     * @throws io.nanogpt.NanogptException if the thread is already interrupted
     * @throws IllegalArgumentException if the model has no weights to train, as those of ONNX Runtime and of counts, if
     *     the corpus is empty, or the tokens of a split are not more than the context length
     * @throws TrainingDivergedException if the loss diverges and the {@link DivergencePolicy} ends the run
     */
    public LanguageModel train(LanguageModel model, Corpus corpus) {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(corpus, "corpus");
        return Library.get().train(model, corpus, config);
    }

    /**
     * Trains a model further on ids of its tokenizer, as {@link #train(LanguageModel, Corpus)} does on text; the split of
     * the settings is not used.
     *
     * @param train training examples
     * @param validation validation examples
     * @throws io.nanogpt.NanogptException if the tokens of a set are not more than the context length, or an id is
     *     outside the vocabulary
     * @throws IllegalArgumentException if the model has no weights to train
     * @throws TrainingDivergedException if the loss diverges and the {@link DivergencePolicy} ends the run
     */
    public LanguageModel train(LanguageModel model, Examples train, Examples validation) {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(train, "train");
        Objects.requireNonNull(validation, "validation");
        return Library.get().train(model, train, validation, config);
    }

    /** Builder of a trainer. */
    public static final class Builder extends TrainingSettings<Builder> {
        private Builder() {}

        @Override
        protected Builder self() {
            return this;
        }

        /** Returns a trainer with these settings. */
        public Trainer build() {
            return new Trainer(config());
        }
    }
}
