package io.nanogpt.generate;

import java.util.List;

/** What every token of a text looks at, in every layer and head of a model, and what the model expects next. */
public final class AttentionMaps {
    private final List<Token> tokens;
    private final List<float[][][]> layers;
    private final float[] nextProbabilities;

    /**
     * Maps that are handed over, not copied.
     *
     * @param tokens of the text, T of them
     * @param layers for each layer {@code (heads, T, T)}
     * @param nextProbabilities for each token id, how likely it follows the text
     */
    public AttentionMaps(List<Token> tokens, List<float[][][]> layers, float[] nextProbabilities) {
        this.tokens = List.copyOf(tokens);
        this.layers = List.copyOf(layers);
        this.nextProbabilities = nextProbabilities;
    }

    /** The tokens of the text, T of them: its last ones, where it is longer than the context. */
    public List<Token> tokens() {
        return tokens;
    }

    /** The number of layers; 0 where the model has no attention. */
    public int layers() {
        return layers.size();
    }

    /**
     * The number of heads of a layer.
     *
     * @throws IllegalArgumentException if there is no such layer
     */
    public int heads(int layer) {
        return layer(layer).length;
    }

    /**
     * All heads of a layer, {@code (heads, T, T)}: {@code [head][t][s]} is how much token {@code t} takes from token
     * {@code s}. Each row sums to one and is zero behind {@code t}.
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
     * One head, {@code (T, T)}.
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

    /** For each token id, how likely it follows the text. */
    public float[] nextProbabilities() {
        return nextProbabilities;
    }
}
