package io.nanogpt.impl.runtime;

import io.nanogpt.data.Windows;
import io.nanogpt.impl.data.TokenIds;
import io.nanogpt.model.Architecture;
import io.nanogpt.tokenizer.Tokenizer;

/**
 * Reads texts as the windows that a model is trained on.
 *
 * @param advice what to do where a text is shorter than the context, for messages
 */
record TextReader(Architecture architecture, Tokenizer tokenizer, String advice) {
    /**
     * Encodes a text.
     *
     * @param name of the part, for messages
     * @throws IllegalArgumentException if it has no more tokens than the context
     */
    Windows windows(String name, String text) {
        int[] ids = tokenizer.encode(text);
        if (ids.length <= architecture.contextLength()) {
            throw new IllegalArgumentException("the " + name + " text has " + ids.length
                    + " tokens, but a context of " + architecture.contextLength() + " needs at least "
                    + (architecture.contextLength() + 1) + advice);
        }
        return Windows.of(TokenIds.of(ids, architecture.vocabularySize()));
    }
}
