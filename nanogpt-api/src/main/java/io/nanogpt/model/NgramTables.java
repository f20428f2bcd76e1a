package io.nanogpt.model;

import io.nanogpt.graph.Attributes;
import io.nanogpt.train.RowwiseAdagrad;
import java.util.Arrays;
import java.util.List;

/**
 * Tables of rows for the n-grams that end with each token, added to the token embedding: hash embeddings of n-grams. The
 * row of an n-gram is chosen by a hash ({@link Attributes.Embedding}), so that n-grams may share one. Rows are zero before
 * training, and remain so if no n-gram of the training data has them.
 *
 * <p>Rows as wide as the token embedding are added to it; rows of another width are concatenated and projected to it by a
 * linear layer without a bias. {@link RowwiseAdagrad} trains the rows of each batch alone; other optimizers update every
 * row in every step, which for large tables takes most of its time.
 *
 * <pre>{@code
 * ModelConfig config = TransformerConfig.builder()
 *         .ngramTables(NgramTables.of(32_768, 2, 3, 4, 5))
 *         .vocabularySize(tokenizer.vocabularySize())
 *         .build();
 * }</pre>
 *
 * @param orders tokens of the n-grams of each table, ascending, from 2 to 8; empty for no tables
 * @param rows rows of a table, at least 1; the table of pairs has no more rows than there are pairs
 * @param width features of a row; 0 for the embedding size
 */
public record NgramTables(List<Integer> orders, int rows, int width) {
    /** No tables. */
    public static final NgramTables NONE = new NgramTables(List.of(), 1, 0);

    public NgramTables {
        orders = List.copyOf(orders);
        for (int i = 0; i < orders.size(); i++) {
            int order = orders.get(i);
            if (order < 2 || order > Attributes.Embedding.MAX_ORDER || (i > 0 && order <= orders.get(i - 1))) {
                throw new IllegalArgumentException("orders of n-grams must ascend from at least 2 to at most "
                        + Attributes.Embedding.MAX_ORDER + ", but are " + orders);
            }
        }
        Settings.positive("rows of an n-gram table", rows);
        if (width < 0) {
            throw new IllegalArgumentException(
                    "width of an n-gram table must be at least 1, or 0 for the embedding size, but is " + width);
        }
    }

    /** Returns tables as wide as the token embedding. */
    public static NgramTables of(int rows, int... orders) {
        return new NgramTables(Arrays.stream(orders).boxed().toList(), rows, 0);
    }

    /** Returns a copy with rows of this width, 0 for the embedding size. */
    public NgramTables withWidth(int value) {
        return new NgramTables(orders, rows, value);
    }

    /** Whether there are no tables. */
    public boolean isEmpty() {
        return orders.isEmpty();
    }

    /** Returns the features of a row, for a token embedding of this size. */
    public int width(int embeddingSize) {
        return width == 0 ? embeddingSize : width;
    }

    /** Returns the rows of the table of this order: {@link #rows}, or the number of pairs if that is less. */
    public int rows(int order, int vocabularySize) {
        return order == 2 ? (int) Math.min(rows, (long) vocabularySize * vocabularySize) : rows;
    }

    /** Checks that the tables fit a vocabulary and an embedding. */
    void check(int vocabularySize, int embeddingSize) {
        if (isEmpty()) {
            return;
        }
        if (vocabularySize > Attributes.Embedding.MAX_NGRAM_VOCABULARY) {
            throw new IllegalArgumentException("n-gram tables need a vocabularySize of at most "
                    + Attributes.Embedding.MAX_NGRAM_VOCABULARY + ", but it is " + vocabularySize);
        }
        Settings.matrix("rows of an n-gram table", rows, "their width", width(embeddingSize));
        Settings.matrix(
                "orders of n-grams", orders.size() * (long) width(embeddingSize), "embeddingSize", embeddingSize);
    }
}
