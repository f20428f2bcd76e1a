package io.nanogpt.impl.recipe;

import io.nanogpt.model.TransformerConfig;
import io.nanogpt.train.Recipe;
import java.util.List;
import java.util.stream.Stream;

/**
 * The sizes of a chosen model.
 *
 * @param leastFlops the least FLOPs of a run that they are for, however long the text
 * @param base what is not a size
 */
record Shape(double leastFlops, Recipe base, int layers, int width, int context, int batch) {
    private static final int HEAD_SIZE = 32;

    /** From here on tokens are pieces of words, of which fewer are as much text. */
    private static final int LARGE_VOCABULARY = 512;

    private static final Shape OF_CHARACTERS = new Shape(0, Recipe.TABLES, 1, 128, 128, 6);

    private static final Shape OF_PIECES = new Shape(0, Recipe.TABLES, 1, 128, 64, 12);

    private static final List<Shape> LARGER = List.of(
            new Shape(1e13, Recipe.MODERN_TABLES, 2, 128, 128, 12),
            new Shape(2e13, Recipe.MODERN_TABLES, 4, 256, 128, 16),
            new Shape(2e14, Recipe.MODERN_TABLES, 6, 384, 256, 16));

    /** From the smallest: the first two are the best that were found, the others are a guess. */
    static List<Shape> all(int vocabularySize) {
        Shape smallest = vocabularySize < LARGE_VOCABULARY ? OF_CHARACTERS : OF_PIECES;
        return Stream.concat(Stream.of(smallest), LARGER.stream()).toList();
    }

    /**
     * The recipe with this shape, whose tables and steps are to be replaced. Where the longest context is shorter, a batch
     * has more sequences, and so as many tokens.
     */
    Recipe recipe(int vocabularySize, int longestContext) {
        int length = Math.min(context, longestContext);
        TransformerConfig model = ((TransformerConfig) base.model())
                .toBuilder()
                        .layers(layers)
                        .embeddingSize(width)
                        .heads(width / HEAD_SIZE)
                        .contextLength(length)
                        .vocabularySize(vocabularySize)
                        .build();
        return base.withModel(model).withBatchSize(batch * context / length);
    }
}
