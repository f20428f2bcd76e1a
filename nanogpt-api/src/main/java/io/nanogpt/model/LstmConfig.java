package io.nanogpt.model;

/**
 * Configuration of a recurrent language model: an embedding, stacked LSTM layers from a zero state, a linear layer with
 * a bias (Hochreiter and Schmidhuber 1997). Generation keeps the state, so its context is unbounded. Immutable.
 *
 * @param layers LSTM layers, at least 1
 * @param embeddingSize width of the token embedding
 * @param hiddenSize width of the hidden state, D
 * @param contextLength tokens of a training sequence, T
 * @param vocabularySize number of token ids, V
 */
public record LstmConfig(int layers, int embeddingSize, int hiddenSize, int contextLength, int vocabularySize)
        implements ModelConfig {
    public LstmConfig {
        Settings.layers(layers);
        Settings.positive("embeddingSize", embeddingSize);
        Settings.positive("hiddenSize", hiddenSize);
        Settings.positive("contextLength", contextLength);
        Settings.positive("vocabularySize", vocabularySize);
        Settings.matrix("four gates of hiddenSize", 4L * hiddenSize, "hiddenSize", hiddenSize);
        Settings.matrix("four gates of hiddenSize", 4L * hiddenSize, "embeddingSize", embeddingSize);
        Settings.matrix("vocabularySize", vocabularySize, "embeddingSize", embeddingSize);
        Settings.matrix("vocabularySize", vocabularySize, "hiddenSize", hiddenSize);
    }

    @Override
    public Kind kind() {
        return Kind.LSTM;
    }

    @Override
    public LstmConfig withVocabularySize(int vocabularySize) {
        return new LstmConfig(layers, embeddingSize, hiddenSize, contextLength, vocabularySize);
    }
}
