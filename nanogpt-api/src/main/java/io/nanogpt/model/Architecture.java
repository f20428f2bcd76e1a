package io.nanogpt.model;

import io.nanogpt.graph.Graph;
import java.util.Map;

/**
 * The architecture of a language model: a {@link Graph} from {@link Graph#TOKENS} {@code (batch, sequence)} to
 * {@link Graph#LOGITS} {@code (batch, sequence, vocabulary)}. Implement it to train a custom model; gradients, training
 * and decoding are derived from the graph.
 */
public interface Architecture {
    /** Returns the kind in {@code config.json}, for example {@code nanogpt-transformer}. */
    String kind();

    /** Returns the number of token ids. */
    int vocabularySize();

    /** Returns the context length in tokens, T. */
    int contextLength();

    /** Returns the graph; the same instance on every call. */
    Graph graph();

    /** Returns the settings for {@code config.json}, from which the architecture can be rebuilt. */
    Map<String, Object> settings();
}
