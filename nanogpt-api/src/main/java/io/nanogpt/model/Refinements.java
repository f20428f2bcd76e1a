package io.nanogpt.model;

import java.util.List;
import java.util.TreeSet;

/**
 * Additions of later work to the blocks of a transformer; {@link #NONE} by default. Immutable.
 *
 * @param queryKeyNorm whether the queries and keys of each head are divided by their root mean square, before rotary
 *     positions (Henry et al. 2020); with the epsilon of the norms
 * @param embeddingNorm whether token embeddings, with their positions, are divided by their root mean square
 * @param convolutionSize tokens of the causal depthwise convolutions before attention and before the MLP of each block,
 *     the current one included: {@code x_t + sum over k of w_k x_(t-k)} with weights that start at zero; 0 for none
 * @param inputMixing whether each block reads {@code a x + b x_0}, where {@code x_0} is the embedding and the trained
 *     numbers start at {@code a = 1} and {@code b = 0} (modded-nanogpt, Jordan et al. 2024)
 * @param valueEmbeddings layers, counted from 0, whose values have an embedding of their token added, times a trained
 *     number that starts at 0.5 (modded-nanogpt); they need queries, keys and values from three matrices
 * @param logitCap limit c of the logits, {@code c tanh(x / c)} (Gemma Team 2024); 0 for none
 */
public record Refinements(
        boolean queryKeyNorm,
        boolean embeddingNorm,
        int convolutionSize,
        boolean inputMixing,
        List<Integer> valueEmbeddings,
        float logitCap) {
    /** No additions. */
    public static final Refinements NONE = new Refinements(false, false, 0, false, List.of(), 0);

    public Refinements {
        valueEmbeddings = List.copyOf(new TreeSet<>(valueEmbeddings));
        if (convolutionSize < 0) {
            throw new IllegalArgumentException(
                    "convolutionSize must be at least 1, or 0 for none, but is " + convolutionSize);
        }
        if (!valueEmbeddings.isEmpty() && valueEmbeddings.get(0) < 0) {
            throw new IllegalArgumentException(
                    "valueEmbeddings are layers counted from 0, but one is " + valueEmbeddings.get(0));
        }
        if (!(logitCap >= 0 && logitCap < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("logitCap must be above 0, or 0 for none, but is " + logitCap);
        }
    }

    /** Returns a copy with or without the norm of queries and keys. */
    public Refinements withQueryKeyNorm(boolean value) {
        return new Refinements(value, embeddingNorm, convolutionSize, inputMixing, valueEmbeddings, logitCap);
    }

    /** Returns a copy with or without the norm of embeddings. */
    public Refinements withEmbeddingNorm(boolean value) {
        return new Refinements(queryKeyNorm, value, convolutionSize, inputMixing, valueEmbeddings, logitCap);
    }

    /** Returns a copy with this size of the convolutions; 0 for none. */
    public Refinements withConvolutionSize(int value) {
        return new Refinements(queryKeyNorm, embeddingNorm, value, inputMixing, valueEmbeddings, logitCap);
    }

    /** Returns a copy with or without the embedding in the input of each block. */
    public Refinements withInputMixing(boolean value) {
        return new Refinements(queryKeyNorm, embeddingNorm, convolutionSize, value, valueEmbeddings, logitCap);
    }

    /** Returns a copy with value embeddings in these layers, counted from 0. */
    public Refinements withValueEmbeddings(List<Integer> layers) {
        return new Refinements(queryKeyNorm, embeddingNorm, convolutionSize, inputMixing, layers, logitCap);
    }

    /** Returns a copy with this limit of the logits; 0 for none. */
    public Refinements withLogitCap(float value) {
        return new Refinements(queryKeyNorm, embeddingNorm, convolutionSize, inputMixing, valueEmbeddings, value);
    }
}
