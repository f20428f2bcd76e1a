package io.nanogpt.model;

/**
 * The sizes of a transformer.
 *
 * @param layers blocks, at least 1
 * @param embeddingSize width of the residual stream, D
 * @param contextLength tokens the model can look at, T
 * @param vocabularySize token ids, V
 */
public record ModelSize(int layers, int embeddingSize, int contextLength, int vocabularySize) {
    public ModelSize {
        Settings.positive("layers", layers);
        Settings.positive("embeddingSize", embeddingSize);
        Settings.positive("contextLength", contextLength);
        Settings.positive("vocabularySize", vocabularySize);
    }
}
