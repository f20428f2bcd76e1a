package io.nanogpt.inspect;

import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.generate.Token;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a model makes of one text. Values are computed when they are first asked for, most of them by running the model
 * once more. The logits are kept, {@code 4 T V} bytes for {@code T} tokens and a vocabulary of {@code V}, and so are the
 * maps of {@link #attention()}, {@code 4 T T} bytes for each head; all else is computed again. Thread-safe. The arrays
 * that it returns are its own: do not change them.
 *
 * <p>A model may lack a part, as one without attention has no attention maps: {@link #unsupported} gives the reason, and
 * the methods of that part throw an {@link UnsupportedOperationException} with it. Every method that computes throws an
 * {@link IllegalStateException} after the model was closed.
 */
public interface Inspection {
    /** The parts of an inspection that a model may lack. */
    enum Part {
        /** {@link #attention} and {@link #inductionScores}. */
        ATTENTION,
        /** {@link #lens} and {@link #lensLogits}. */
        LENS,
        /** {@link #without}. */
        ABLATION,
        /** {@link #neighbours} and {@link #embeddingMap}. */
        EMBEDDINGS
    }

    /** Returns the reason why the model lacks a part; empty if it has it. */
    Optional<String> unsupported(Part part);

    /** Returns the T tokens that are inspected: the last ones of the text, if it is longer than the context. */
    List<Token> tokens();

    /** Returns the number of tokens of the text before {@link #tokens}, which do not fit the context. */
    int skipped();

    /** Returns the heads that are left out; empty without {@link #without}. */
    Set<AttentionHead> removed();

    /** Returns the weights of attention of every layer and head, and the probabilities of the next token. */
    AttentionMaps attention();

    /**
     * Returns the weights of attention of one layer, {@code (heads, T, T)}, as {@link AttentionMaps#layer}. They are
     * computed alone and not kept, unless {@link #attention()} has been called: of a long text the maps of all layers can
     * be larger than the model.
     *
     * @param layer counted from 0
     * @throws IllegalArgumentException if there is no such layer
     */
    default float[][][] attention(int layer) {
        return attention().layer(layer);
    }

    /** Returns the logits after each token, {@code (T, vocabulary)}. */
    float[][] logits();

    /**
     * Returns the most likely tokens after the text, in descending order of their probability.
     *
     * @param count at least 1; no more than the vocabulary are returned
     */
    default List<Candidate> next(int count) {
        return candidates(tokens().size() - 1, count);
    }

    /**
     * Returns the most likely tokens after one of the text, in descending order of their probability.
     *
     * @param position of the token in {@link #tokens}, counted from 0
     * @param count at least 1; no more than the vocabulary are returned
     */
    List<Candidate> candidates(int position, int count);

    /**
     * Returns the loss of each token, its surprise: the negative natural logarithm of the probability that the model gave it
     * after the tokens before. That of the first is not a number, as nothing predicts it.
     */
    float[] losses();

    /** Returns the mean of {@link #losses} without the first; not a number for a single token. */
    double meanLoss();

    /**
     * Returns what a layer would predict after each token: the final norm and the head applied to the residual stream there
     * (the logit lens, nostalgebraist 2020).
     *
     * @param layer 0 for the stream that the first block reads, the embeddings; 1 for that after the first block, and so
     *     on; the number of layers gives the predictions of the model
     * @param count candidates for each token, at least 1
     */
    List<List<Candidate>> lens(int layer, int count);

    /** Returns the logits of {@link #lens}, {@code (T, vocabulary)}. */
    float[][] lensLogits(int layer);

    /**
     * Returns the same text without some heads: their output is zero before the output projection of their layer (ablation).
     * Those of {@link #removed} stay left out.
     *
     * @throws IllegalArgumentException if the model has no such head
     */
    Inspection without(AttentionHead... heads);

    /**
     * Returns the tokens whose embeddings are most similar to that of a token, itself left out, in descending order.
     *
     * @param id in the tokenizer's vocabulary
     * @param count at least 1
     */
    List<Neighbour> neighbours(int id, int count);

    /** Returns a map of the embeddings of all tokens. The same model always gives the same map. */
    EmbeddingMap embeddingMap();

    /**
     * Returns the induction score of each head, {@code [layer][head]}, from 0 to 1: in a sequence of random tokens that is
     * repeated once, the mean weight that a token of the second half gives to the token after its first occurrence, which
     * comes next (Olsson et al. 2022). It depends on the model and on {@link #removed}, not on the text.
     *
     * @param seed of the random tokens
     */
    float[][] inductionScores(long seed);
}
