package io.nanogpt.model;

/**
 * The attention of a transformer.
 *
 * @param heads query heads, at least 1; divides the embedding size
 * @param keyValueHeads heads of keys and values; divides {@code heads}. Equal: multi-head; 1: multi-query; between:
 *     grouped-query attention (Ainslie et al. 2023)
 * @param fused whether queries, keys and values come from one matrix, rather than from three
 * @param scale multiplies the dot products of queries and keys
 * @param window the tokens that each one sees, itself among them; 0 for all before it
 */
public record AttentionConfig(int heads, int keyValueHeads, boolean fused, AttentionScale scale, int window) {
    public AttentionConfig {
        Settings.positive("heads", heads);
        Settings.positive("keyValueHeads", keyValueHeads);
        if (heads % keyValueHeads != 0) {
            throw new IllegalArgumentException("heads " + heads + " is not divisible by keyValueHeads " + keyValueHeads
                    + "; each key and value head serves the same number of query heads");
        }
        if (window < 0) {
            throw new IllegalArgumentException("window must be at least 1, or 0 for no window, but is " + window);
        }
    }
}
