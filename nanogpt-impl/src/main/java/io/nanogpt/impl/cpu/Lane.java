package io.nanogpt.impl.cpu;

import io.nanogpt.spi.BatchDecoder;

/** The sequences of a pass that one thread computes, with the memory of their activations. */
final class Lane {
    private final Plan.Output logits;
    private final int history;
    private final int[] ids;
    final MicroBatch microBatch;
    private final Decoding decoding;
    /** For each sequence, what receives its logits. */
    private final BatchDecoder.Feed[] feeds;
    /** For each sequence, whether its last new token is in this pass. */
    private final boolean[] complete;

    Lane(DecodingPlan plan) {
        logits = plan.logits;
        history = plan.history;
        ids = new int[Math.multiplyExact(plan.rows, history + 1)];
        microBatch = new MicroBatch(plan.plan.arenaSize(), new int[][] {ids}, plan.rows);
        decoding = new Decoding(plan.rows);
        microBatch.decoding = decoding;
        feeds = new BatchDecoder.Feed[plan.rows];
        complete = new boolean[plan.rows];
    }

    void clear() {
        decoding.count = 0;
        microBatch.rows = 0;
    }

    /** Adds {@code size} tokens of a sequence, those after the first {@code done}. */
    void add(SequenceState state, BatchDecoder.Feed feed, int done, int size) {
        int sequence = decoding.count++;
        int row = microBatch.rows;
        int block = row + sequence * history;
        System.arraycopy(state.history, 0, ids, block, history);
        System.arraycopy(feed.tokens(), feed.from() + done, ids, block + history, size);
        for (int i = 0; i < size; i++) {
            decoding.positions[row + i] = state.dropped + state.length + i;
            decoding.indices[row + i] = block + history + i;
        }
        decoding.states[sequence] = state;
        decoding.starts[sequence] = row;
        decoding.starts[sequence + 1] = row + size;
        feeds[sequence] = feed;
        complete[sequence] = done + size == feed.count();
        microBatch.rows = row + size;
    }

    /** Notes that the tokens are computed. */
    void finish() {
        for (int sequence = 0; sequence < decoding.count; sequence++) {
            SequenceState state = decoding.states[sequence];
            int size = decoding.rows(sequence);
            System.arraycopy(ids, decoding.starts[sequence] + sequence * history + size, state.history, 0, history);
            state.length += size;
            if (complete[sequence]) {
                int row = logits.ends() ? sequence : decoding.starts[sequence + 1] - 1;
                int from = logits.offset() + row * logits.width();
                System.arraycopy(microBatch.arena, from, feeds[sequence].logits(), 0, logits.width());
            }
        }
    }
}
