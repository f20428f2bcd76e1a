package io.nanogpt.model;

import io.nanogpt.spi.Library;

/**
 * The GPT of nanoGPT: learned positions, pre-norm LayerNorm, fused bias-free q/k/v, a 4x MLP with exact GELU and an
 * untied head.
 *
 * @param layers transformer blocks, at least 1
 * @param heads attention heads; divides {@code embeddingSize}
 * @param embeddingSize width of the residual stream, D
 * @param contextLength tokens the model can look at, T
 * @param vocabularySize token ids, V
 * @param dropout share of activations dropped in training, in [0, 1)
 */
public record GptConfig(
        int layers, int heads, int embeddingSize, int contextLength, int vocabularySize, float dropout) {
    public GptConfig {
        positive("layers", layers);
        positive("heads", heads);
        positive("embeddingSize", embeddingSize);
        positive("contextLength", contextLength);
        positive("vocabularySize", vocabularySize);
        if (embeddingSize % heads != 0) {
            throw new IllegalArgumentException("embeddingSize " + embeddingSize + " is not divisible by heads " + heads
                    + "; choose heads among the divisors of the embedding size, or an embedding size of "
                    + (embeddingSize / heads + 1) * heads);
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new IllegalArgumentException("dropout must be in [0, 1), but is " + dropout);
        }
    }

    /** The architecture that this configures, to be trained by a {@link io.nanogpt.train.Trainer}. */
    public Architecture architecture() {
        return Library.get().gpt(this);
    }

    private static void positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, but is " + value);
        }
    }
}
