package io.nanogpt.model;

/**
 * The linear layers of a transformer that have a bias.
 *
 * @param queryKeyValue the projections to queries, keys and values
 * @param attentionOutput the output projection of attention
 * @param mlp all layers of the MLP
 * @param head the layer that computes the logits
 */
public record Biases(boolean queryKeyValue, boolean attentionOutput, boolean mlp, boolean head) {
    /** No layer. */
    public static final Biases NONE = new Biases(false, false, false, false);

    /** All layers but the head. */
    public static final Biases ALL_BUT_HEAD = new Biases(true, true, true, false);
}
