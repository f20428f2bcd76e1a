package io.nanogpt.model;

import io.nanogpt.graph.Graph;
import java.util.Map;

/**
 * A kind of language model: it turns its configuration into a {@link Graph} from {@link Graph#TOKENS}
 * {@code (batch, sequence)} to {@link Graph#LOGITS} {@code (batch, sequence, vocabulary)}. Implement it to train a
 * model of your own; gradients, training and decoding follow from the graph.
 */
public interface Architecture {
    /** The kind, as {@code config.json} names it, for example {@code nanogpt-transformer}. */
    String kind();

    /** The number of token ids. */
    int vocabularySize();

    /** The most tokens the model can look at, T. */
    int contextLength();

    /** The graph; the same one at every call. */
    Graph graph();

    /** What {@code config.json} records, in the field's terms; enough to build the architecture again. */
    Map<String, Object> settings();
}
