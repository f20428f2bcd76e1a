package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import io.nanogpt.impl.cpu.RowKernels;
import io.nanogpt.impl.cpu.scalar.ScalarRowKernels;
import java.util.Arrays;

/** Row kernels on vectors; what is left of a row falls to the scalar twin or its formula. */
final class VectorRowKernels implements RowKernels {
    private static final int L = S.length();

    private final ScalarRowKernels scalar = new ScalarRowKernels();
    private final float[] lanes = new float[L];

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
        int bound = S.loopBound(n);
        for (int row = 0; row < rows; row++) {
            int at = xOffset + row * n;
            int to = yOffset + row * n;
            float inverse = inverseRoot(n, epsilon, x, at);
            RmsLoops.normalise(bound, inverse, x, at, weight, weightOffset, y, to);
            for (int i = bound; i < n; i++) {
                y[to + i] = x[at + i] * inverse * weight[weightOffset + i];
            }
        }
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
        int bound = S.loopBound(n);
        for (int row = 0; row < rows; row++) {
            int at = xOffset + row * n;
            int from = dyOffset + row * n;
            int plus = addendOffset + row * addendRow;
            int to = outOffset + row * n;
            float inverse = inverseRoot(n, epsilon, x, at);
            float projection = RmsLoops.projection(bound, dy, from, weight, weightOffset, x, at, lanes);
            for (int i = bound; i < n; i++) {
                projection = Math.fma(dy[from + i] * weight[weightOffset + i], x[at + i], projection);
            }
            float pull = projection * inverse * inverse / n;
            RmsLoops.gradient(bound, inverse, pull, dy, from, x, at, weight, weightOffset, addend, plus, out, to);
            for (int i = bound; i < n; i++) {
                float g = dy[from + i] * weight[weightOffset + i];
                out[to + i] = addend[plus + i] + (g - x[at + i] * pull) * inverse;
            }
        }
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
        Arrays.fill(out, outOffset, outOffset + n, 0f);
        int bound = S.loopBound(n);
        for (int row = 0; row < rows; row++) {
            int at = xOffset + row * n;
            int from = dyOffset + row * n;
            float inverse = inverseRoot(n, epsilon, x, at);
            RowLoops.addNormalised(bound, 0, inverse, dy, from, x, at, out, outOffset);
            for (int i = bound; i < n; i++) {
                out[outOffset + i] = Math.fma(dy[from + i], x[at + i] * inverse, out[outOffset + i]);
            }
        }
    }

    private float inverseRoot(int n, float epsilon, float[] x, int offset) {
        int bound = S.loopBound(n);
        float sum = RowLoops.dot(bound, x, offset, x, offset, lanes);
        for (int i = bound; i < n; i++) {
            sum = Math.fma(x[offset + i], x[offset + i], sum);
        }
        return ScalarRowKernels.inverseRoot(n, sum, epsilon);
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
        ActivationLoops.rotate(bound, x, xOffset, partner, partnerOffset, table, cosines, sines, out, outOffset);
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
        ActivationLoops.swapPairs(bound, x, xOffset, out, outOffset);
        scalar.swapPairs(n - bound, x, xOffset + bound, out, outOffset + bound);
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
        int bound = S.loopBound(n);
        for (int gate = 0; gate < 4; gate++) {
            int at = gatesOffset + gate * n;
            if (gate == 2) {
                LstmLoops.tanh(bound, gates, at, gates, at);
            } else {
                LstmLoops.sigmoid(bound, gates, at);
            }
        }
        LstmLoops.cell(bound, n, gates, gatesOffset, before, beforeOffset, cell, cellOffset);
        LstmLoops.tanh(bound, cell, cellOffset, hidden, hiddenOffset);
        RowLoops.product(bound, hidden, hiddenOffset, gates, gatesOffset + 3 * n, hidden, hiddenOffset);
        ScalarRowKernels.lstmCell(
                bound, n, n, gates, gatesOffset, before, beforeOffset, cell, cellOffset, hidden, hiddenOffset);
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
        int bound = S.loopBound(n);
        int input = gatesOffset;
        int forget = gatesOffset + n;
        int candidate = gatesOffset + 2 * n;
        int output = gatesOffset + 3 * n;
        int last = outOffset + 3 * n;
        LstmLoops.tanh(bound, cell, cellOffset, out, last);
        LstmLoops.cellGradient(bound, dh, dhOffset, gates, output, out, last, carried, carriedOffset);
        LstmLoops.sigmoidGradient(bound, dh, dhOffset, out, last, gates, output, out, last);
        LstmLoops.sigmoidGradient(bound, carried, carriedOffset, gates, candidate, gates, input, out, outOffset);
        LstmLoops.sigmoidGradient(
                bound, carried, carriedOffset, before, beforeOffset, gates, forget, out, outOffset + n);
        LstmLoops.tanhGradient(bound, carried, carriedOffset, gates, input, gates, candidate, out, outOffset + 2 * n);
        RowLoops.product(bound, carried, carriedOffset, gates, forget, carried, carriedOffset);
        ScalarRowKernels.lstmCellGradient(
                bound,
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
}
