package io.nanogpt.impl.cpu;

/**
 * Causal self-attention on packed queries, keys and values {@code (rows, 3 D)}. Probabilities live in a block of a few
 * query rows at a time and are computed again going backward, so that memory grows with T and not with T squared; keys
 * that lie after a block's last query are never touched.
 */
final class Attention {
    /** Query rows of a block: enough to reuse the keys, few enough to skip most of the masked half. */
    private static final int QUERY_BLOCK = 32;

    private final int heads;
    private final int width;
    private final int headSize;
    private final float scale;

    Attention(int heads, int width, float scale) {
        this.heads = heads;
        this.width = width;
        this.headSize = width / heads;
        this.scale = scale;
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
        return (slice, worker) -> {
            int length = slice.length;
            int probabilities = headSize * length;
            for (int row = 0; row < slice.rows; row += length) {
                int base = packed + row * 3 * width;
                for (int head = 0; head < heads; head++) {
                    transpose(length, slice.arena, base + width + head * headSize, worker.scratch, 0, length);
                    for (int q = 0; q < length; q += QUERY_BLOCK) {
                        int rows = Math.min(QUERY_BLOCK, length - q);
                        probabilities(
                                rows,
                                q,
                                slice.arena,
                                base + q * 3 * width + head * headSize,
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
                                q + rows,
                                worker.scratch,
                                probabilities,
                                length,
                                1,
                                slice.arena,
                                base + 2 * width + head * headSize,
                                3 * width,
                                worker.zeros,
                                0,
                                0,
                                slice.arena,
                                out + (row + q) * width + head * headSize,
                                width);
                    }
                }
            }
        };
    }

    /** The new rows of one sequence, whose keys and values join those of a cache for {@code capacity} tokens. */
    Operation cached(int packed, int out, int capacity) {
        float[] keys = new float[width * capacity];
        float[] values = new float[width * capacity];
        return (slice, worker) -> {
            float[] arena = slice.arena;
            int past = slice.past;
            for (int row = 0; row < slice.rows; row++) {
                int from = packed + row * 3 * width;
                for (int e = 0; e < width; e++) {
                    keys[e * capacity + past + row] = arena[from + width + e];
                }
                System.arraycopy(arena, from + 2 * width, values, (past + row) * width, width);
            }
            for (int head = 0; head < heads; head++) {
                for (int q = 0; q < slice.rows; q += QUERY_BLOCK) {
                    int rows = Math.min(QUERY_BLOCK, slice.rows - q);
                    probabilities(
                            rows,
                            past + q,
                            arena,
                            packed + q * 3 * width + head * headSize,
                            keys,
                            head * headSize * capacity,
                            capacity,
                            worker.scratch,
                            0,
                            capacity,
                            worker);
                    worker.kernels.multiply(
                            rows,
                            headSize,
                            past + q + rows,
                            worker.scratch,
                            0,
                            capacity,
                            1,
                            values,
                            head * headSize,
                            width,
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

    /** The gradient for the packed queries, keys and values. */
    Operation backward(int dy, int packed, int y, int out) {
        return (slice, worker) -> {
            for (int row = 0; row < slice.rows; row += slice.length) {
                RowOperations.clear(slice.arena, out + row * 3 * width, slice.length * 3 * width);
                for (int head = 0; head < heads; head++) {
                    backwardHead(
                            slice.arena,
                            slice.length,
                            worker,
                            dy + row * width + head * headSize,
                            packed + row * 3 * width + head * headSize,
                            y + row * width + head * headSize,
                            out + row * 3 * width + head * headSize);
                }
            }
        };
    }

    private void backwardHead(float[] arena, int length, Worker worker, int dy, int queries, int y, int out) {
        Kernels kernels = worker.kernels;
        float[] scratch = worker.scratch;
        int stride = 3 * width;
        int values = headSize * length;
        int p = 2 * values;
        int dp = p + QUERY_BLOCK * length;
        transpose(length, arena, queries + width, scratch, 0, length);
        transpose(length, arena, queries + 2 * width, scratch, values, length);
        for (int q = 0; q < length; q += QUERY_BLOCK) {
            int rows = Math.min(QUERY_BLOCK, length - q);
            int keys = q + rows;
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
                    values,
                    length,
                    worker.zeros,
                    0,
                    0,
                    scratch,
                    dp,
                    length);
            for (int i = 0; i < rows; i++) {
                int at = (q + i) * width;
                float delta = kernels.dot(headSize, arena, dy + at, arena, y + at);
                int visible = q + i + 1;
                kernels.softmaxGradient(visible, delta, scale, scratch, p + i * length, scratch, dp + i * length);
                RowOperations.clear(scratch, dp + i * length + visible, keys - visible);
            }
            kernels.multiply(
                    rows,
                    headSize,
                    keys,
                    scratch,
                    dp,
                    length,
                    1,
                    arena,
                    queries + width,
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
                    dp,
                    1,
                    length,
                    arena,
                    queries + q * stride,
                    stride,
                    arena,
                    out + width,
                    stride,
                    arena,
                    out + width,
                    stride);
            kernels.multiply(
                    keys,
                    headSize,
                    rows,
                    scratch,
                    p,
                    1,
                    length,
                    arena,
                    dy + q * width,
                    width,
                    arena,
                    out + 2 * width,
                    stride,
                    arena,
                    out + 2 * width,
                    stride);
        }
    }

    /** Probabilities of {@code rows} queries, the first of which stands at {@code position}, over all keys up to each. */
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
        int columns = position + rows;
        worker.kernels.multiply(
                rows,
                columns,
                headSize,
                arena,
                queries,
                3 * width,
                1,
                keys,
                keyOffset,
                keyStride,
                worker.zeros,
                0,
                0,
                out,
                outOffset,
                outStride);
        for (int i = 0; i < rows; i++) {
            int visible = position + i + 1;
            worker.kernels.softmax(visible, scale, out, outOffset + i * outStride);
            RowOperations.clear(out, outOffset + i * outStride + visible, columns - visible);
        }
    }

    /** {@code to[e][j] = from[j][e]} for one head's features. */
    private void transpose(int length, float[] from, int offset, float[] to, int start, int stride) {
        for (int e = 0; e < headSize; e++) {
            for (int j = 0; j < length; j++) {
                to[start + e * stride + j] = from[offset + j * 3 * width + e];
            }
        }
    }
}
