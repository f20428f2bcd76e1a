package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import io.nanogpt.impl.cpu.scalar.Lanes;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Softmax, its gradient, and the logarithm of the sum of exponentials. Attention rows are short and of every length, so
 * that a scalar remainder would cost as much as the rest. A row is therefore computed as whole vectors (the body) and a
 * final overlapping vector, masked so that no element is summed twice; it is read before the body is written, and
 * written after it. For sums the body and the end are in units of {@link Lanes}, whatever the length of a vector: an
 * element of the end belongs to the lane that it has there, and is added before those of the body. The steps of one row
 * depend on each other; each step is computed for a block of rows, so that the processor overlaps them.
 */
final class Softmax {
    private static final int L = S.length();
    /** Rows computed together. */
    private static final int ROWS = 32;

    /** The partial sums of each row. */
    private final float[] lanes = new float[ROWS * Lanes.COUNT];
    /** The exponentials of the end of a row. */
    private final float[] ends = new float[Lanes.COUNT];
    /** Copy of a row that has fewer elements than lanes. */
    private final float[] shortRow = new float[Lanes.COUNT];
    /** The maximum of each row, and later the sum. */
    private final float[] reduced = new float[ROWS];
    /** {@code masks[n]} has the first n lanes set, {@code masks[L + 1 + n]} the last n. */
    private final VectorMask<Float>[] masks;

    /** For one thread. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    Softmax() {
        masks = new VectorMask[2 * L + 2];
        for (int n = 0; n <= L; n++) {
            masks[n] = S.indexInRange(0, n);
            masks[L + 1 + n] = S.indexInRange(0, L - n).not();
        }
    }

    /** As {@link io.nanogpt.impl.cpu.Kernels#softmax}. */
    void softmax(int rows, int n, int length, int stride, float scale, float[] x, int offset) {
        if (length < Lanes.COUNT) {
            for (int row = 0; row < rows; row++) {
                System.arraycopy(x, offset + row * stride, shortRow, 0, n + row);
                compute(1, n + row, 0, 0, scale, shortRow, 0);
                System.arraycopy(shortRow, 0, x, offset + row * stride, n + row);
            }
        } else {
            for (int row = 0; row < rows; row += ROWS) {
                compute(Math.min(ROWS, rows - row), n + row, 1, stride, scale, x, offset + row * stride);
            }
        }
        for (int row = 0; row < rows; row++) {
            int at = offset + row * stride;
            Arrays.fill(x, at + n + row, at + length, 0f);
        }
    }

    /** As {@link io.nanogpt.impl.cpu.Kernels#softmaxRows}. */
    void softmaxRows(int rows, int n, int stride, float scale, float[] x, int offset) {
        for (int row = 0; row < rows; row += ROWS) {
            compute(Math.min(ROWS, rows - row), n, 0, stride, scale, x, offset + row * stride);
        }
    }

    /** The first row has {@code n} elements, each one after it {@code more} than the row before. */
    private void compute(int rows, int n, int more, int stride, float scale, float[] x, int offset) {
        for (int row = 0, at = offset, size = n; row < rows; row++, at += stride, size += more) {
            reduced[row] = max(size, x, at);
        }
        for (int row = 0, at = offset, size = n; row < rows; row++, at += stride, size += more) {
            exponentials(size, reduced[row], scale, x, at, row * Lanes.COUNT);
        }
        for (int row = 0; row < rows; row++) {
            reduced[row] = Lanes.sum(lanes, row * Lanes.COUNT);
        }
        for (int row = 0, at = offset, size = n; row < rows; row++, at += stride, size += more) {
            divide(body(size, L), 1 / reduced[row], x, at, at + last(size, L));
        }
    }

    private float max(int n, float[] x, int at) {
        return max(body(n, L), x, at, at + last(n, L), mask(n, L, 0));
    }

    /** The partial sums are written to {@link #lanes} from {@code sums} on. */
    private void exponentials(int n, float max, float scale, float[] x, int at, int sums) {
        int body = body(n, Lanes.COUNT);
        int last = at + last(n, Lanes.COUNT);
        for (int part = 0; part < Lanes.COUNT; part += L) {
            end(part, max, scale, x, last, mask(n, Lanes.COUNT, part), ends, lanes, sums);
        }
        for (int part = 0; part < Lanes.COUNT; part += L) {
            body(part, body, max, scale, x, at, lanes, sums);
        }
        for (int part = 0; part < Lanes.COUNT; part += L) {
            FloatVector.fromArray(S, ends, part).intoArray(x, last + part);
        }
    }

    /** As {@link io.nanogpt.impl.cpu.Kernels#logSumExp}. */
    float logSumExp(int n, float[] x, int offset) {
        float[] row = x;
        int at = offset;
        if (n < Lanes.COUNT) {
            System.arraycopy(x, offset, shortRow, 0, n);
            row = shortRow;
            at = 0;
        }
        float max = max(n, row, at);
        int last = at + last(n, Lanes.COUNT);
        for (int part = 0; part < Lanes.COUNT; part += L) {
            sumOfExponentials(part, body(n, Lanes.COUNT), max, row, at, last, mask(n, Lanes.COUNT, part), lanes);
        }
        return max + (float) StrictMath.log(Lanes.sum(lanes));
    }

    /** Elements of a row before those of its last {@code unit} of elements. */
    private static int body(int n, int unit) {
        return (n - 1) / unit * unit;
    }

    /** The offset of the last {@code unit} of elements in a row. */
    private static int last(int n, int unit) {
        return Math.max(0, n - unit);
    }

    /** The elements after the body, in the vector that begins {@code part} elements after the start of the last unit. */
    private VectorMask<Float> mask(int n, int unit, int part) {
        int first = n < unit ? 0 : unit - (n - body(n, unit));
        return first == 0
                ? masks[Math.max(0, Math.min(L, n - part))]
                : masks[L + 1 + Math.max(0, Math.min(L, part + L - first))];
    }

    private static float max(int body, float[] x, int xo, int last, VectorMask<Float> mask) {
        FloatVector max =
                FloatVector.broadcast(S, Float.NEGATIVE_INFINITY).blend(FloatVector.fromArray(S, x, last), mask);
        for (int i = 0; i < body; i += L) {
            max = max.max(FloatVector.fromArray(S, x, xo + i));
        }
        return max.reduceLanes(VectorOperators.MAX);
    }

    private static void end(
            int part,
            float max,
            float scale,
            float[] x,
            int last,
            VectorMask<Float> mask,
            float[] ends,
            float[] lanes,
            int sums) {
        FloatVector end =
                VectorMath.exp(FloatVector.fromArray(S, x, last + part).sub(max).mul(scale));
        end.intoArray(ends, part);
        FloatVector.zero(S).blend(end, mask).intoArray(lanes, sums + part);
    }

    private static void body(int part, int body, float max, float scale, float[] x, int xo, float[] lanes, int sums) {
        FloatVector sum = FloatVector.fromArray(S, lanes, sums + part);
        for (int i = part; i < body; i += Lanes.COUNT) {
            FloatVector e =
                    VectorMath.exp(FloatVector.fromArray(S, x, xo + i).sub(max).mul(scale));
            e.intoArray(x, xo + i);
            sum = sum.add(e);
        }
        sum.intoArray(lanes, sums + part);
    }

    private static void divide(int body, float inverse, float[] x, int xo, int last) {
        FloatVector end = FloatVector.fromArray(S, x, last).mul(inverse);
        for (int i = 0; i < body; i += L) {
            FloatVector.fromArray(S, x, xo + i).mul(inverse).intoArray(x, xo + i);
        }
        end.intoArray(x, last);
    }

    private static void sumOfExponentials(
            int part, int body, float max, float[] x, int xo, int last, VectorMask<Float> mask, float[] lanes) {
        FloatVector sum = FloatVector.zero(S)
                .blend(VectorMath.exp(FloatVector.fromArray(S, x, last + part).sub(max)), mask);
        for (int i = part; i < body; i += Lanes.COUNT) {
            sum = sum.add(VectorMath.exp(FloatVector.fromArray(S, x, xo + i).sub(max)));
        }
        sum.intoArray(lanes, part);
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
