package io.nanogpt.impl.recipe;

import io.nanogpt.model.TransformerConfig;
import io.nanogpt.train.Recipe;
import java.util.List;

/**
 * The sizes of a chosen model.
 *
 * @param leastFlops the least FLOPs of a run that they are for
 * @param base what is not a size
 */
record Shape(double leastFlops, Recipe base, int layers, int width, int context, int batch) {
    private static final int HEAD_SIZE = 32;

    /** From the smallest; each is the best that was found for some computation. */
    static final List<Shape> ALL = List.of(
            new Shape(0, Recipe.TABLES, 2, 128, 64, 12),
            new Shape(3e12, Recipe.MODERN_TABLES, 4, 128, 128, 12),
            new Shape(2e13, Recipe.MODERN_TABLES, 4, 256, 128, 16),
            new Shape(2e14, Recipe.MODERN_TABLES, 6, 384, 256, 16));

    /** The index of the shape for an amount of computation. */
    static int indexFor(double flops) {
        int index = 0;
        while (index + 1 < ALL.size() && flops >= ALL.get(index + 1).leastFlops()) {
            index++;
        }
        return index;
    }

    /** The recipe with this shape, whose tables and steps are to be replaced. */
    Recipe recipe(int vocabulary, int longestContext) {
        TransformerConfig model = ((TransformerConfig) base.model())
                .toBuilder()
                        .layers(layers)
                        .embeddingSize(width)
                        .heads(width / HEAD_SIZE)
                        .contextLength(Math.min(context, longestContext))
                        .vocabularySize(vocabulary)
                        .build();
        return base.withModel(model).withBatchSize(batch);
    }
}
