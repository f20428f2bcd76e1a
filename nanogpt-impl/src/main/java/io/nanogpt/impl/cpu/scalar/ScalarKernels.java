package io.nanogpt.impl.cpu.scalar;

import io.nanogpt.impl.cpu.AdamWStep;
import io.nanogpt.impl.cpu.FusedMultiplyAdd;
import io.nanogpt.impl.cpu.Kernels;
import io.nanogpt.impl.cpu.Matrix;
import io.nanogpt.impl.cpu.SgdStep;
import io.nanogpt.model.WeightPrecision;
import org.jspecify.annotations.Nullable;

/**
 * Kernels for every JVM, written so that C2 vectorises them: one array per operand row, the loop index alone as
 * subscript, {@code Math.fma}.
 */
public final class ScalarKernels implements Kernels {
    private final RowSums sums = new RowSums();
    /** Created by the first product: the vector kernels, which use these for what is left of a row, have none. */
    private @Nullable MatrixProduct matrixProduct;

    private final NormLoops norms = new NormLoops();
    private final ActivationLoops activations = new ActivationLoops();
    private final Softmax softmax = new Softmax();
    private final LstmLoops lstm = new LstmLoops();
    private final OptimizerLoops optimizerLoops = new OptimizerLoops();

    /** For one thread. */
    public ScalarKernels() {}

    /** Has C2 compile the products, before anything else calls them. */
    public static void warmUp() {
        RowBlock.warmUp();
    }

    private MatrixProduct matrixProduct() {
        MatrixProduct product = matrixProduct;
        if (product == null) {
            product = new MatrixProduct();
            matrixProduct = product;
        }
        return product;
    }

    @Override
    public String name() {
        return FusedMultiplyAdd.inHardware() ? "scalar" : "scalar, without fused multiply-add";
    }

    @Override
    public int panelWidth() {
        return MatrixProduct.PANEL;
    }

    @Override
    public int gradientRows() {
        return MOST_GRADIENT_ROWS;
    }

    @Override
    public Kernels fork() {
        return new ScalarKernels();
    }

    @Override
    public void multiply(int rows, int columns, int depth, Matrix a, Matrix b, Matrix init, Matrix c) {
        matrixProduct().multiply(rows, columns, depth, a, b, init, c);
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
        matrixProduct().multiplyPair(depth, a, aOffset, b, bOffset, init, initOffset, initStep, c, cOffset);
    }

    @Override
    public int roundedPanelWidth() {
        return RoundedPanels.PANEL;
    }

    @Override
    public int expandedWidth() {
        return RoundedPanels.PANEL;
    }

    @Override
    public void expand(WeightPrecision precision, int depth, int[] from, int fromOffset, float[] to) {
        RoundedPanels.expand(precision, depth, from, fromOffset, to);
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
        matrixProduct().multiplyRounded(precision, depth, a, aOffset, b, bOffset, init, initOffset, c, cOffset);
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
        matrixProduct().multiplyRow(columns, depth, a, aOffset, b, bOffset, bStep, c, cOffset);
        matrixProduct().multiplyRow(columns, depth, a, otherA, b, otherB, bStep, c, otherC);
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
        ElementwiseLoops.add(n, a, aOffset, b, bOffset, out, outOffset);
    }

    @Override
    public void product(int n, float[] a, int aOffset, float[] b, int bOffset, float[] out, int outOffset) {
        ElementwiseLoops.product(n, a, aOffset, b, bOffset, out, outOffset);
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
        ElementwiseLoops.multiplyAdd(n, a, aOffset, b, bOffset, addend, addendOffset, out, outOffset);
    }

    @Override
    public void scale(int n, float factor, float[] x, int xOffset, float[] out, int outOffset) {
        ElementwiseLoops.scale(n, factor, x, xOffset, out, outOffset);
    }

    @Override
    public float dot(int n, float[] a, int aOffset, float[] b, int bOffset) {
        return sums.dot(n, a, aOffset, b, bOffset);
    }

    @Override
    public void sumRows(int rows, int n, float[] x, int xOffset, float[] out, int outOffset) {
        ElementwiseLoops.sumRows(rows, n, x, xOffset, out, outOffset);
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
        ElementwiseLoops.rotate(n, x, xOffset, partner, partnerOffset, table, cosines, sines, out, outOffset);
    }

    @Override
    public void swapPairs(int n, float[] x, int xOffset, float[] out, int outOffset) {
        ElementwiseLoops.swapPairs(n, x, xOffset, out, outOffset);
    }

    @Override
    public void gelu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        activations.gelu(n, x, xOffset, y, yOffset);
    }

    @Override
    public void geluWithDerivative(int n, float[] x, int xOffset, float[] y, int yOffset) {
        activations.geluWithDerivative(n, x, xOffset, y, yOffset);
    }

    @Override
    public void geluTanh(int n, float[] x, int xOffset, float[] y, int yOffset) {
        activations.geluTanh(n, x, xOffset, y, yOffset);
    }

    @Override
    public void geluTanhGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset) {
        activations.geluTanhGradient(n, dy, dyOffset, x, xOffset, out, outOffset);
    }

    @Override
    public void relu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        ActivationLoops.relu(n, x, xOffset, y, yOffset);
    }

    @Override
    public void reluGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset) {
        ActivationLoops.reluGradient(n, dy, dyOffset, x, xOffset, out, outOffset);
    }

    @Override
    public void reluSquared(int n, float[] x, int xOffset, float[] y, int yOffset) {
        ActivationLoops.reluSquared(n, x, xOffset, y, yOffset);
    }

    @Override
    public void reluSquaredGradient(
            int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset) {
        ActivationLoops.reluSquaredGradient(n, dy, dyOffset, x, xOffset, out, outOffset);
    }

    @Override
    public void softCap(int n, float cap, float[] x, int xOffset, float[] y, int yOffset) {
        activations.softCap(n, cap, x, xOffset, y, yOffset);
    }

    @Override
    public void softCapGradient(
            int n, float cap, float[] dy, int dyOffset, float[] y, int yOffset, float[] out, int outOffset) {
        ActivationLoops.softCapGradient(n, cap, dy, dyOffset, y, yOffset, out, outOffset);
    }

    @Override
    public void silu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        activations.silu(n, x, xOffset, y, yOffset);
    }

    @Override
    public void siluGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset) {
        activations.siluGradient(n, dy, dyOffset, x, xOffset, out, outOffset);
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
        Softmax.softmaxGradient(n, delta, scale, p, pOffset, dp, dpOffset);
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
        lstm.lstmCell(0, n, n, gates, gatesOffset, before, beforeOffset, cell, cellOffset, hidden, hiddenOffset);
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
                0,
                n,
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
        optimizerLoops.adamW(n, step, weightDecay, state, offset, moment);
    }

    @Override
    public void sgd(int n, SgdStep step, float[][] state, int offset, int moment) {
        optimizerLoops.sgd(n, step, state, offset, moment);
    }
}
