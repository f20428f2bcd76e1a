package io.nanogpt.impl.fakes;

import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.TransformerConfig;

/** Small models to test with. */
public final class Models {
    private Models() {}

    /** The caption GPT of some size: without dropout, since few tests want it. */
    public static TransformerConfig.Builder captions(int layers, int heads, int width, int context, int vocabulary) {
        return TransformerConfig.builder()
                .layers(layers)
                .heads(heads)
                .embeddingSize(width)
                .contextLength(context)
                .vocabularySize(vocabulary);
    }

    /** The architecture of {@link #captions} with dropout. */
    public static Architecture captions(TransformerConfig.Builder size, double dropout) {
        return Zoo.create(size.dropout((float) dropout).build());
    }
}
