package io.nanogpt.model;

import java.util.List;
import java.util.Optional;

/**
 * What published families of models do differently from GPT-2 and Llama; {@link #NONE} by default. Immutable.
 *
 * @param headSize features of a head; 0 for embeddingSize / heads
 * @param queryKeyNorm norms of queries and keys with trained weights, before rotary positions
 * @param attentionCap limit c of the scaled dot products x of queries and keys, {@code c tanh(x / c)} (Gemma 2); 0 for
 *     none
 * @param scaledByLayer whether the scale of attention is also divided by the number of its layer, counted from 1 (GPT-2
 *     in Mistral's training runs)
 * @param windows the attention window of each layer, 0 for none; empty if all layers have the window of the attention
 *     (GPT-Neo, Gemma, Qwen)
 * @param unrotated layers, counted from 0, without rotary positions (SmolLM3)
 * @param windowPositions the rotary positions of layers with a window, if they differ from those of the others (Gemma 3)
 * @param embeddingScale factor of the token embedding; 1 for none (Gemma)
 * @param residual how attention and MLP of a block are added (GPT-NeoX, Phi)
 */
public record Variations(
        int headSize,
        QueryKeyNorm queryKeyNorm,
        float attentionCap,
        boolean scaledByLayer,
        List<Integer> windows,
        List<Integer> unrotated,
        Optional<Positions.Rotary> windowPositions,
        float embeddingScale,
        Residual residual) {
    /** Norms of queries and keys with trained weights. */
    public enum QueryKeyNorm {
        /** None. */
        NONE,
        /** RMSNorm of each head, with one weight for all queries and one for all keys (Qwen3, Gemma 3). */
        HEADS,
        /** RMSNorm of all queries and of all keys together (OLMo 2). */
        ALL
    }

    /** How attention and MLP of a block are added to the residual stream x. */
    public enum Residual {
        /** {@code y = x + attention(norm1(x))}, then {@code y + mlp(norm2(y))}. */
        SEQUENTIAL,
        /** {@code x + attention(norm1(x)) + mlp(norm2(x))} (GPT-J, GPT-NeoX). */
        PARALLEL,
        /** {@code x + attention(norm1(x)) + mlp(norm1(x))} (Phi). */
        PARALLEL_ONE_NORM
    }

    /** The most features of a head: more would make tables of angles out of proportion to any weights. */
    private static final int MOST_HEAD_SIZE = 1 << 15;

    /** No variations. */
    public static final Variations NONE = new Variations(
            0, QueryKeyNorm.NONE, 0, false, List.of(), List.of(), Optional.empty(), 1, Residual.SEQUENTIAL);

    public Variations {
        windows = List.copyOf(windows);
        unrotated = unrotated.stream().distinct().sorted().toList();
        if (headSize < 0 || headSize > MOST_HEAD_SIZE) {
            throw new IllegalArgumentException("headSize must be from 1 to " + MOST_HEAD_SIZE
                    + ", or 0 for embeddingSize / heads, but is " + headSize);
        }
        if (!(attentionCap >= 0 && attentionCap < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("attentionCap must be above 0, or 0 for none, but is " + attentionCap);
        }
        if (windows.stream().anyMatch(window -> window < 0)) {
            throw new IllegalArgumentException(
                    "each of the windows must be at least 1, or 0 for none, but they are " + windows);
        }
        if (!unrotated.isEmpty() && unrotated.get(0) < 0) {
            throw new IllegalArgumentException("unrotated are layers counted from 0, but one is " + unrotated.get(0));
        }
        if (!(embeddingScale > 0 && embeddingScale < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("embeddingScale must be above 0 and finite, but is " + embeddingScale);
        }
    }

    /** The features of a head, for an embedding of this size where the variations have none. */
    int headSize(int embeddingSize, int heads) {
        return headSize == 0 ? embeddingSize / heads : headSize;
    }

    /** Returns a copy with this number of features a head; 0 for embeddingSize / heads. */
    public Variations withHeadSize(int value) {
        return new Variations(
                value,
                queryKeyNorm,
                attentionCap,
                scaledByLayer,
                windows,
                unrotated,
                windowPositions,
                embeddingScale,
                residual);
    }

    /** Returns a copy with these norms of queries and keys. */
    public Variations withQueryKeyNorm(QueryKeyNorm value) {
        return new Variations(
                headSize,
                value,
                attentionCap,
                scaledByLayer,
                windows,
                unrotated,
                windowPositions,
                embeddingScale,
                residual);
    }

    /** Returns a copy with this limit of the scaled dot products; 0 for none. */
    public Variations withAttentionCap(float value) {
        return new Variations(
                headSize,
                queryKeyNorm,
                value,
                scaledByLayer,
                windows,
                unrotated,
                windowPositions,
                embeddingScale,
                residual);
    }

    /** Returns a copy with or without the number of the layer in the scale of attention. */
    public Variations withScaledByLayer(boolean value) {
        return new Variations(
                headSize,
                queryKeyNorm,
                attentionCap,
                value,
                windows,
                unrotated,
                windowPositions,
                embeddingScale,
                residual);
    }

    /** Returns a copy with the window of each layer, 0 for none; empty for the window of the attention in all. */
    public Variations withWindows(List<Integer> value) {
        return new Variations(
                headSize,
                queryKeyNorm,
                attentionCap,
                scaledByLayer,
                value,
                unrotated,
                windowPositions,
                embeddingScale,
                residual);
    }

    /** Returns a copy without rotary positions in these layers, counted from 0. */
    public Variations withUnrotated(List<Integer> value) {
        return new Variations(
                headSize,
                queryKeyNorm,
                attentionCap,
                scaledByLayer,
                windows,
                value,
                windowPositions,
                embeddingScale,
                residual);
    }

    /** Returns a copy with rotary positions of the layers with a window. */
    public Variations withWindowPositions(Positions.Rotary value) {
        return new Variations(
                headSize,
                queryKeyNorm,
                attentionCap,
                scaledByLayer,
                windows,
                unrotated,
                Optional.of(value),
                embeddingScale,
                residual);
    }

    /** Returns a copy with this factor of the token embedding; 1 for none. */
    public Variations withEmbeddingScale(float value) {
        return new Variations(
                headSize,
                queryKeyNorm,
                attentionCap,
                scaledByLayer,
                windows,
                unrotated,
                windowPositions,
                value,
                residual);
    }

    /** Returns a copy with this sum of attention and MLP. */
    public Variations withResidual(Residual value) {
        return new Variations(
                headSize,
                queryKeyNorm,
                attentionCap,
                scaledByLayer,
                windows,
                unrotated,
                windowPositions,
                embeddingScale,
                value);
    }
}
