package io.nanogpt.impl.cpu;

/**
 * Attention of new rows of sequences over the keys and values of their states, to which theirs are added. A part is a
 * sequence; of few sequences, some heads of one. A single new row, which every step of generation has, is computed for
 * some heads at once: its products and its softmax are chains of dependent operations, which the processor overlaps.
 */
final class CachedAttention implements Operation {
    /** Query rows of a block. */
    private static final int QUERY_BLOCK = AttentionOperations.QUERY_BLOCK;
    /** Tokens of a block of keys. */
    private static final int KEY_BLOCK = SequenceState.BLOCK;
    /** Heads of a single row that are computed together: their probabilities stay in the first-level cache. */
    private static final int HEADS = 4;
    /** Heads of a part: as many as share a product of a single row, and all that share keys and values. */
    private static final int PART_HEADS = 2;
    /** The least number of sequences that are balanced as they are. */
    private static final int MANY_SEQUENCES = 8;
    /** The least number of multiply-adds to share with other threads. */
    private static final long SHARED_PRODUCTS = 1 << 16;

    private final AttentionOperations attention;
    private final int packed;
    private final int out;
    private final int state;
    private final int partHeads;

    /**
     * @param state the array of the states with the keys; the next one has the values
     */
    CachedAttention(AttentionOperations attention, int packed, int out, int state) {
        this.attention = attention;
        this.packed = packed;
        this.out = out;
        this.state = state;
        this.partHeads = (PART_HEADS + attention.group - 1) / attention.group * attention.group;
    }

    @Override
    public void reserve(int length, Worker worker) {
        worker.reserve(Math.multiplyExact(QUERY_BLOCK, length), length);
    }

    /** The parts of a sequence. */
    private int groups(MicroBatch microBatch) {
        return microBatch.decoding.count < MANY_SEQUENCES ? (attention.heads + partHeads - 1) / partHeads : 1;
    }

    @Override
    public int parts(MicroBatch microBatch) {
        return microBatch.decoding.count * groups(microBatch);
    }

    @Override
    public boolean isWorthSharing(MicroBatch microBatch) {
        Decoding decoding = microBatch.decoding;
        long products = 0;
        for (int sequence = 0; sequence < decoding.count; sequence++) {
            int rows = decoding.rows(sequence);
            int tokens = Math.min(attention.window, decoding.states[sequence].length + rows);
            products += 2L * rows * tokens * attention.width;
        }
        return parts(microBatch) > 1 && products >= SHARED_PRODUCTS;
    }

    @Override
    public void run(MicroBatch microBatch, Worker worker) {
        for (int sequence = 0; sequence < microBatch.decoding.count; sequence++) {
            run(microBatch, worker, sequence, 0, attention.heads);
        }
    }

    @Override
    public void run(MicroBatch microBatch, Worker worker, int part) {
        int groups = groups(microBatch);
        int from = part % groups * partHeads;
        int end = groups == 1 ? attention.heads : Math.min(attention.heads, from + partHeads);
        run(microBatch, worker, part / groups, from, end);
    }

    /** Heads {@code from} to {@code end - 1}, which share no keys and values with the others. */
    private void run(MicroBatch microBatch, Worker worker, int sequence, int from, int end) {
        int shared = attention.sharedHead(from);
        append(microBatch, sequence, shared, attention.sharedHead(end) - shared);
        int count = microBatch.decoding.rows(sequence);
        if (count == 1) {
            for (int head = from; head < end; head += HEADS) {
                row(microBatch, worker, sequence, head, Math.min(end, head + HEADS));
            }
            return;
        }
        for (int head = from; head < end; head++) {
            for (int q = 0; q < count; q += QUERY_BLOCK) {
                rows(microBatch, worker, sequence, head, q);
            }
        }
    }

    /** Adds {@code count} features of the keys and values of the new rows to the state of a sequence. */
    private void append(MicroBatch microBatch, int sequence, int first, int count) {
        SequenceState own = microBatch.decoding.states[sequence];
        float[] keys = own.array(state);
        float[] values = own.array(state + 1);
        int shared = attention.shared;
        int start = microBatch.decoding.starts[sequence];
        for (int row = start; row < microBatch.decoding.starts[sequence + 1]; row++) {
            int from = packed + row * attention.stride + attention.width + first;
            int token = own.length + row - start;
            int to = SequenceState.column(token, shared) + first * KEY_BLOCK;
            for (int e = 0; e < count; e++) {
                keys[to + e * KEY_BLOCK] = microBatch.arena[from + e];
            }
            System.arraycopy(microBatch.arena, from + shared, values, token * shared + first, count);
        }
    }

    /** Heads {@code from} to {@code end - 1} of the only new row of a sequence. */
    private void row(MicroBatch microBatch, Worker worker, int sequence, int from, int end) {
        int position = microBatch.decoding.states[sequence].length;
        int first = attention.firstVisible(position);
        int count = position + 1 - first;
        int at = first - firstKey(position);
        int length = length(position);
        scores(microBatch, worker, sequence, from, end);
        attention.cap(end - from, count, worker.scratch, at, length, worker);
        worker.kernels.softmaxRows(end - from, count, length, attention.scale, worker.scratch, at);
        sums(microBatch, worker, sequence, from, end);
    }

    /** The first token of the block of keys with the first one that a position attends to. */
    private int firstKey(int position) {
        return attention.firstVisible(position) / KEY_BLOCK * KEY_BLOCK;
    }

    /** From the scores of a head to those of the next one: softmax may write whole vectors after the last. */
    private int length(int position) {
        return (int) SequenceState.wholeVectors(position + 1 - firstKey(position)) + SequenceState.VECTOR;
    }

    /** The dot products of the queries with whole blocks of keys, two heads at a time, or the last one twice. */
    private void scores(MicroBatch microBatch, Worker worker, int sequence, int from, int end) {
        SequenceState own = microBatch.decoding.states[sequence];
        int position = own.length;
        int first = firstKey(position);
        int length = length(position);
        int size = attention.headSize;
        int query = packed + microBatch.decoding.starts[sequence] * attention.stride;
        for (int block = first; block <= position; block += KEY_BLOCK) {
            int columns = (int) Math.min(KEY_BLOCK, SequenceState.wholeVectors(position + 1 - block));
            int keys = block * attention.shared;
            for (int head = from; head < end; head += 2) {
                int other = Math.min(end - 1, head + 1);
                worker.kernels.multiplyTwo(
                        columns,
                        size,
                        microBatch.arena,
                        query + head * size,
                        query + other * size,
                        own.array(state),
                        keys + attention.sharedHead(head) * KEY_BLOCK,
                        keys + attention.sharedHead(other) * KEY_BLOCK,
                        KEY_BLOCK,
                        worker.scratch,
                        (head - from) * length + block - first,
                        (other - from) * length + block - first);
            }
        }
    }

    /** The sums of the values, weighted by the probabilities, two heads at a time, or the last one twice. */
    private void sums(MicroBatch microBatch, Worker worker, int sequence, int from, int end) {
        SequenceState own = microBatch.decoding.states[sequence];
        int position = own.length;
        int first = attention.firstVisible(position);
        int at = first - firstKey(position);
        int length = length(position);
        int size = attention.headSize;
        int values = first * attention.shared;
        int to = out + microBatch.decoding.starts[sequence] * attention.width;
        for (int head = from; head < end; head += 2) {
            int other = Math.min(end - 1, head + 1);
            worker.kernels.multiplyTwo(
                    size,
                    position + 1 - first,
                    worker.scratch,
                    (head - from) * length + at,
                    (other - from) * length + at,
                    own.array(state + 1),
                    values + attention.sharedHead(head),
                    values + attention.sharedHead(other),
                    attention.shared,
                    microBatch.arena,
                    to + head * size,
                    to + other * size);
        }
    }

    /** A head of the new rows of a sequence from the {@code q}-th on, as many as a block has. */
    private void rows(MicroBatch microBatch, Worker worker, int sequence, int head, int q) {
        float[] arena = microBatch.arena;
        SequenceState own = microBatch.decoding.states[sequence];
        int row = microBatch.decoding.starts[sequence] + q;
        int rows = Math.min(QUERY_BLOCK, microBatch.decoding.starts[sequence + 1] - row);
        int position = own.length + q;
        int end = position + rows;
        int first = attention.firstVisible(position);
        int firstKey = firstKey(position);
        int length = (int) SequenceState.wholeVectors(end - firstKey);
        int size = attention.headSize;
        int sharedHead = attention.sharedHead(head);
        for (int block = firstKey; block < end; block += KEY_BLOCK) {
            worker.kernels.multiply(
                    rows,
                    (int) Math.min(KEY_BLOCK, SequenceState.wholeVectors(end - block)),
                    size,
                    worker.a.set(arena, packed + row * attention.stride + head * size, attention.stride),
                    worker.b.set(own.array(state), block * attention.shared + sharedHead * KEY_BLOCK, KEY_BLOCK),
                    worker.init.set(worker.zeros, 0, 0),
                    worker.c.set(worker.scratch, block - firstKey, length));
        }
        attention.cap(rows, end - first, worker.scratch, first - firstKey, length, worker);
        attention.softmax(rows, position, worker.scratch, -firstKey, length, worker);
        worker.kernels.multiply(
                rows,
                size,
                end - first,
                worker.a.set(worker.scratch, first - firstKey, length),
                worker.b.set(own.array(state + 1), sharedHead + first * attention.shared, attention.shared),
                worker.init.set(worker.zeros, 0, 0),
                worker.c.set(arena, out + row * attention.width + head * size, attention.width));
    }
}
