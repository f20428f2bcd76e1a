package io.nanogpt.impl.data;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.random.CounterRandom;

/**
 * Batches of sequences that start at uniformly random tokens. A batch depends on the key and its index alone, so a run
 * that resumes at a step sees what it would have seen, and threads may ask in any order.
 */
public final class RandomBatches {
    private final TokenIds tokens;
    private final int batch;
    private final int context;
    private final long key;

    /**
     * Batches of {@code (batch, context)} tokens.
     *
     * @param key from {@link CounterRandom#key}
     * @throws NanogptException if the tokens do not hold one sequence and the token after it
     */
    public RandomBatches(TokenIds tokens, int batch, int context, long key) {
        if (batch < 1 || context < 1) {
            throw new IllegalArgumentException(
                    "batch and context must be at least 1, but are " + batch + " and " + context);
        }
        if (tokens.size() <= context) {
            throw new NanogptException("this text has " + tokens.size() + " tokens, and a context length of " + context
                    + " needs at least " + (context + 1L) + "; use more text, a smaller contextLength"
                    + " or another validation fraction");
        }
        this.tokens = tokens;
        this.batch = batch;
        this.context = context;
        this.key = key;
    }

    /**
     * Fills a batch. Allocates nothing.
     *
     * @param index of the batch, from 0
     * @param inputs receives {@code (batch, context)} ids, row-major
     * @param targets receives for every input the id that follows it
     */
    public void fill(long index, int[] inputs, int[] targets) {
        // The last start leaves one token after its sequence, for the last target.
        int starts = tokens.size() - context;
        for (int row = 0; row < batch; row++) {
            int start = (int) CounterRandom.below(starts, key, index * batch + row);
            tokens.copy(start, inputs, row * context, context);
            tokens.copy(start + 1, targets, row * context, context);
        }
    }
}
