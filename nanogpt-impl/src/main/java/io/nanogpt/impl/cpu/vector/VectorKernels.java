package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import io.nanogpt.impl.cpu.Kernels;
import io.nanogpt.impl.cpu.RowKernels;
import io.nanogpt.impl.cpu.scalar.ScalarKernels;
import java.util.Arrays;

/** Kernels on vectors of the machine's preferred width; what is left of a row falls to the scalar twin. */
public final class VectorKernels implements Kernels {
    private static final int L = S.length();

    private final ScalarKernels scalar = new ScalarKernels();
    private final RowKernels rowKernels = new VectorRowKernels();
    private final float[] lanes = new float[L];
    private final MatrixProduct matrixProduct = new MatrixProduct();
    private final Softmax softmax = new Softmax();

    /** For one thread. */
    public VectorKernels() {}

    @Override
    public String name() {
        return "vector (" + S.vectorBitSize() + " bits)";
    }

    @Override
    public int panelWidth() {
        return MatrixProduct.PANEL;
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
        matrixProduct.multiply(
                rows,
                columns,
                depth,
                a,
                aOffset,
                aRow,
                aStep,
                b,
                bOffset,
                bStep,
                init,
                initOffset,
                initRow,
                c,
                cOffset,
                cRow);
    }

    @Override
    public void multiplyPair(
            int depth,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            float[] init,
            int initOffset,
            int initStep,
            float[] c,
            int cOffset) {
        Tiles.pair1x4(depth, a, aOffset, b, bOffset, init, initOffset, initOffset + initStep, c, cOffset);
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
    public void softmax(int rows, int n, int length, int stride, float scale, float[] x, int xOffset) {
        softmax.softmax(rows, n, length, stride, scale, x, xOffset);
    }

    @Override
    public float logSumExp(int n, float[] x, int xOffset) {
        return softmax.logSumExp(n, x, xOffset);
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
