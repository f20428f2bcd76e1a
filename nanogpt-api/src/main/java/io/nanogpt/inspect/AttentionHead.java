package io.nanogpt.inspect;

/**
 * A head of a layer of attention.
 *
 * @param layer counted from 0
 * @param head counted from 0
 */
public record AttentionHead(int layer, int head) {
    public AttentionHead {
        if (layer < 0 || head < 0) {
            throw new IllegalArgumentException(
                    "layers and heads are counted from 0, but these are layer " + layer + " and head " + head);
        }
    }
}
