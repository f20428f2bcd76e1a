package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import io.nanogpt.impl.cpu.AdamWStep;
import io.nanogpt.impl.cpu.Kernels;
import io.nanogpt.impl.cpu.Matrix;
import io.nanogpt.impl.cpu.SgdStep;
import io.nanogpt.impl.cpu.scalar.Lanes;
import io.nanogpt.impl.cpu.scalar.ScalarKernels;
import io.nanogpt.model.WeightPrecision;

/**
 * Kernels on vectors of the preferred width of the machine. The elements after the last whole vector are computed by
 * {@link ScalarKernels}.
 */
// Longer than 500 lines, since it has a method for each kernel; the loops themselves are in classes of their own.
public final class VectorKernels implements Kernels {
    private final ScalarKernels scalar = new ScalarKernels();
    private final float[] lanes = new float[Lanes.COUNT];
    private final MatrixProduct matrixProduct = new MatrixProduct();
    private final NormLoops norms = new NormLoops();
    private final Softmax softmax = new Softmax();
    private final LstmLoops lstm = new LstmLoops();

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
    public int gradientRows() {
        return MatrixProduct.GRADIENT_ROWS;
    }

    @Override
    public Kernels fork() {
        return new VectorKernels();
    }

    @Override
    public void multiply(int rows, int columns, int depth, Matrix a, Matrix b, Matrix init, Matrix c) {
        matrixProduct.multiply(rows, columns, depth, a, b, init, c);
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
        if (MatrixProduct.FOUR) {
            PanelsOfFour.pair1(depth, a, aOffset, b, bOffset, init, initOffset, initOffset + initStep, c, cOffset);
        } else {
            PanelsOfThree.pair1(depth, a, aOffset, b, bOffset, init, initOffset, initOffset + initStep, c, cOffset);
        }
    }

    @Override
    public int roundedPanelWidth() {
        return RoundedPanels.PANEL;
    }

    @Override
    public int expandedWidth() {
        return RoundedPanels.EXPANDED;
    }

    @Override
    public void expand(WeightPrecision precision, int depth, int[] from, int fromOffset, float[] to) {
        if (precision == WeightPrecision.BF16) {
            RoundedPanels.expandHalves(depth, from, fromOffset, to);
        } else {
            RoundedPanels.expandBytes(depth, from, fromOffset, to);
        }
    }

    @Override
    public void multiplyRounded(
            WeightPrecision precision,
            int depth,
            float[] a,
            int aOffset,
            int[] b,
            int bOffset,
            float[] init,
            int initOffset,
            float[] c,
            int cOffset) {
        if (precision == WeightPrecision.BF16) {
            RoundedPanels.halves(depth, a, aOffset, b, bOffset, init, initOffset, c, cOffset);
        } else {
            RoundedPanels.bytes(depth, a, aOffset, b, bOffset, init, initOffset, c, cOffset);
        }
    }

    @Override
    public void multiplyTwo(
            int columns,
            int depth,
            float[] a,
            int aOffset,
            int otherA,
            float[] b,
            int bOffset,
            int otherB,
            int bStep,
            float[] c,
            int cOffset,
            int otherC) {
        int j = TwoRows.multiply(columns, depth, a, aOffset, otherA, b, bOffset, otherB, bStep, c, cOffset, otherC);
        if (j < columns) {
            scalar.multiplyTwo(
                    columns - j,
                    depth,
                    a,
                    aOffset,
                    otherA,
                    b,
                    bOffset + j,
                    otherB + j,
                    bStep,
                    c,
                    cOffset + j,
                    otherC + j);
        }
    }

    @Override
    public void pack(
            int rows, int columns, float[] from, int fromOffset, int fromRow, float[] to, int toOffset, int width) {
        MatrixProduct.pack(rows, columns, from, fromOffset, fromRow, to, toOffset, width);
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
        norms.layerNorm(rows, n, epsilon, x, xOffset, weight, weightOffset, bias, biasOffset, y, yOffset);
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
        norms.layerNormInputGradient(
                rows,
                n,
                epsilon,
                dy,
                dyOffset,
                x,
                xOffset,
                weight,
                weightOffset,
                addend,
                addendOffset,
                addendRow,
                out,
                outOffset);
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
        norms.layerNormWeightGradient(rows, n, epsilon, dy, dyOffset, x, xOffset, out, outOffset);
    }

    @Override
    public void rmsNorm(
            int rows,
            int n,
            float epsilon,
            float[] x,
            int xOffset,
            float[] weight,
            int weightOffset,
            float[] y,
            int yOffset) {
        norms.rmsNorm(rows, n, epsilon, x, xOffset, weight, weightOffset, y, yOffset);
    }

    @Override
    public void rmsNormInputGradient(
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
        norms.rmsNormInputGradient(
                rows,
                n,
                epsilon,
                dy,
                dyOffset,
                x,
                xOffset,
                weight,
                weightOffset,
                addend,
                addendOffset,
                addendRow,
                out,
                outOffset);
    }

    @Override
    public void rmsNormWeightGradient(
            int rows,
            int n,
            float epsilon,
            float[] dy,
            int dyOffset,
            float[] x,
            int xOffset,
            float[] out,
            int outOffset) {
        norms.rmsNormWeightGradient(rows, n, epsilon, dy, dyOffset, x, xOffset, out, outOffset);
    }

    @Override
    public void add(int n, float[] a, int aOffset, float[] b, int bOffset, float[] out, int outOffset) {
        int bound = S.loopBound(n);
        ElementwiseLoops.add(bound, a, aOffset, b, bOffset, out, outOffset);
        scalar.add(n - bound, a, aOffset + bound, b, bOffset + bound, out, outOffset + bound);
    }

    @Override
    public void product(int n, float[] a, int aOffset, float[] b, int bOffset, float[] out, int outOffset) {
        int bound = S.loopBound(n);
        ElementwiseLoops.product(bound, a, aOffset, b, bOffset, out, outOffset);
        scalar.product(n - bound, a, aOffset + bound, b, bOffset + bound, out, outOffset + bound);
    }

    @Override
    public void multiplyAdd(
            int n,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            float[] addend,
            int addendOffset,
            float[] out,
            int outOffset) {
        int k = S.loopBound(n);
        ElementwiseLoops.multiplyAdd(k, a, aOffset, b, bOffset, addend, addendOffset, out, outOffset);
        scalar.multiplyAdd(n - k, a, aOffset + k, b, bOffset + k, addend, addendOffset + k, out, outOffset + k);
    }

    @Override
    public void scale(int n, float factor, float[] x, int xOffset, float[] out, int outOffset) {
        int bound = S.loopBound(n);
        ElementwiseLoops.scale(bound, factor, x, xOffset, out, outOffset);
        scalar.scale(n - bound, factor, x, xOffset + bound, out, outOffset + bound);
    }

    @Override
    public float dot(int n, float[] a, int aOffset, float[] b, int bOffset) {
        return ElementwiseLoops.dot(n, a, aOffset, b, bOffset, lanes);
    }

    @Override
    public void sumRows(int rows, int n, float[] x, int xOffset, float[] out, int outOffset) {
        System.arraycopy(x, xOffset, out, outOffset, n);
        for (int row = 1; row < rows; row++) {
            add(n, x, xOffset + row * n, out, outOffset, out, outOffset);
        }
    }

    @Override
    public void rotate(
            int n,
            float[] x,
            int xOffset,
            float[] partner,
            int partnerOffset,
            float[] table,
            int cosines,
            int sines,
            float[] out,
            int outOffset) {
        int bound = S.loopBound(n);
        ElementwiseLoops.rotate(bound, x, xOffset, partner, partnerOffset, table, cosines, sines, out, outOffset);
        scalar.rotate(
                n - bound,
                x,
                xOffset + bound,
                partner,
                partnerOffset + bound,
                table,
                cosines + bound,
                sines + bound,
                out,
                outOffset + bound);
    }

    @Override
    public void swapPairs(int n, float[] x, int xOffset, float[] out, int outOffset) {
        int bound = S.loopBound(n);
        ElementwiseLoops.swapPairs(bound, x, xOffset, out, outOffset);
        scalar.swapPairs(n - bound, x, xOffset + bound, out, outOffset + bound);
    }

    @Override
    public void gelu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        int bound = S.loopBound(n);
        ActivationLoops.gelu(bound, x, xOffset, y, yOffset);
        scalar.gelu(n - bound, x, xOffset + bound, y, yOffset + bound);
    }

    @Override
    public void geluWithDerivative(int n, float[] x, int xOffset, float[] y, int yOffset) {
        int bound = S.loopBound(n);
        ActivationLoops.geluWithDerivative(bound, x, xOffset, y, yOffset);
        scalar.geluWithDerivative(n - bound, x, xOffset + bound, y, yOffset + bound);
    }

    @Override
    public void geluTanh(int n, float[] x, int xOffset, float[] y, int yOffset) {
        int bound = S.loopBound(n);
        ActivationLoops.geluTanh(bound, x, xOffset, y, yOffset);
        scalar.geluTanh(n - bound, x, xOffset + bound, y, yOffset + bound);
    }

    @Override
    public void geluTanhGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset) {
        int bound = S.loopBound(n);
        ActivationLoops.geluTanhGradient(bound, dy, dyOffset, x, xOffset, out, outOffset);
        scalar.geluTanhGradient(n - bound, dy, dyOffset + bound, x, xOffset + bound, out, outOffset + bound);
    }

    @Override
    public void relu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        scalar.relu(n, x, xOffset, y, yOffset);
    }

    @Override
    public void reluGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset) {
        int bound = S.loopBound(n);
        ActivationLoops.reluGradient(bound, dy, dyOffset, x, xOffset, out, outOffset);
        scalar.reluGradient(n - bound, dy, dyOffset + bound, x, xOffset + bound, out, outOffset + bound);
    }

    @Override
    public void reluSquared(int n, float[] x, int xOffset, float[] y, int yOffset) {
        int bound = S.loopBound(n);
        ActivationLoops.reluSquared(bound, x, xOffset, y, yOffset);
        scalar.reluSquared(n - bound, x, xOffset + bound, y, yOffset + bound);
    }

    @Override
    public void reluSquaredGradient(
            int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset) {
        int bound = S.loopBound(n);
        ActivationLoops.reluSquaredGradient(bound, dy, dyOffset, x, xOffset, out, outOffset);
        scalar.reluSquaredGradient(n - bound, dy, dyOffset + bound, x, xOffset + bound, out, outOffset + bound);
    }

    @Override
    public void softCap(int n, float cap, float[] x, int xOffset, float[] y, int yOffset) {
        int bound = S.loopBound(n);
        ActivationLoops.softCap(bound, cap, x, xOffset, y, yOffset);
        scalar.softCap(n - bound, cap, x, xOffset + bound, y, yOffset + bound);
    }

    @Override
    public void softCapGradient(
            int n, float cap, float[] dy, int dyOffset, float[] y, int yOffset, float[] out, int outOffset) {
        int bound = S.loopBound(n);
        ActivationLoops.softCapGradient(bound, cap, dy, dyOffset, y, yOffset, out, outOffset);
        scalar.softCapGradient(n - bound, cap, dy, dyOffset + bound, y, yOffset + bound, out, outOffset + bound);
    }

    @Override
    public void silu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        int bound = S.loopBound(n);
        ActivationLoops.silu(bound, x, xOffset, y, yOffset);
        scalar.silu(n - bound, x, xOffset + bound, y, yOffset + bound);
    }

    @Override
    public void siluGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset) {
        int bound = S.loopBound(n);
        ActivationLoops.siluGradient(bound, dy, dyOffset, x, xOffset, out, outOffset);
        scalar.siluGradient(n - bound, dy, dyOffset + bound, x, xOffset + bound, out, outOffset + bound);
    }

    @Override
    public void softmax(int rows, int n, int length, int stride, float scale, float[] x, int xOffset) {
        softmax.softmax(rows, n, length, stride, scale, x, xOffset);
    }

    @Override
    public void softmaxRows(int rows, int n, int stride, float scale, float[] x, int xOffset) {
        softmax.softmaxRows(rows, n, stride, scale, x, xOffset);
    }

    @Override
    public void softmaxGradient(int n, float delta, float scale, float[] p, int pOffset, float[] dp, int dpOffset) {
        int bound = S.loopBound(n);
        Softmax.gradient(bound, delta, scale, p, pOffset, dp, dpOffset);
        scalar.softmaxGradient(n - bound, delta, scale, p, pOffset + bound, dp, dpOffset + bound);
    }

    @Override
    public float logSumExp(int n, float[] x, int xOffset) {
        return softmax.logSumExp(n, x, xOffset);
    }

    @Override
    public void lstmCell(
            int n,
            float[] gates,
            int gatesOffset,
            float[] before,
            int beforeOffset,
            float[] cell,
            int cellOffset,
            float[] hidden,
            int hiddenOffset) {
        lstm.lstmCell(n, gates, gatesOffset, before, beforeOffset, cell, cellOffset, hidden, hiddenOffset);
    }

    @Override
    public void lstmCellGradient(
            int n,
            float[] dh,
            int dhOffset,
            float[] gates,
            int gatesOffset,
            float[] before,
            int beforeOffset,
            float[] cell,
            int cellOffset,
            float[] carried,
            int carriedOffset,
            float[] out,
            int outOffset) {
        lstm.lstmCellGradient(
                n,
                dh,
                dhOffset,
                gates,
                gatesOffset,
                before,
                beforeOffset,
                cell,
                cellOffset,
                carried,
                carriedOffset,
                out,
                outOffset);
    }

    @Override
    public void adamW(int n, AdamWStep step, float weightDecay, float[][] state, int offset, int moment) {
        int bound = S.loopBound(n);
        OptimizerLoops.adamW(bound, step, weightDecay, state[0], state[1], state[2], state[3], offset, moment);
        scalar.adamW(n - bound, step, weightDecay, state, offset + bound, moment + bound);
    }

    @Override
    public void sgd(int n, SgdStep step, float[][] state, int offset, int moment) {
        scalar.sgd(n, step, state, offset, moment);
    }
}
