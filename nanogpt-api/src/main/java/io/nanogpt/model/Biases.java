package io.nanogpt.model;

/**
 * Which linear layers of a transformer have a bias.
 *
 * @param queryKeyValue the layers that make queries, keys and values
 * @param attentionOutput the layer behind attention
 * @param mlp all layers of the MLP
 * @param head the layer that makes logits
 */
public record Biases(boolean queryKeyValue, boolean attentionOutput, boolean mlp, boolean head) {
    /** None at all. */
    public static final Biases NONE = new Biases(false, false, false, false);

    /** All but the head's. */
    public static final Biases ALL_BUT_HEAD = new Biases(true, true, true, false);
}
