package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import io.nanogpt.impl.cpu.Kernels;
import io.nanogpt.impl.cpu.RowKernels;
import io.nanogpt.impl.cpu.ScalarKernels;
import io.nanogpt.impl.cpu.ScalarMath;
import java.util.Arrays;
import jdk.incubator.vector.VectorMask;

/** Kernels on vectors of the machine's preferred width; what is left of a row falls to the scalar twin. */
public final class VectorKernels implements Kernels {
    private static final int L = S.length();
    private static final int PANEL = 4 * L;

    /** Rows of {@code b} that fit into half of a first-level cache of 32 KiB beside the rest, at 512 bits. */
    private static final int DEPTH_BLOCK = 64;
    /** Tiles that must reuse a block of {@code b} to repay loading and storing the sums once more. */
    private static final int PANEL_REUSE = 4;

    private final ScalarKernels scalar = new ScalarKernels();
    private final RowKernels rowKernels = new VectorRowKernels();
    private final float[] lanes = new float[L];
    private final float[] tile = new float[4 * L];
    /** {@code masks[n]} has the first n lanes set. */
    private final VectorMask<Float>[] masks;

    /** For one thread. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    public VectorKernels() {
        masks = new VectorMask[L + 1];
        for (int n = 0; n <= L; n++) {
            masks[n] = S.indexInRange(0, n);
        }
    }

    @Override
    public String name() {
        return "vector (" + S.vectorBitSize() + " bits)";
    }

    @Override
    public int panelWidth() {
        return PANEL;
    }

    @Override
    public Kernels fork() {
        return new VectorKernels();
    }

    @Override
    public RowKernels rows() {
        return rowKernels;
    }

    @Override
    public void multiply(
            int rows,
            int columns,
            int depth,
            float[] a,
            int aOffset,
            int aRow,
            int aStep,
            float[] b,
            int bOffset,
            int bStep,
            float[] init,
            int initOffset,
            int initRow,
            float[] c,
            int cOffset,
            int cRow) {
        int j = 0;
        for (; j + PANEL <= columns; j += PANEL) {
            // A block of b then stays in the first-level cache for all rows. Each sum goes on where the
            // block before left it, so the order of additions is the same as in one piece.
            int block = rows >= 4 * PANEL_REUSE ? DEPTH_BLOCK : depth;
            for (int k = 0; k < depth; k += block) {
                boolean first = k == 0;
                wide(
                        rows,
                        Math.min(block, depth - k),
                        a,
                        aOffset + k * aStep,
                        aRow,
                        aStep,
                        b,
                        bOffset + k * bStep + j,
                        bStep,
                        first ? init : c,
                        (first ? initOffset : cOffset) + j,
                        first ? initRow : cRow,
                        c,
                        cOffset + j,
                        cRow);
            }
        }
        if (j + 2 * L <= columns && rows >= 4) {
            narrow(
                    rows,
                    depth,
                    a,
                    aOffset,
                    aRow,
                    aStep,
                    b,
                    bOffset + j,
                    bStep,
                    init,
                    initOffset + j,
                    initRow,
                    c,
                    cOffset + j,
                    cRow);
            j += 2 * L;
        }
        for (; j + L <= columns; j += L) {
            int i = 0;
            for (; i + 4 <= rows; i += 4) {
                Tiles.tile4x1(
                        depth,
                        a,
                        aOffset + i * aRow,
                        aRow,
                        aStep,
                        b,
                        bOffset + j,
                        bStep,
                        init,
                        initOffset + i * initRow + j,
                        initRow,
                        c,
                        cOffset + i * cRow + j,
                        cRow);
            }
            for (; i < rows; i++) {
                Tiles.tile1x1(
                        depth,
                        a,
                        aOffset + i * aRow,
                        aStep,
                        b,
                        bOffset + j,
                        bStep,
                        init,
                        initOffset + i * initRow + j,
                        c,
                        cOffset + i * cRow + j);
            }
        }
        if (j < columns) {
            edge(
                    rows,
                    columns - j,
                    depth,
                    a,
                    aOffset,
                    aRow,
                    aStep,
                    b,
                    bOffset + j,
                    bStep,
                    init,
                    initOffset + j,
                    initRow,
                    c,
                    cOffset + j,
                    cRow);
        }
    }

    /** Four vectors of columns. */
    private static void wide(
            int rows,
            int depth,
            float[] a,
            int aOffset,
            int aRow,
            int aStep,
            float[] b,
            int bOffset,
            int bStep,
            float[] init,
            int initOffset,
            int initRow,
            float[] c,
            int cOffset,
            int cRow) {
        int i = 0;
        for (; i + 4 <= rows; i += 4) {
            Tiles.tile4x4(
                    depth,
                    a,
                    aOffset + i * aRow,
                    aRow,
                    aStep,
                    b,
                    bOffset,
                    bStep,
                    init,
                    initOffset + i * initRow,
                    initRow,
                    c,
                    cOffset + i * cRow,
                    cRow);
        }
        for (; i < rows; i++) {
            Tiles.tile1x4(
                    depth,
                    a,
                    aOffset + i * aRow,
                    aStep,
                    b,
                    bOffset,
                    bStep,
                    init,
                    initOffset + i * initRow,
                    c,
                    cOffset + i * cRow);
        }
    }

    /**
     * Fewer columns than a vector has lanes. Results pass through a scratch tile, because a masked store boxes its vector
     * on JDK 17.
     */
    private void edge(
            int rows,
            int columns,
            int depth,
            float[] a,
            int aOffset,
            int aRow,
            int aStep,
            float[] b,
            int bOffset,
            int bStep,
            float[] init,
            int initOffset,
            int initRow,
            float[] c,
            int cOffset,
            int cRow) {
        VectorMask<Float> mask = masks[columns];
        for (int i = 0; i < rows; i += 4) {
            int count = Math.min(4, rows - i);
            for (int r = 0; r < count; r++) {
                System.arraycopy(init, initOffset + (i + r) * initRow, tile, r * L, columns);
            }
            if (count == 4) {
                Tiles.edge4x1(
                        depth, a, aOffset + i * aRow, aRow, aStep, b, bOffset, bStep, tile, 0, L, tile, 0, L, mask);
            } else {
                for (int r = 0; r < count; r++) {
                    Tiles.edge1x1(
                            depth,
                            a,
                            aOffset + (i + r) * aRow,
                            aStep,
                            b,
                            bOffset,
                            bStep,
                            tile,
                            r * L,
                            tile,
                            r * L,
                            mask);
                }
            }
            for (int r = 0; r < count; r++) {
                System.arraycopy(tile, r * L, c, cOffset + (i + r) * cRow, columns);
            }
        }
    }

    /** Two vectors of columns. */
    private static void narrow(
            int rows,
            int depth,
            float[] a,
            int aOffset,
            int aRow,
            int aStep,
            float[] b,
            int bOffset,
            int bStep,
            float[] init,
            int initOffset,
            int initRow,
            float[] c,
            int cOffset,
            int cRow) {
        int i = 0;
        for (; i + 4 <= rows; i += 4) {
            Tiles.tile4x2(
                    depth,
                    a,
                    aOffset + i * aRow,
                    aRow,
                    aStep,
                    b,
                    bOffset,
                    bStep,
                    init,
                    initOffset + i * initRow,
                    initRow,
                    c,
                    cOffset + i * cRow,
                    cRow);
        }
        for (; i < rows; i++) {
            for (int v = 0; v < 2; v++) {
                Tiles.tile1x1(
                        depth,
                        a,
                        aOffset + i * aRow,
                        aStep,
                        b,
                        bOffset + v * L,
                        bStep,
                        init,
                        initOffset + i * initRow + v * L,
                        c,
                        cOffset + i * cRow + v * L);
            }
        }
    }

    @Override
    public void pack(
            int rows, int columns, float[] from, int fromOffset, int fromRow, float[] to, int toOffset, int width) {
        int bound = S.loopBound(columns);
        int perPanel = Integer.numberOfTrailingZeros(width / L);
        for (int i = 0; i < rows; i++) {
            int at = fromOffset + i * fromRow;
            RowLoops.pack(bound / L, perPanel, from, at, to, toOffset + i * width, rows * width);
            for (int j = bound; j < columns; j++) {
                to[toOffset + i * width + j / width * rows * width + j % width] = from[at + j];
            }
        }
    }

    @Override
    public void add(int n, float[] a, int aOffset, float[] b, int bOffset, float[] out, int outOffset) {
        int bound = S.loopBound(n);
        RowLoops.add(bound, a, aOffset, b, bOffset, out, outOffset);
        scalar.add(n - bound, a, aOffset + bound, b, bOffset + bound, out, outOffset + bound);
    }

    @Override
    public void product(int n, float[] a, int aOffset, float[] b, int bOffset, float[] out, int outOffset) {
        int bound = S.loopBound(n);
        RowLoops.product(bound, a, aOffset, b, bOffset, out, outOffset);
        scalar.product(n - bound, a, aOffset + bound, b, bOffset + bound, out, outOffset + bound);
    }

    @Override
    public void gelu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        int bound = S.loopBound(n);
        RowLoops.gelu(bound, x, xOffset, y, yOffset);
        scalar.gelu(n - bound, x, xOffset + bound, y, yOffset + bound);
    }

    @Override
    public void geluWithDerivative(int n, float[] x, int xOffset, float[] y, int yOffset) {
        int bound = S.loopBound(n);
        RowLoops.geluWithDerivative(bound, x, xOffset, y, yOffset);
        scalar.geluWithDerivative(n - bound, x, xOffset + bound, y, yOffset + bound);
    }

    @Override
    public void relu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        scalar.relu(n, x, xOffset, y, yOffset);
    }

    @Override
    public void reluGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset) {
        int bound = S.loopBound(n);
        RowLoops.reluGradient(bound, dy, dyOffset, x, xOffset, out, outOffset);
        scalar.reluGradient(n - bound, dy, dyOffset + bound, x, xOffset + bound, out, outOffset + bound);
    }

    @Override
    public void layerNorm(
            int rows,
            int n,
            float epsilon,
            float[] x,
            int xOffset,
            float[] weight,
            int weightOffset,
            float[] bias,
            int biasOffset,
            float[] y,
            int yOffset) {
        int bound = S.loopBound(n);
        for (int row = 0; row < rows; row++) {
            int at = xOffset + row * n;
            int to = yOffset + row * n;
            float mean = mean(n, x, at);
            float inverse = inverseDeviation(n, x, at, mean, epsilon);
            RowLoops.normalise(bound, mean, inverse, x, at, weight, weightOffset, bias, biasOffset, y, to);
            for (int i = bound; i < n; i++) {
                y[to + i] = Math.fma((x[at + i] - mean) * inverse, weight[weightOffset + i], bias[biasOffset + i]);
            }
        }
    }

    @Override
    public void layerNormInputGradient(
            int rows,
            int n,
            float epsilon,
            float[] dy,
            int dyOffset,
            float[] x,
            int xOffset,
            float[] weight,
            int weightOffset,
            float[] addend,
            int addendOffset,
            int addendRow,
            float[] out,
            int outOffset) {
        int bound = S.loopBound(n);
        for (int row = 0; row < rows; row++) {
            int at = xOffset + row * n;
            int from = dyOffset + row * n;
            int to = outOffset + row * n;
            int plus = addendOffset + row * addendRow;
            float mean = mean(n, x, at);
            float inverse = inverseDeviation(n, x, at, mean, epsilon);
            float sum = RowLoops.dot(bound, dy, from, weight, weightOffset, lanes);
            float projection = RowLoops.projection(bound, mean, inverse, dy, from, x, at, weight, weightOffset, lanes);
            for (int i = bound; i < n; i++) {
                float g = dy[from + i] * weight[weightOffset + i];
                sum += g;
                projection = Math.fma(g, (x[at + i] - mean) * inverse, projection);
            }
            sum /= n;
            projection /= n;
            RowLoops.normaliseGradient(
                    bound,
                    mean,
                    inverse,
                    sum,
                    projection,
                    dy,
                    from,
                    x,
                    at,
                    weight,
                    weightOffset,
                    addend,
                    plus,
                    out,
                    to);
            for (int i = bound; i < n; i++) {
                float g = dy[from + i] * weight[weightOffset + i];
                float normalised = (x[at + i] - mean) * inverse;
                out[to + i] = addend[plus + i] + (g - sum - normalised * projection) * inverse;
            }
        }
    }

    @Override
    public void layerNormWeightGradient(
            int rows,
            int n,
            float epsilon,
            float[] dy,
            int dyOffset,
            float[] x,
            int xOffset,
            float[] out,
            int outOffset) {
        Arrays.fill(out, outOffset, outOffset + n, 0);
        int bound = S.loopBound(n);
        for (int row = 0; row < rows; row++) {
            int at = xOffset + row * n;
            int from = dyOffset + row * n;
            float mean = mean(n, x, at);
            float inverse = inverseDeviation(n, x, at, mean, epsilon);
            RowLoops.addNormalised(bound, mean, inverse, dy, from, x, at, out, outOffset);
            for (int i = bound; i < n; i++) {
                out[outOffset + i] = Math.fma(dy[from + i], (x[at + i] - mean) * inverse, out[outOffset + i]);
            }
        }
    }

    @Override
    public void sumRows(int rows, int n, float[] x, int xOffset, float[] out, int outOffset) {
        System.arraycopy(x, xOffset, out, outOffset, n);
        for (int row = 1; row < rows; row++) {
            add(n, x, xOffset + row * n, out, outOffset, out, outOffset);
        }
    }

    @Override
    public void softmax(int n, float scale, float[] x, int xOffset) {
        int bound = S.loopBound(n);
        float max = max(n, x, xOffset);
        float total = RowLoops.exponentials(bound, max, scale, x, xOffset, lanes);
        for (int i = bound; i < n; i++) {
            float e = ScalarMath.exp((x[xOffset + i] - max) * scale);
            x[xOffset + i] = e;
            total += e;
        }
        scale(n, 1 / total, x, xOffset, x, xOffset);
    }

    @Override
    public float logSumExp(int n, float[] x, int xOffset) {
        int bound = S.loopBound(n);
        float max = max(n, x, xOffset);
        float total = RowLoops.sumExponentials(bound, max, x, xOffset, lanes);
        for (int i = bound; i < n; i++) {
            total += ScalarMath.exp(x[xOffset + i] - max);
        }
        return max + (float) StrictMath.log(total);
    }

    private static float max(int n, float[] x, int xOffset) {
        int bound = S.loopBound(n);
        float max = RowLoops.max(bound, x, xOffset);
        for (int i = bound; i < n; i++) {
            max = Math.max(max, x[xOffset + i]);
        }
        return max;
    }

    @Override
    public void softmaxGradient(int n, float delta, float scale, float[] p, int pOffset, float[] dp, int dpOffset) {
        int bound = S.loopBound(n);
        RowLoops.softmaxGradient(bound, delta, scale, p, pOffset, dp, dpOffset);
        scalar.softmaxGradient(n - bound, delta, scale, p, pOffset + bound, dp, dpOffset + bound);
    }

    @Override
    public void scale(int n, float factor, float[] x, int xOffset, float[] out, int outOffset) {
        int bound = S.loopBound(n);
        RowLoops.scale(bound, factor, x, xOffset, out, outOffset);
        scalar.scale(n - bound, factor, x, xOffset + bound, out, outOffset + bound);
    }

    @Override
    public float dot(int n, float[] a, int aOffset, float[] b, int bOffset) {
        int bound = S.loopBound(n);
        float total = RowLoops.dot(bound, a, aOffset, b, bOffset, lanes);
        for (int i = bound; i < n; i++) {
            total = Math.fma(a[aOffset + i], b[bOffset + i], total);
        }
        return total;
    }

    @Override
    public void adamW(int n, AdamWStep step, float decay, float[][] state, int offset) {
        int bound = S.loopBound(n);
        RowLoops.adamW(bound, step, decay, state[0], state[1], state[2], state[3], offset);
        ScalarKernels.adamW(offset + bound, offset + n, step, decay, state);
    }

    @Override
    public void sgd(int n, SgdStep step, float[][] state, int offset) {
        ScalarKernels.descend(offset, offset + n, step, state);
    }

    private float mean(int n, float[] x, int offset) {
        int bound = S.loopBound(n);
        float sum = RowLoops.sum(bound, x, offset, lanes);
        for (int i = bound; i < n; i++) {
            sum += x[offset + i];
        }
        return sum / n;
    }

    private float inverseDeviation(int n, float[] x, int offset, float mean, float epsilon) {
        int bound = S.loopBound(n);
        float squares = RowLoops.squares(bound, mean, x, offset, lanes);
        for (int i = bound; i < n; i++) {
            float d = x[offset + i] - mean;
            squares = Math.fma(d, d, squares);
        }
        return (float) (1 / Math.sqrt(squares / n + epsilon));
    }
}
