package io.nanogpt.model;

import io.nanogpt.spi.Library;

/** Configuration of a built-in architecture. Implement {@link Architecture} for a custom one. */
public sealed interface ModelConfig permits TransformerConfig, LstmConfig, KGramConfig {
    /** The kinds of built-in architectures. */
    enum Kind {
        /** {@link TransformerConfig}. */
        TRANSFORMER,
        /** {@link LstmConfig}. */
        LSTM,
        /** {@link KGramConfig}. */
        K_GRAM
    }

    /** Returns the kind of this configuration, for exhaustive switches. */
    Kind kind();

    /** Returns the number of token ids, V. */
    int vocabularySize();

    /** Returns the tokens of a training sequence, T; for a transformer also its context length in generation. */
    int contextLength();

    /** Returns a copy with this number of token ids. */
    ModelConfig withVocabularySize(int vocabularySize);

    /** Returns the architecture, for a {@link io.nanogpt.train.Trainer}. */
    default Architecture architecture() {
        return Library.get().architecture(this);
    }
}
