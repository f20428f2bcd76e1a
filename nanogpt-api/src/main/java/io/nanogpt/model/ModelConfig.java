package io.nanogpt.model;

import io.nanogpt.spi.Library;

/** What configures one of the library's own architectures. Implement {@link Architecture} for one of your own. */
public sealed interface ModelConfig permits TransformerConfig, LstmConfig, KGramConfig {
    /** The architectures that there are. */
    enum Kind {
        /** {@link TransformerConfig}. */
        TRANSFORMER,
        /** {@link LstmConfig}. */
        LSTM,
        /** {@link KGramConfig}. */
        K_GRAM
    }

    /** Which one this is; switches over it need no default. */
    Kind kind();

    /** The number of token ids, V. */
    int vocabularySize();

    /** The tokens of a training sequence, T; for a transformer also the most that it can look at. */
    int contextLength();

    /** The same for another number of token ids. */
    ModelConfig withVocabularySize(int vocabularySize);

    /** The architecture that this configures, to be trained by a {@link io.nanogpt.train.Trainer}. */
    default Architecture architecture() {
        return Library.get().architecture(this);
    }
}
