package io.nanogpt.generate;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The attention weights of every layer and head for a text, and the probabilities of the next token. */
public final class AttentionMaps {
    private final List<Token> tokens;
    private final List<float[][][]> layers;
    private final float[] nextProbabilities;
    private final Optional<Token> next;

    /**
     * Creates maps from arrays, which are not copied.
     *
     * @param tokens the T tokens of the text
     * @param layers the weights of each layer, {@code (heads, T, T)}
     * @param nextProbabilities for each token id, the probability that it follows the text
     */
    public AttentionMaps(List<Token> tokens, List<float[][][]> layers, float[] nextProbabilities) {
        this(tokens, layers, nextProbabilities, Optional.empty());
    }

    /**
     * Creates maps from arrays, which are not copied.
     *
     * @param tokens the T tokens of the text
     * @param layers the weights of each layer, {@code (heads, T, T)}
     * @param nextProbabilities for each token id, the probability that it follows the text
     * @param next the most likely of these tokens
     */
    public AttentionMaps(
            List<Token> tokens, List<float[][][]> layers, float[] nextProbabilities, Optional<Token> next) {
        this.next = Objects.requireNonNull(next, "next");
        this.tokens = List.copyOf(tokens);
        this.layers = List.copyOf(layers);
        this.nextProbabilities = nextProbabilities;
    }

    /** Returns the T tokens of the text: its last ones if it is longer than the context. */
    public List<Token> tokens() {
        return tokens;
    }

    /** Returns the number of layers; 0 if the model has no attention. */
    public int layers() {
        return layers.size();
    }

    /**
     * Returns the number of heads of a layer.
     *
     * @throws IllegalArgumentException if there is no such layer
     */
    public int heads(int layer) {
        return layer(layer).length;
    }

    /**
     * Returns the weights of a layer, {@code (heads, T, T)}: {@code [head][t][s]} is the weight of token {@code s} for
     * token {@code t}. Each row sums to one and is zero for {@code s > t}.
     *
     * @param layer counted from 0
     * @throws IllegalArgumentException if there is no such layer
     */
    public float[][][] layer(int layer) {
        if (layer < 0 || layer >= layers.size()) {
            throw new IllegalArgumentException("no layer " + layer
                    + (layers.isEmpty()
                            ? "; this model has no attention"
                            : "; layers run from 0 to " + (layers() - 1)));
        }
        return layers.get(layer);
    }

    /**
     * Returns the weights of one head, {@code (T, T)}.
     *
     * @param layer counted from 0
     * @param head counted from 0
     * @throws IllegalArgumentException if there is no such layer or head
     */
    public float[][] head(int layer, int head) {
        int heads = heads(layer);
        if (head < 0 || head >= heads) {
            throw new IllegalArgumentException("no head " + head + "; heads run from 0 to " + (heads - 1));
        }
        return layer(layer)[head];
    }

    /** Returns, for each token id, the probability that it follows the text. */
    public float[] nextProbabilities() {
        return nextProbabilities;
    }

    /** Returns the token that most likely follows the text; empty where its text is not known. */
    public Optional<Token> next() {
        return next;
    }
}
