package io.nanogpt.impl.cpu.scalar;

import io.nanogpt.impl.cpu.RowKernels;
import java.util.Arrays;

/** The scalar twin. */
public final class ScalarRowKernels implements RowKernels {
    /** {@code 2 sqrt(2 / pi)}: tanh(u) is 2 sigmoid(2 u) - 1. */
    public static final float GELU_SLOPE = 1.5957692f;
    /** The cubic coefficient of GELU's tanh form. */
    public static final float GELU_CUBIC = 0.044715f;

    /** Without state. */
    public ScalarRowKernels() {}

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
        for (int row = 0; row < rows; row++) {
            int at = xOffset + row * n;
            int to = yOffset + row * n;
            float inverse = inverseRoot(n, squares(n, x, at), epsilon);
            for (int i = 0; i < n; i++) {
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
        for (int row = 0; row < rows; row++) {
            int at = xOffset + row * n;
            int from = dyOffset + row * n;
            float inverse = inverseRoot(n, squares(n, x, at), epsilon);
            float projection = 0;
            for (int i = 0; i < n; i++) {
                projection = Math.fma(dy[from + i] * weight[weightOffset + i], x[at + i], projection);
            }
            float pull = projection * inverse * inverse / n;
            int plus = addendOffset + row * addendRow;
            int to = outOffset + row * n;
            for (int i = 0; i < n; i++) {
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
        for (int row = 0; row < rows; row++) {
            int at = xOffset + row * n;
            int from = dyOffset + row * n;
            float inverse = inverseRoot(n, squares(n, x, at), epsilon);
            for (int i = 0; i < n; i++) {
                out[outOffset + i] = Math.fma(dy[from + i], x[at + i] * inverse, out[outOffset + i]);
            }
        }
    }

    /** {@code 1 / sqrt(sum / n + epsilon)}. */
    public static float inverseRoot(int n, float sum, float epsilon) {
        return (float) (1 / Math.sqrt(sum / n + epsilon));
    }

    private static float squares(int n, float[] x, int offset) {
        float s0 = 0;
        float s1 = 0;
        int i = 0;
        for (; i + 1 < n; i += 2) {
            s0 = Math.fma(x[offset + i], x[offset + i], s0);
            s1 = Math.fma(x[offset + i + 1], x[offset + i + 1], s1);
        }
        return i < n ? Math.fma(x[offset + i], x[offset + i], s0) + s1 : s0 + s1;
    }

    @Override
    public void silu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            float value = x[xOffset + i];
            y[yOffset + i] = value * ScalarMath.sigmoid(value);
        }
    }

    @Override
    public void siluGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset) {
        for (int i = 0; i < n; i++) {
            float value = x[xOffset + i];
            float s = ScalarMath.sigmoid(value);
            out[outOffset + i] = dy[dyOffset + i] * Math.fma(value * s, 1f - s, s);
        }
    }

    @Override
    public void geluTanh(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            float value = x[xOffset + i];
            float u = value * GELU_SLOPE * Math.fma(value * value, GELU_CUBIC, 1f);
            y[yOffset + i] = value * ScalarMath.sigmoid(u);
        }
    }

    @Override
    public void geluTanhGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset) {
        for (int i = 0; i < n; i++) {
            float value = x[xOffset + i];
            float square = value * value;
            float s = ScalarMath.sigmoid(value * GELU_SLOPE * Math.fma(square, GELU_CUBIC, 1f));
            float slope = GELU_SLOPE * Math.fma(square, 3 * GELU_CUBIC, 1f);
            out[outOffset + i] = dy[dyOffset + i] * Math.fma(value * slope * s, 1f - s, s);
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
        for (int i = 0; i < n; i++) {
            out[outOffset + i] =
                    Math.fma(x[xOffset + i], table[cosines + i], partner[partnerOffset + i] * table[sines + i]);
        }
    }

    @Override
    public void swapPairs(int n, float[] x, int xOffset, float[] out, int outOffset) {
        for (int i = 0; i < n; i += 2) {
            out[outOffset + i] = x[xOffset + i + 1];
            out[outOffset + i + 1] = x[xOffset + i];
        }
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
        lstmCell(0, n, n, gates, gatesOffset, before, beforeOffset, cell, cellOffset, hidden, hiddenOffset);
    }

    /** Elements {@code from} to {@code to - 1} of a step. */
    public static void lstmCell(
            int from,
            int to,
            int n,
            float[] gates,
            int gatesOffset,
            float[] before,
            int beforeOffset,
            float[] cell,
            int cellOffset,
            float[] hidden,
            int hiddenOffset) {
        for (int i = from; i < to; i++) {
            float input = ScalarMath.sigmoid(gates[gatesOffset + i]);
            float forget = ScalarMath.sigmoid(gates[gatesOffset + n + i]);
            float candidate = ScalarMath.tanh(gates[gatesOffset + 2 * n + i]);
            float output = ScalarMath.sigmoid(gates[gatesOffset + 3 * n + i]);
            float c = Math.fma(forget, before[beforeOffset + i], input * candidate);
            gates[gatesOffset + i] = input;
            gates[gatesOffset + n + i] = forget;
            gates[gatesOffset + 2 * n + i] = candidate;
            gates[gatesOffset + 3 * n + i] = output;
            cell[cellOffset + i] = c;
            hidden[hiddenOffset + i] = output * ScalarMath.tanh(c);
        }
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
        lstmCellGradient(
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

    /** Elements {@code from} to {@code to - 1} of a step's gradient. */
    public static void lstmCellGradient(
            int from,
            int to,
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
        for (int i = from; i < to; i++) {
            float input = gates[gatesOffset + i];
            float forget = gates[gatesOffset + n + i];
            float candidate = gates[gatesOffset + 2 * n + i];
            float output = gates[gatesOffset + 3 * n + i];
            float t = ScalarMath.tanh(cell[cellOffset + i]);
            float dy = dh[dhOffset + i];
            float dc = Math.fma(dy * output, Math.fma(-t, t, 1f), carried[carriedOffset + i]);
            out[outOffset + i] = dc * candidate * input * (1f - input);
            out[outOffset + n + i] = dc * before[beforeOffset + i] * forget * (1f - forget);
            out[outOffset + 2 * n + i] = dc * input * Math.fma(-candidate, candidate, 1f);
            out[outOffset + 3 * n + i] = dy * t * output * (1f - output);
            carried[carriedOffset + i] = dc * forget;
        }
    }
}
