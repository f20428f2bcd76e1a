package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Softmax, its gradient, and the logarithm of the sum of exponentials. Attention rows are short and of every length, so
 * that a scalar remainder would cost as much as the rest. A row is therefore computed as whole vectors (the body) and a
 * final overlapping vector, masked so that no element is summed twice; it is read before the body is written, and
 * written after it. The steps of one row depend on each other; each step is computed for a block of rows, so that the
 * processor overlaps them.
 */
final class Softmax {
    private static final int L = S.length();
    /** Rows computed together. */
    private static final int ROWS = 32;

    private final float[] lanes = new float[L];
    /** Copy of a row that is too short for a vector. */
    private final float[] shortRow = new float[L];
    /** The maximum of each row, and later the sum. */
    private final float[] reduced = new float[ROWS];
    /** {@code masks[n]} has the first n lanes set, {@code masks[L + n]} the last n. */
    private final VectorMask<Float>[] masks;

    /** For one thread. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    Softmax() {
        masks = new VectorMask[2 * L + 1];
        for (int n = 1; n <= L; n++) {
            masks[n] = S.indexInRange(0, n);
            masks[L + n] = S.indexInRange(0, L - n).not();
        }
    }

    /** As {@link io.nanogpt.impl.cpu.Kernels#softmax}. */
    void softmax(int rows, int n, int length, int stride, float scale, float[] x, int offset) {
        if (length < L) {
            for (int row = 0; row < rows; row++) {
                System.arraycopy(x, offset + row * stride, shortRow, 0, n + row);
                compute(1, n + row, 0, scale, shortRow, 0);
                System.arraycopy(shortRow, 0, x, offset + row * stride, n + row);
            }
        } else {
            for (int row = 0; row < rows; row += ROWS) {
                compute(Math.min(ROWS, rows - row), n + row, stride, scale, x, offset + row * stride);
            }
        }
        for (int row = 0; row < rows; row++) {
            int at = offset + row * stride;
            Arrays.fill(x, at + n + row, at + length, 0f);
        }
    }

    private void compute(int rows, int n, int stride, float scale, float[] x, int offset) {
        for (int row = 0, at = offset; row < rows; row++, at += stride) {
            reduced[row] = max(body(n + row), x, at, at + last(n + row), masks[mask(n + row)]);
        }
        for (int row = 0, at = offset; row < rows; row++, at += stride) {
            reduced[row] = exponentials(
                    body(n + row), reduced[row], scale, x, at, at + last(n + row), masks[mask(n + row)], lanes);
        }
        for (int row = 0, at = offset; row < rows; row++, at += stride) {
            divide(body(n + row), 1 / reduced[row], x, at, at + last(n + row));
        }
    }

    /** As {@link io.nanogpt.impl.cpu.Kernels#logSumExp}. */
    float logSumExp(int n, float[] x, int offset) {
        float[] row = x;
        int at = offset;
        if (n < L) {
            System.arraycopy(x, offset, shortRow, 0, n);
            row = shortRow;
            at = 0;
        }
        VectorMask<Float> mask = masks[mask(n)];
        float max = max(body(n), row, at, at + last(n), mask);
        return max + (float) StrictMath.log(sumOfExponentials(body(n), max, row, at, at + last(n), mask, lanes));
    }

    /** Elements of a row before those of its last vector. */
    private static int body(int n) {
        return (n - 1) / L * L;
    }

    /** The offset of the last vector in a row. */
    private static int last(int n) {
        return Math.max(0, n - L);
    }

    /** The index of the mask of the last vector. */
    private static int mask(int n) {
        return n < L ? n : L + n - body(n);
    }

    private static float max(int body, float[] x, int xo, int last, VectorMask<Float> mask) {
        FloatVector max =
                FloatVector.broadcast(S, Float.NEGATIVE_INFINITY).blend(FloatVector.fromArray(S, x, last), mask);
        for (int i = 0; i < body; i += L) {
            max = max.max(FloatVector.fromArray(S, x, xo + i));
        }
        return max.reduceLanes(VectorOperators.MAX);
    }

    private static float exponentials(
            int body, float max, float scale, float[] x, int xo, int last, VectorMask<Float> mask, float[] lanes) {
        FloatVector end =
                VectorMath.exp(FloatVector.fromArray(S, x, last).sub(max).mul(scale));
        FloatVector sum = FloatVector.zero(S).blend(end, mask);
        for (int i = 0; i < body; i += L) {
            FloatVector e =
                    VectorMath.exp(FloatVector.fromArray(S, x, xo + i).sub(max).mul(scale));
            e.intoArray(x, xo + i);
            sum = sum.add(e);
        }
        end.intoArray(x, last);
        sum.intoArray(lanes, 0);
        return VectorMath.sum(lanes);
    }

    private static void divide(int body, float inverse, float[] x, int xo, int last) {
        FloatVector end = FloatVector.fromArray(S, x, last).mul(inverse);
        for (int i = 0; i < body; i += L) {
            FloatVector.fromArray(S, x, xo + i).mul(inverse).intoArray(x, xo + i);
        }
        end.intoArray(x, last);
    }

    private static float sumOfExponentials(
            int body, float max, float[] x, int xo, int last, VectorMask<Float> mask, float[] lanes) {
        FloatVector sum = FloatVector.zero(S)
                .blend(VectorMath.exp(FloatVector.fromArray(S, x, last).sub(max)), mask);
        for (int i = 0; i < body; i += L) {
            sum = sum.add(VectorMath.exp(FloatVector.fromArray(S, x, xo + i).sub(max)));
        }
        sum.intoArray(lanes, 0);
        return VectorMath.sum(lanes);
    }

    /** As {@link io.nanogpt.impl.cpu.Kernels#softmaxGradient}; {@code n} is a multiple of the vector length. */
    static void gradient(int n, float delta, float scale, float[] p, int po, float[] dp, int dpo) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(S, p, po + i)
                    .mul(FloatVector.fromArray(S, dp, dpo + i).sub(delta))
                    .mul(scale)
                    .intoArray(dp, dpo + i);
        }
    }
}
