package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Attributes;

/**
 * Causal self-attention on packed queries, keys and values {@code (rows, (H + 2 H_kv) d)}. Probabilities live in a block of a few
 * query rows at a time and are computed again going backward, so that memory grows with T and not with T squared; keys
 * that lie after a block's last query, or before the window of its first one, are never touched.
 */
final class AttentionOperations {
    /** Query rows of a block: enough to reuse the keys, few enough to skip most of the masked half. */
    private static final int QUERY_BLOCK = 32;

    private final int heads;
    /** Query heads that share a head of keys and values. */
    private final int group;

    private final int headSize;
    /** Features of all queries, and of the output. */
    private final int width;
    /** Features of all keys, and of all values. */
    private final int shared;
    /** Features of a packed row. */
    private final int stride;

    private final float scale;
    /** Keys that a query sees. */
    private final int window;

    AttentionOperations(Attributes.Attention attributes, int packedFeatures) {
        this.heads = attributes.heads();
        this.group = heads / attributes.keyValueHeads();
        this.headSize = attributes.headSize(packedFeatures);
        this.width = heads * headSize;
        this.shared = attributes.keyValueHeads() * headSize;
        this.stride = packedFeatures;
        this.scale = attributes.scale();
        this.window = attributes.window() == 0 ? Integer.MAX_VALUE : attributes.window();
    }

    /** Scratch that a forward pass over sequences of {@code length} needs, in floats. */
    int forwardScratch(int length) {
        return headSize * length + QUERY_BLOCK * length;
    }

    /** Scratch that a backward pass needs. */
    int backwardScratch(int length) {
        return 2 * headSize * length + 2 * QUERY_BLOCK * length;
    }

    /** Whole sequences at once. */
    Operation forward(int packed, int out) {
        return byHeads((slice, worker, from, to) -> {
            int length = slice.length;
            int probabilities = headSize * length;
            for (int row = 0; row < slice.rows; row += length) {
                int base = packed + row * stride;
                for (int head = from; head < to; head++) {
                    int keys = base + width + head / group * headSize;
                    if (head % group == 0) {
                        transpose(length, slice.arena, keys, worker.scratch, 0, length);
                    }
                    for (int q = 0; q < length; q += QUERY_BLOCK) {
                        int rows = Math.min(QUERY_BLOCK, length - q);
                        int first = firstVisible(q);
                        probabilities(
                                rows,
                                q,
                                slice.arena,
                                base + q * stride + head * headSize,
                                worker.scratch,
                                0,
                                length,
                                worker.scratch,
                                probabilities,
                                length,
                                worker);
                        worker.kernels.multiply(
                                rows,
                                headSize,
                                q + rows - first,
                                worker.scratch,
                                probabilities + first,
                                length,
                                1,
                                slice.arena,
                                keys + shared + first * stride,
                                stride,
                                worker.zeros,
                                0,
                                0,
                                slice.arena,
                                out + (row + q) * width + head * headSize,
                                width);
                    }
                }
            }
        });
    }

    /** The new rows of one sequence, whose keys and values join those of a cache for {@code capacity} tokens. */
    Operation cached(int packed, int out, int capacity) {
        float[] keys = new float[Math.multiplyExact(shared, capacity)];
        float[] values = new float[Math.multiplyExact(shared, capacity)];
        return (slice, worker) -> {
            float[] arena = slice.arena;
            int past = slice.past;
            for (int row = 0; row < slice.rows; row++) {
                int from = packed + row * stride + width;
                for (int e = 0; e < shared; e++) {
                    keys[e * capacity + past + row] = arena[from + e];
                }
                System.arraycopy(arena, from + shared, values, (past + row) * shared, shared);
            }
            for (int head = 0; head < heads; head++) {
                int sharedHead = head / group * headSize;
                for (int q = 0; q < slice.rows; q += QUERY_BLOCK) {
                    int rows = Math.min(QUERY_BLOCK, slice.rows - q);
                    int first = firstVisible(past + q);
                    probabilities(
                            rows,
                            past + q,
                            arena,
                            packed + q * stride + head * headSize,
                            keys,
                            sharedHead * capacity,
                            capacity,
                            worker.scratch,
                            0,
                            capacity,
                            worker);
                    worker.kernels.multiply(
                            rows,
                            headSize,
                            past + q + rows - first,
                            worker.scratch,
                            first,
                            capacity,
                            1,
                            values,
                            sharedHead + first * shared,
                            shared,
                            worker.zeros,
                            0,
                            0,
                            arena,
                            out + q * width + head * headSize,
                            width);
                }
            }
        };
    }

    /** What the values are weighed by, {@code (rows, heads, length)}. */
    Operation probabilities(int packed, int out) {
        return (slice, worker) -> {
            int length = slice.length;
            RowOperations.clear(slice.arena, out, slice.rows * heads * length);
            for (int row = 0; row < slice.rows; row += length) {
                int base = packed + row * stride;
                for (int head = 0; head < heads; head++) {
                    int keys = base + width + head / group * headSize;
                    transpose(length, slice.arena, keys, worker.scratch, 0, length);
                    for (int q = 0; q < length; q += QUERY_BLOCK) {
                        probabilities(
                                Math.min(QUERY_BLOCK, length - q),
                                q,
                                slice.arena,
                                base + q * stride + head * headSize,
                                worker.scratch,
                                0,
                                length,
                                slice.arena,
                                out + ((row + q) * heads + head) * length,
                                heads * length,
                                worker);
                    }
                }
            }
        };
    }

    /** The gradient for the packed queries, keys and values. */
    Operation backward(int dy, int packed, int y, int out) {
        return byHeads((slice, worker, from, to) -> {
            int size = (to - from) / group * headSize;
            for (int row = 0; row < slice.rows; row++) {
                int keys = out + row * stride + width + from / group * headSize;
                RowOperations.clear(slice.arena, keys, size);
                RowOperations.clear(slice.arena, keys + shared, size);
            }
            for (int row = 0; row < slice.rows; row += slice.length) {
                for (int head = from; head < to; head++) {
                    backwardHead(
                            slice,
                            worker,
                            head,
                            dy + row * width + head * headSize,
                            packed + row * stride,
                            y + row * width + head * headSize,
                            out + row * stride);
                }
            }
        });
    }

    /** Heads {@code from} to {@code to - 1}, which share no keys and values with others. */
    private interface HeadWork {
        void run(MicroBatch slice, Worker worker, int from, int to);
    }

    private record ByHeads(HeadWork work, int heads, int group) implements Operation {
        @Override
        public int parts(MicroBatch slice) {
            return heads / group;
        }

        @Override
        public void run(MicroBatch slice, Worker worker) {
            work.run(slice, worker, 0, heads);
        }

        @Override
        public void run(MicroBatch slice, Worker worker, int part) {
            work.run(slice, worker, part * group, (part + 1) * group);
        }
    }

    private Operation byHeads(HeadWork work) {
        return new ByHeads(work, heads, group);
    }

    private void backwardHead(MicroBatch slice, Worker worker, int head, int dy, int packed, int y, int gradient) {
        float[] arena = slice.arena;
        int length = slice.length;
        Kernels kernels = worker.kernels;
        float[] scratch = worker.scratch;
        int queries = packed + head * headSize;
        int out = gradient + head * headSize;
        // From the first packed row to its keys; values lie as far behind those as all keys are wide.
        int toKeys = width + head / group * headSize;
        int values = headSize * length;
        int p = 2 * values;
        int dp = p + QUERY_BLOCK * length;
        if (head % group == 0) {
            transpose(length, arena, packed + toKeys, scratch, 0, length);
            transpose(length, arena, packed + toKeys + shared, scratch, values, length);
        }
        for (int q = 0; q < length; q += QUERY_BLOCK) {
            int rows = Math.min(QUERY_BLOCK, length - q);
            int first = firstVisible(q);
            int keys = q + rows - first;
            probabilities(rows, q, arena, queries + q * stride, scratch, 0, length, scratch, p, length, worker);
            kernels.multiply(
                    rows,
                    keys,
                    headSize,
                    arena,
                    dy + q * width,
                    width,
                    1,
                    scratch,
                    values + first,
                    length,
                    worker.zeros,
                    0,
                    0,
                    scratch,
                    dp + first,
                    length);
            for (int i = 0; i < rows; i++) {
                int at = (q + i) * width;
                float delta = kernels.dot(headSize, arena, dy + at, arena, y + at);
                int line = i * length + first;
                // Where a query does not look its probability is zero, and so is the gradient.
                kernels.softmaxGradient(keys, delta, scale, scratch, p + line, scratch, dp + line);
            }
            kernels.multiply(
                    rows,
                    headSize,
                    keys,
                    scratch,
                    dp + first,
                    length,
                    1,
                    arena,
                    packed + toKeys + first * stride,
                    stride,
                    worker.zeros,
                    0,
                    0,
                    arena,
                    out + q * stride,
                    stride);
            kernels.multiply(
                    keys,
                    headSize,
                    rows,
                    scratch,
                    dp + first,
                    1,
                    length,
                    arena,
                    queries + q * stride,
                    stride,
                    arena,
                    gradient + toKeys + first * stride,
                    stride,
                    arena,
                    gradient + toKeys + first * stride,
                    stride);
            kernels.multiply(
                    keys,
                    headSize,
                    rows,
                    scratch,
                    p + first,
                    1,
                    length,
                    arena,
                    dy + q * width,
                    width,
                    arena,
                    gradient + toKeys + shared + first * stride,
                    stride,
                    arena,
                    gradient + toKeys + shared + first * stride,
                    stride);
        }
    }

    /** The first key that the query at a position sees. */
    private int firstVisible(int position) {
        return Math.max(0, position - window + 1);
    }

    /**
     * Probabilities of {@code rows} queries, the first of which stands at {@code position}, over the keys from the first
     * one's window up to each; what a query does not see of those is zero.
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
        int first = firstVisible(position);
        int end = position + rows;
        worker.kernels.multiply(
                rows,
                end - first,
                headSize,
                arena,
                queries,
                stride,
                1,
                keys,
                keyOffset + first,
                keyStride,
                worker.zeros,
                0,
                0,
                out,
                outOffset + first,
                outStride);
        if (firstVisible(end - 1) == first) {
            int visible = position + 1 - first;
            worker.kernels.softmax(rows, visible, end - first, outStride, scale, out, outOffset + first);
            return;
        }
        for (int i = 0; i < rows; i++) {
            int from = firstVisible(position + i);
            int line = outOffset + i * outStride;
            worker.kernels.softmax(1, position + i + 1 - from, end - from, outStride, scale, out, line + from);
            RowOperations.clear(out, line + first, from - first);
        }
    }

    /** {@code to[e][j] = from[j][e]} for one head's features. */
    private void transpose(int length, float[] from, int offset, float[] to, int start, int toRow) {
        int j = 0;
        // Four rows at a time: what is read lies in four pieces, and four results lie side by side.
        for (; j + 4 <= length; j += 4) {
            transpose4(headSize, from, offset + j * stride, stride, to, start + j, toRow);
        }
        for (; j < length; j++) {
            for (int e = 0; e < headSize; e++) {
                to[start + e * toRow + j] = from[offset + j * stride + e];
            }
        }
    }

    private static void transpose4(int n, float[] from, int row0, int stride, float[] to, int start, int toRow) {
        int row1 = row0 + stride;
        int row2 = row1 + stride;
        int row3 = row2 + stride;
        for (int e = 0, at = start; e < n; e++, at += toRow) {
            to[at] = from[row0 + e];
            to[at + 1] = from[row1 + e];
            to[at + 2] = from[row2 + e];
            to[at + 3] = from[row3 + e];
        }
    }
}
