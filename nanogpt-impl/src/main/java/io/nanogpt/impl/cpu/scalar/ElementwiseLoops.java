package io.nanogpt.impl.cpu.scalar;

/** Sums, products, copies and reductions of elements. */
final class ElementwiseLoops {
    private ElementwiseLoops() {}

    static void add(int n, float[] a, int aOffset, float[] b, int bOffset, float[] out, int outOffset) {
        for (int i = 0; i < n; i++) {
            out[outOffset + i] = a[aOffset + i] + b[bOffset + i];
        }
    }

    static void product(int n, float[] a, int aOffset, float[] b, int bOffset, float[] out, int outOffset) {
        for (int i = 0; i < n; i++) {
            out[outOffset + i] = a[aOffset + i] * b[bOffset + i];
        }
    }

    /** In place, on whole arrays, whose one subscript lets C2 make vectors of the loop. */
    static void multiply(int n, float[] factors, float[] x) {
        for (int i = 0; i < n; i++) {
            x[i] *= factors[i];
        }
    }

    static void multiplyAdd(
            int n,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            float[] addend,
            int addendOffset,
            float[] out,
            int outOffset) {
        for (int i = 0; i < n; i++) {
            out[outOffset + i] = ScalarMath.fma(a[aOffset + i], b[bOffset + i], addend[addendOffset + i]);
        }
    }

    static void scale(int n, float factor, float[] x, int xOffset, float[] out, int outOffset) {
        for (int i = 0; i < n; i++) {
            out[outOffset + i] = x[xOffset + i] * factor;
        }
    }

    static void sumRows(int rowCount, int n, float[] x, int xOffset, float[] out, int outOffset) {
        System.arraycopy(x, xOffset, out, outOffset, n);
        for (int row = 1; row < rowCount; row++) {
            int at = xOffset + row * n;
            for (int i = 0; i < n; i++) {
                out[outOffset + i] += x[at + i];
            }
        }
    }

    static void rotate(
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
                    ScalarMath.fma(x[xOffset + i], table[cosines + i], partner[partnerOffset + i] * table[sines + i]);
        }
    }

    static void swapPairs(int n, float[] x, int xOffset, float[] out, int outOffset) {
        for (int i = 0; i < n; i += 2) {
            out[outOffset + i] = x[xOffset + i + 1];
            out[outOffset + i + 1] = x[xOffset + i];
        }
    }
}
