package io.nanogpt.impl.cpu.scalar;

import java.util.Arrays;

/**
 * Layer normalisation and RMSNorm, row by row. A row is copied into arrays of its own, whose one subscript lets C2 make
 * vectors of the loops over them.
 */
final class NormLoops {
    private final RowSums sums = new RowSums();
    /** A row, centred and then normalised; as long as the widest row so far, as the other arrays. */
    private float[] values = new float[0];

    private float[] weights = new float[0];
    /** What is added to a row: a bias, an addend, or the sum of the rows before. */
    private float[] addends = new float[0];

    private float[] gradients = new float[0];

    private void reserve(int n) {
        if (values.length < n) {
            values = new float[n];
            weights = new float[n];
            addends = new float[n];
            gradients = new float[n];
        }
    }

    void layerNorm(
            int rowCount,
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
        reserve(n);
        System.arraycopy(weight, weightOffset, weights, 0, n);
        System.arraycopy(bias, biasOffset, addends, 0, n);
        for (int row = 0; row < rowCount; row++) {
            normalise(n, epsilon, x, xOffset + row * n);
            multiplyAdd(n, weights, addends, values);
            System.arraycopy(values, 0, y, yOffset + row * n, n);
        }
    }

    void layerNormInputGradient(
            int rowCount,
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
        reserve(n);
        System.arraycopy(weight, weightOffset, weights, 0, n);
        for (int row = 0; row < rowCount; row++) {
            float inverse = normalise(n, epsilon, x, xOffset + row * n);
            System.arraycopy(dy, dyOffset + row * n, gradients, 0, n);
            float mean = sums.dot(n, gradients, 0, weights, 0) / n;
            ElementwiseLoops.multiply(n, weights, gradients);
            float projection = sums.dot(n, gradients, 0, values, 0) / n;
            System.arraycopy(addend, addendOffset + row * addendRow, addends, 0, n);
            layerNormInputGradient(n, mean, projection, inverse, addends, gradients, values);
            System.arraycopy(values, 0, out, outOffset + row * n, n);
        }
    }

    void layerNormWeightGradient(
            int rowCount,
            int n,
            float epsilon,
            float[] dy,
            int dyOffset,
            float[] x,
            int xOffset,
            float[] out,
            int outOffset) {
        reserve(n);
        Arrays.fill(addends, 0, n, 0f);
        for (int row = 0; row < rowCount; row++) {
            normalise(n, epsilon, x, xOffset + row * n);
            System.arraycopy(dy, dyOffset + row * n, gradients, 0, n);
            addProducts(n, gradients, values, addends);
        }
        System.arraycopy(addends, 0, out, outOffset, n);
    }

    void rmsNorm(
            int rows,
            int n,
            float epsilon,
            float[] x,
            int xOffset,
            float[] weight,
            int weightOffset,
            float[] y,
            int yOffset) {
        reserve(n);
        System.arraycopy(weight, weightOffset, weights, 0, n);
        for (int row = 0; row < rows; row++) {
            normaliseByRoot(n, epsilon, x, xOffset + row * n);
            ElementwiseLoops.multiply(n, weights, values);
            System.arraycopy(values, 0, y, yOffset + row * n, n);
        }
    }

    void rmsNormInputGradient(
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
        reserve(n);
        System.arraycopy(weight, weightOffset, weights, 0, n);
        for (int row = 0; row < rows; row++) {
            int at = xOffset + row * n;
            float inverse = ScalarMath.inverseRoot(n, sums.dot(n, x, at, x, at), epsilon);
            System.arraycopy(x, at, values, 0, n);
            System.arraycopy(dy, dyOffset + row * n, gradients, 0, n);
            ElementwiseLoops.multiply(n, weights, gradients);
            float pull = sums.dot(n, gradients, 0, values, 0) * inverse * inverse / n;
            System.arraycopy(addend, addendOffset + row * addendRow, addends, 0, n);
            rmsNormInputGradient(n, pull, inverse, addends, gradients, values);
            System.arraycopy(values, 0, out, outOffset + row * n, n);
        }
    }

    void rmsNormWeightGradient(
            int rows,
            int n,
            float epsilon,
            float[] dy,
            int dyOffset,
            float[] x,
            int xOffset,
            float[] out,
            int outOffset) {
        reserve(n);
        Arrays.fill(addends, 0, n, 0f);
        for (int row = 0; row < rows; row++) {
            normaliseByRoot(n, epsilon, x, xOffset + row * n);
            System.arraycopy(dy, dyOffset + row * n, gradients, 0, n);
            addProducts(n, gradients, values, addends);
        }
        System.arraycopy(addends, 0, out, outOffset, n);
    }

    /** The values of a row, normalised; returns the inverse of its deviation. */
    private float normalise(int n, float epsilon, float[] x, int offset) {
        float mean = sums.sum(n, x, offset) / n;
        System.arraycopy(x, offset, values, 0, n);
        subtract(n, mean, values);
        float inverse = ScalarMath.inverseRoot(n, sums.dot(n, values, 0, values, 0), epsilon);
        multiply(n, inverse, values);
        return inverse;
    }

    /** The values of a row, divided by their root mean square. */
    private void normaliseByRoot(int n, float epsilon, float[] x, int offset) {
        float inverse = ScalarMath.inverseRoot(n, sums.dot(n, x, offset, x, offset), epsilon);
        System.arraycopy(x, offset, values, 0, n);
        multiply(n, inverse, values);
    }

    private static void subtract(int n, float subtrahend, float[] x) {
        for (int i = 0; i < n; i++) {
            x[i] -= subtrahend;
        }
    }

    private static void multiply(int n, float factor, float[] x) {
        for (int i = 0; i < n; i++) {
            x[i] *= factor;
        }
    }

    private static void multiplyAdd(int n, float[] factors, float[] addends, float[] x) {
        for (int i = 0; i < n; i++) {
            x[i] = ScalarMath.fma(x[i], factors[i], addends[i]);
        }
    }

    private static void addProducts(int n, float[] a, float[] b, float[] sum) {
        for (int i = 0; i < n; i++) {
            sum[i] = ScalarMath.fma(a[i], b[i], sum[i]);
        }
    }

    /** In place of normalised values; {@code mean} is that of the gradients. */
    private static void layerNormInputGradient(
            int n, float mean, float projection, float inverse, float[] addends, float[] gradients, float[] values) {
        for (int i = 0; i < n; i++) {
            values[i] = addends[i] + (gradients[i] - mean - values[i] * projection) * inverse;
        }
    }

    /** In place of values. */
    private static void rmsNormInputGradient(
            int n, float pull, float inverse, float[] addends, float[] gradients, float[] values) {
        for (int i = 0; i < n; i++) {
            values[i] = addends[i] + (gradients[i] - values[i] * pull) * inverse;
        }
    }
}
