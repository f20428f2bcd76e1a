package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Attributes;

/**
 * Causal self-attention on packed queries, keys and values {@code (rows, (H + 2 H_kv) d)}. Probabilities live in a
 * block of a few query rows at a time and are recomputed by the backward pass, so that memory grows with T and not with
 * T squared; those of short sequences are {@link Kept}. Keys after the last query of a block, or before the window of
 * its first query, are not read.
 */
final class AttentionOperations {
    /** Query rows of a block: enough to reuse the keys, few enough to skip most of the masked keys. */
    static final int QUERY_BLOCK = 32;

    /** The place of transposed keys in the scratch memory. */
    private static final int KEYS = CacheLines.FIRST;

    /** In place of the offset of probabilities that were not kept. */
    private static final int RECOMPUTED = -1;

    final int heads;
    /** Query heads per head of keys and values. */
    final int group;

    final int headSize;
    /** Features of all queries, and of the output. */
    final int width;
    /** Features of all keys, and of all values. */
    final int shared;
    /** Features of a packed row. */
    final int stride;

    final float scale;
    /** The limit of the dot products before they are scaled; 0 for none. */
    final float cap;
    /** Keys that a query attends to, itself included. */
    final int window;

    AttentionOperations(Attributes.Attention attributes, int packedFeatures) {
        this.heads = attributes.heads();
        this.group = heads / attributes.keyValueHeads();
        this.headSize = attributes.headSize(packedFeatures);
        this.width = heads * headSize;
        this.shared = attributes.keyValueHeads() * headSize;
        this.stride = packedFeatures;
        this.scale = attributes.scale();
        this.cap = attributes.cap() / attributes.scale();
        this.window = attributes.window() == 0 ? Integer.MAX_VALUE : attributes.window();
    }

    /** Scratch memory of a forward pass over sequences of {@code length} tokens, in floats from {@link #KEYS} on. */
    int forwardScratch(int length) {
        return headSize * length + QUERY_BLOCK * length;
    }

    /** Scratch memory of a backward pass, in floats from {@link #KEYS} on. */
    int backwardScratch(int length) {
        return 2 * headSize * length + (cap > 0 ? 3 : 2) * QUERY_BLOCK * length;
    }

    /**
     * Memory of the probabilities of a micro-batch, {@code (rows, heads, length)} floats, between the forward and the
     * backward pass.
     *
     * @param offset in the arena
     * @param length of a sequence at most; 0 if nothing is kept
     */
    record Kept(int offset, int length) {
        static final Kept NOTHING = new Kept(0, 0);

        boolean any() {
            return length > 0;
        }

        /**
         * The offset of the probabilities {@code (tokens, tokens)} of a head for the sequence that begins with a row, or
         * {@link #RECOMPUTED}.
         */
        int of(int row, int heads, int head, int tokens) {
            return any() ? offset + row * heads * length + head * tokens * tokens : RECOMPUTED;
        }
    }

    /** Attention over whole sequences, or over each example of packed ones. */
    Operation forward(int packed, int out, Kept kept) {
        return byHeads((microBatch, worker, from, to) -> {
            for (int row = 0, end; row < microBatch.rows; row = end) {
                end = microBatch.endOfSequence(row);
                int length = end - row;
                int base = packed + row * stride;
                float[] memory = kept.any() ? microBatch.arena : worker.scratch;
                for (int head = from; head < to; head++) {
                    int keys = base + width + head / group * headSize;
                    int block = kept.of(row, heads, head, length);
                    if (head % group == 0) {
                        transpose(length, microBatch.arena, keys, worker.scratch, KEYS, length);
                    }
                    for (int q = 0; q < length; q += QUERY_BLOCK) {
                        int rows = Math.min(QUERY_BLOCK, length - q);
                        int first = firstVisible(q);
                        int p = block == RECOMPUTED ? KEYS + headSize * length : block + q * length;
                        probabilities(
                                rows,
                                q,
                                microBatch.arena,
                                base + q * stride + head * headSize,
                                worker.scratch,
                                KEYS,
                                length,
                                memory,
                                p,
                                length,
                                worker);
                        worker.kernels.multiply(
                                rows,
                                headSize,
                                q + rows - first,
                                worker.a.set(memory, p + first, length),
                                worker.b.set(microBatch.arena, keys + shared + first * stride, stride),
                                worker.init.set(worker.zeros, 0, 0),
                                worker.c.set(microBatch.arena, out + (row + q) * width + head * headSize, width));
                    }
                }
            }
        });
    }

    /** The keys of a sequence: a column for each token. */
    SequenceState.Spec keys() {
        return new SequenceState.Spec(SequenceState.Kind.BLOCKS, shared);
    }

    /** The values of a sequence: a row for each token. */
    SequenceState.Spec values() {
        return new SequenceState.Spec(SequenceState.Kind.ROWS, shared);
    }

    /**
     * Attention of new rows of sequences over their keys and values so far, to which theirs are added.
     *
     * @param state the array of the states with the keys; the next one has the values
     * @param capacity tokens at most
     * @throws ArithmeticException if no array holds the keys of as many
     */
    Operation cached(int packed, int out, int state, int capacity) {
        Math.multiplyExact(Math.max(shared, QUERY_BLOCK), capacity);
        return new CachedAttention(this, packed, out, state);
    }

    /** The attention probabilities, {@code (rows, heads, length)}. */
    Operation probabilities(int packed, int out) {
        return (microBatch, worker) -> {
            int length = microBatch.length;
            ElementwiseOperations.clear(microBatch.arena, out, microBatch.rows * heads * length);
            for (int row = 0; row < microBatch.rows; row += length) {
                int base = packed + row * stride;
                for (int head = 0; head < heads; head++) {
                    int keys = base + width + head / group * headSize;
                    transpose(length, microBatch.arena, keys, worker.scratch, KEYS, length);
                    for (int q = 0; q < length; q += QUERY_BLOCK) {
                        int rows = Math.min(QUERY_BLOCK, length - q);
                        probabilities(
                                rows,
                                q,
                                microBatch.arena,
                                base + q * stride + head * headSize,
                                worker.scratch,
                                KEYS,
                                length,
                                microBatch.arena,
                                out + ((row + q) * heads + head) * length,
                                heads * length,
                                worker);
                    }
                }
            }
        };
    }

    /** The gradient for the packed queries, keys and values. */
    Operation backward(int dy, int packed, int y, int out, Kept kept) {
        return byHeads((microBatch, worker, from, to) -> {
            int size = (to - from) / group * headSize;
            for (int row = 0; row < microBatch.rows; row++) {
                int keys = out + row * stride + width + from / group * headSize;
                ElementwiseOperations.clear(microBatch.arena, keys, size);
                ElementwiseOperations.clear(microBatch.arena, keys + shared, size);
            }
            for (int row = 0, end; row < microBatch.rows; row = end) {
                end = microBatch.endOfSequence(row);
                for (int head = from; head < to; head++) {
                    backwardHead(
                            microBatch,
                            worker,
                            end - row,
                            head,
                            kept.of(row, heads, head, end - row),
                            dy + row * width + head * headSize,
                            packed + row * stride,
                            y + row * width + head * headSize,
                            out + row * stride);
                }
            }
        });
    }

    /** Heads {@code from} to {@code to - 1}, which share no keys and values with other heads. */
    private interface HeadWork {
        void run(MicroBatch microBatch, Worker worker, int from, int to);
    }

    private record ByHeads(HeadWork work, int heads, int group) implements Operation {
        @Override
        public int parts(MicroBatch microBatch) {
            return heads / group;
        }

        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            work.run(microBatch, worker, 0, heads);
        }

        @Override
        public void run(MicroBatch microBatch, Worker worker, int part) {
            work.run(microBatch, worker, part * group, (part + 1) * group);
        }
    }

    private Operation byHeads(HeadWork work) {
        return new ByHeads(work, heads, group);
    }

    /**
     * The gradient of a head.
     *
     * @param kept where the probabilities are in the arena, or {@link #RECOMPUTED}
     */
    private void backwardHead(
            MicroBatch microBatch,
            Worker worker,
            int length,
            int head,
            int kept,
            int dy,
            int packed,
            int y,
            int gradient) {
        float[] arena = microBatch.arena;
        Kernels kernels = worker.kernels;
        float[] scratch = worker.scratch;
        int queries = packed + head * headSize;
        int out = gradient + head * headSize;
        // From the start of a packed row to the keys of this head; its values are {@code shared} floats after them.
        int toKeys = width + head / group * headSize;
        int values = KEYS + headSize * length;
        int recomputed = values + headSize * length;
        int dp = recomputed + QUERY_BLOCK * length;
        float[] probabilities = kept == RECOMPUTED ? scratch : arena;
        if (head % group == 0) {
            if (kept == RECOMPUTED || cap > 0) {
                transpose(length, arena, packed + toKeys, scratch, KEYS, length);
            }
            transpose(length, arena, packed + toKeys + shared, scratch, values, length);
        }
        for (int q = 0; q < length; q += QUERY_BLOCK) {
            int rows = Math.min(QUERY_BLOCK, length - q);
            int first = firstVisible(q);
            int keys = q + rows - first;
            int p = kept == RECOMPUTED ? recomputed : kept + q * length;
            if (kept == RECOMPUTED) {
                probabilities(rows, q, arena, queries + q * stride, scratch, KEYS, length, scratch, p, length, worker);
            }
            kernels.multiply(
                    rows,
                    keys,
                    headSize,
                    worker.a.set(arena, dy + q * width, width),
                    worker.b.set(scratch, values + first, length),
                    worker.init.set(worker.zeros, 0, 0),
                    worker.c.set(scratch, dp + first, length));
            for (int i = 0; i < rows; i++) {
                int at = (q + i) * width;
                float delta = kernels.dot(headSize, arena, dy + at, arena, y + at);
                int begin = i * length + first;
                // Probabilities of masked keys are zero, and so are their gradients.
                kernels.softmaxGradient(keys, delta, scale, probabilities, p + begin, scratch, dp + begin);
            }
            if (cap > 0) {
                int capped = dp + QUERY_BLOCK * length;
                scores(rows, q, arena, queries + q * stride, scratch, KEYS, length, scratch, capped, length, worker);
                for (int at = first; at < rows * length; at += length) {
                    kernels.softCapGradient(keys, cap, scratch, dp + at, scratch, capped + at, scratch, dp + at);
                }
            }
            kernels.multiply(
                    rows,
                    headSize,
                    keys,
                    worker.a.set(scratch, dp + first, length),
                    worker.b.set(arena, packed + toKeys + first * stride, stride),
                    worker.init.set(worker.zeros, 0, 0),
                    worker.c.set(arena, out + q * stride, stride));
            kernels.multiply(
                    keys,
                    headSize,
                    rows,
                    worker.a.set(scratch, dp + first, 1, length),
                    worker.b.set(arena, queries + q * stride, stride),
                    worker.init.set(arena, gradient + toKeys + first * stride, stride),
                    worker.c.set(arena, gradient + toKeys + first * stride, stride));
            kernels.multiply(
                    keys,
                    headSize,
                    rows,
                    worker.a.set(probabilities, p + first, 1, length),
                    worker.b.set(arena, dy + q * width, width),
                    worker.init.set(arena, gradient + toKeys + shared + first * stride, stride),
                    worker.c.set(arena, gradient + toKeys + shared + first * stride, stride));
        }
    }

    /** The first key that the query at a position attends to. */
    int firstVisible(int position) {
        return Math.max(0, position - window + 1);
    }

    /** The dot products with the keys that {@link #probabilities} reads, with their limit. */
    private void scores(
            int rows,
            int position,
            float[] arena,
            int queries,
            float[] keys,
            int keyOffset,
            int keyStride,
            float[] out,
            int outOffset,
            int outStride,
            Worker worker) {
        int first = firstVisible(position);
        int count = position + rows - first;
        worker.kernels.multiply(
                rows,
                count,
                headSize,
                worker.a.set(arena, queries, stride),
                worker.b.set(keys, keyOffset + first, keyStride),
                worker.init.set(worker.zeros, 0, 0),
                worker.c.set(out, outOffset + first, outStride));
        cap(rows, count, out, outOffset + first, outStride, worker);
    }

    /** Limits dot products. */
    void cap(int rows, int count, float[] x, int offset, int rowStride, Worker worker) {
        for (int at = offset; cap > 0 && at < offset + rows * rowStride; at += rowStride) {
            worker.kernels.softCap(count, cap, x, at, x, at);
        }
    }

    /** The first of the features of the keys, or values, of a head among those of all. */
    int sharedHead(int head) {
        return head / group * headSize;
    }

    /**
     * Probabilities of {@code rows} queries from {@code position} on, over the keys from the window of the first query
     * to the last query; those of masked keys are zero.
     */
    private void probabilities(
            int rows,
            int position,
            float[] arena,
            int queries,
            float[] keys,
            int keyOffset,
            int keyStride,
            float[] out,
            int outOffset,
            int outStride,
            Worker worker) {
        scores(rows, position, arena, queries, keys, keyOffset, keyStride, out, outOffset, outStride, worker);
        softmax(rows, position, out, outOffset, outStride, worker);
    }

    /** The probabilities of dot products, in place. */
    void softmax(int rows, int position, float[] out, int outOffset, int outStride, Worker worker) {
        int first = firstVisible(position);
        int end = position + rows;
        if (firstVisible(end - 1) == first) {
            int visible = position + 1 - first;
            worker.kernels.softmax(rows, visible, end - first, outStride, scale, out, outOffset + first);
            return;
        }
        for (int i = 0; i < rows; i++) {
            int from = firstVisible(position + i);
            int begin = outOffset + i * outStride;
            worker.kernels.softmax(1, position + i + 1 - from, end - from, outStride, scale, out, begin + from);
            ElementwiseOperations.clear(out, begin + first, from - first);
        }
    }

    /** {@code to[e][j] = from[j][e]} for one head's features. */
    private void transpose(int length, float[] from, int offset, float[] to, int start, int toRow) {
        Transposition.copy(length, headSize, from, offset, stride, to, start, toRow);
    }
}
