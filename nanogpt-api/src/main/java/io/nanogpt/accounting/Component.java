package io.nanogpt.accounting;

import java.util.Locale;

/** The parts of a model that its cost is split into. */
public enum Component {
    /** Tables of tokens and positions; a table that is also the head counts here. */
    EMBEDDINGS,
    /** The linear layers before and behind attention. */
    PROJECTIONS,
    /** Queries times keys. */
    SCORES,
    /** Probabilities times values. */
    VALUES,
    /** Linear layers that belong to nothing else. */
    MLP,
    /** The linear layers and recurrent weights of an LSTM. */
    RECURRENCE,
    /** Convolutions. */
    CONVOLUTION,
    /** Weights and biases of norms. */
    NORMS,
    /** The linear layer that makes logits. */
    HEAD;

    /** In small letters, as tables print it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
