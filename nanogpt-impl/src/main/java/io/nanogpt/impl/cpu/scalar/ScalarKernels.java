package io.nanogpt.impl.cpu.scalar;

import io.nanogpt.impl.cpu.Kernels;
import io.nanogpt.impl.cpu.RowKernels;
import java.util.Arrays;

/**
 * Kernels for any JVM, written so that C2 vectorises them: one array per operand row, the loop index alone as subscript,
 * {@code Math.fma}.
 */
public final class ScalarKernels implements Kernels {
    private static final int PANEL = 128;
    private static final int DEPTH_BLOCK = 8;

    private final RowKernels rowKernels = new ScalarRowKernels();
    private final float[][] rows = new float[DEPTH_BLOCK][PANEL];
    private final float[] sum = new float[PANEL];

    /** For one thread. */
    public ScalarKernels() {}

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public int panelWidth() {
        return PANEL;
    }

    @Override
    public Kernels fork() {
        return new ScalarKernels();
    }

    @Override
    public RowKernels rows() {
        return rowKernels;
    }

    @Override
    public void multiply(
            int rowCount,
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
        for (int j = 0; j < columns; j += PANEL) {
            int width = Math.min(PANEL, columns - j);
            if (init != c || initOffset != cOffset) {
                for (int i = 0; i < rowCount; i++) {
                    System.arraycopy(init, initOffset + i * initRow + j, c, cOffset + i * cRow + j, width);
                }
            }
            for (int k = 0; k < depth; k += DEPTH_BLOCK) {
                int block = Math.min(DEPTH_BLOCK, depth - k);
                for (int r = 0; r < block; r++) {
                    System.arraycopy(b, bOffset + (k + r) * bStep + j, rows[r], 0, width);
                }
                for (int i = 0; i < rowCount; i++) {
                    int from = aOffset + i * aRow + k * aStep;
                    int to = cOffset + i * cRow + j;
                    System.arraycopy(c, to, sum, 0, width);
                    if (block == DEPTH_BLOCK) {
                        eight(width, a, from, aStep, rows, sum);
                    } else {
                        for (int r = 0; r < block; r++) {
                            one(width, a[from + r * aStep], rows[r], sum);
                        }
                    }
                    System.arraycopy(sum, 0, c, to, width);
                }
            }
        }
    }

    private static void one(int n, float a, float[] b, float[] sum) {
        for (int j = 0; j < n; j++) {
            sum[j] = Math.fma(a, b[j], sum[j]);
        }
    }

    /** Eight steps of the depth at once, so that each sum is loaded and stored once for eight of them. */
    private static void eight(int n, float[] a, int from, int step, float[][] rows, float[] sum) {
        float a0 = a[from];
        float a1 = a[from + step];
        float a2 = a[from + 2 * step];
        float a3 = a[from + 3 * step];
        float a4 = a[from + 4 * step];
        float a5 = a[from + 5 * step];
        float a6 = a[from + 6 * step];
        float a7 = a[from + 7 * step];
        float[] b0 = rows[0];
        float[] b1 = rows[1];
        float[] b2 = rows[2];
        float[] b3 = rows[3];
        float[] b4 = rows[4];
        float[] b5 = rows[5];
        float[] b6 = rows[6];
        float[] b7 = rows[7];
        for (int j = 0; j < n; j++) {
            float s = Math.fma(a0, b0[j], sum[j]);
            s = Math.fma(a1, b1[j], s);
            s = Math.fma(a2, b2[j], s);
            s = Math.fma(a3, b3[j], s);
            s = Math.fma(a4, b4[j], s);
            s = Math.fma(a5, b5[j], s);
            s = Math.fma(a6, b6[j], s);
            sum[j] = Math.fma(a7, b7[j], s);
        }
    }

    @Override
    public void pack(
            int rows, int columns, float[] from, int fromOffset, int fromRow, float[] to, int toOffset, int width) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j += width) {
                System.arraycopy(
                        from,
                        fromOffset + i * fromRow + j,
                        to,
                        toOffset + j * rows + i * width,
                        Math.min(width, columns - j));
            }
        }
    }

    @Override
    public void add(int n, float[] a, int aOffset, float[] b, int bOffset, float[] out, int outOffset) {
        for (int i = 0; i < n; i++) {
            out[outOffset + i] = a[aOffset + i] + b[bOffset + i];
        }
    }

    @Override
    public void product(int n, float[] a, int aOffset, float[] b, int bOffset, float[] out, int outOffset) {
        for (int i = 0; i < n; i++) {
            out[outOffset + i] = a[aOffset + i] * b[bOffset + i];
        }
    }

    @Override
    public void gelu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            float value = x[xOffset + i];
            y[yOffset + i] = value * ScalarMath.distribution(value, ScalarMath.density(value));
        }
    }

    @Override
    public void geluWithDerivative(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            float value = x[xOffset + i];
            float density = ScalarMath.density(value);
            float distribution = ScalarMath.distribution(value, density);
            y[yOffset + i] = value * distribution;
            x[xOffset + i] = Math.fma(value, density, distribution);
        }
    }

    @Override
    public void relu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = Math.max(x[xOffset + i], 0f);
        }
    }

    @Override
    public void reluGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset) {
        for (int i = 0; i < n; i++) {
            out[outOffset + i] = x[xOffset + i] > 0 ? dy[dyOffset + i] : 0f;
        }
    }

    @Override
    public void layerNorm(
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
        for (int row = 0; row < rowCount; row++) {
            int at = xOffset + row * n;
            float mean = sum(n, x, at) / n;
            float inverse = inverseDeviation(n, x, at, mean, epsilon);
            int to = yOffset + row * n;
            for (int i = 0; i < n; i++) {
                y[to + i] = Math.fma((x[at + i] - mean) * inverse, weight[weightOffset + i], bias[biasOffset + i]);
            }
        }
    }

    @Override
    public void layerNormInputGradient(
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
        for (int row = 0; row < rowCount; row++) {
            int at = xOffset + row * n;
            int from = dyOffset + row * n;
            float mean = sum(n, x, at) / n;
            float inverse = inverseDeviation(n, x, at, mean, epsilon);
            float gradientSum = 0;
            float projection = 0;
            for (int i = 0; i < n; i++) {
                float g = dy[from + i] * weight[weightOffset + i];
                gradientSum += g;
                projection = Math.fma(g, (x[at + i] - mean) * inverse, projection);
            }
            gradientSum /= n;
            projection /= n;
            int to = outOffset + row * n;
            int plus = addendOffset + row * addendRow;
            for (int i = 0; i < n; i++) {
                float g = dy[from + i] * weight[weightOffset + i];
                float normalised = (x[at + i] - mean) * inverse;
                out[to + i] = addend[plus + i] + (g - gradientSum - normalised * projection) * inverse;
            }
        }
    }

    @Override
    public void layerNormWeightGradient(
            int rowCount,
            int n,
            float epsilon,
            float[] dy,
            int dyOffset,
            float[] x,
            int xOffset,
            float[] out,
            int outOffset) {
        java.util.Arrays.fill(out, outOffset, outOffset + n, 0);
        for (int row = 0; row < rowCount; row++) {
            int at = xOffset + row * n;
            int from = dyOffset + row * n;
            float mean = sum(n, x, at) / n;
            float inverse = inverseDeviation(n, x, at, mean, epsilon);
            for (int i = 0; i < n; i++) {
                out[outOffset + i] = Math.fma(dy[from + i], (x[at + i] - mean) * inverse, out[outOffset + i]);
            }
        }
    }

    @Override
    public void sumRows(int rowCount, int n, float[] x, int xOffset, float[] out, int outOffset) {
        System.arraycopy(x, xOffset, out, outOffset, n);
        for (int row = 1; row < rowCount; row++) {
            int at = xOffset + row * n;
            for (int i = 0; i < n; i++) {
                out[outOffset + i] += x[at + i];
            }
        }
    }

    @Override
    public void softmax(int rowCount, int n, int length, int stride, float scale, float[] x, int xOffset) {
        for (int row = 0; row < rowCount; row++) {
            int begin = xOffset + row * stride;
            softmax(n + row, scale, x, begin);
            Arrays.fill(x, begin + n + row, begin + length, 0f);
        }
    }

    private static void softmax(int n, float scale, float[] x, int xOffset) {
        float max = max(n, x, xOffset);
        float total = 0;
        for (int i = 0; i < n; i++) {
            float e = ScalarMath.exp((x[xOffset + i] - max) * scale);
            x[xOffset + i] = e;
            total += e;
        }
        float inverse = 1 / total;
        for (int i = 0; i < n; i++) {
            x[xOffset + i] *= inverse;
        }
    }

    @Override
    public float logSumExp(int n, float[] x, int xOffset) {
        float max = max(n, x, xOffset);
        float total = 0;
        for (int i = 0; i < n; i++) {
            total += ScalarMath.exp(x[xOffset + i] - max);
        }
        return max + (float) StrictMath.log(total);
    }

    private static float max(int n, float[] x, int xOffset) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            max = Math.max(max, x[xOffset + i]);
        }
        return max;
    }

    @Override
    public void softmaxGradient(int n, float delta, float scale, float[] p, int pOffset, float[] dp, int dpOffset) {
        for (int i = 0; i < n; i++) {
            dp[dpOffset + i] = p[pOffset + i] * (dp[dpOffset + i] - delta) * scale;
        }
    }

    @Override
    public void scale(int n, float factor, float[] x, int xOffset, float[] out, int outOffset) {
        for (int i = 0; i < n; i++) {
            out[outOffset + i] = x[xOffset + i] * factor;
        }
    }

    @Override
    public float dot(int n, float[] a, int aOffset, float[] b, int bOffset) {
        float total = 0;
        for (int i = 0; i < n; i++) {
            total = Math.fma(a[aOffset + i], b[bOffset + i], total);
        }
        return total;
    }

    @Override
    public void adamW(int n, AdamWStep step, float decay, float[][] state, int offset) {
        adamW(offset, offset + n, step, decay, state);
    }

    /** AdamW on elements {@code from} to {@code to - 1} of (parameters, gradients, means, squares). */
    public static void adamW(int from, int to, AdamWStep step, float decay, float[][] state) {
        float[] parameters = state[0];
        float[] gradients = state[1];
        float[] means = state[2];
        float[] squares = state[3];
        float beta1 = step.beta1;
        float beta2 = step.beta2;
        float epsilon = step.epsilon;
        float stepSize = step.stepSize;
        float inverseRoot = step.inverseRootBias2;
        float scale = step.gradientScale;
        for (int i = from; i < to; i++) {
            float gradient = gradients[i] * scale;
            float mean = Math.fma(means[i], beta1, gradient * (1 - beta1));
            float square = Math.fma(squares[i], beta2, gradient * gradient * (1 - beta2));
            means[i] = mean;
            squares[i] = square;
            float root = Math.fma((float) Math.sqrt(square), inverseRoot, epsilon);
            parameters[i] = parameters[i] * decay - stepSize * mean / root;
        }
    }

    @Override
    public void sgd(int n, SgdStep step, float[][] state, int offset) {
        descend(offset, offset + n, step, state);
    }

    /** Memory is what this waits for, so the loop that C2 vectorises serves the vector kernels, too. */
    public static void descend(int from, int to, SgdStep step, float[][] state) {
        if (step.momentum == 0) {
            descend(from, to, step, state[0], state[1]);
        } else {
            descendWithMomentum(from, to, step, state);
        }
    }

    private static void descend(int from, int to, SgdStep step, float[] parameters, float[] gradients) {
        float rate = step.learningRate;
        float decay = step.weightDecay;
        float scale = step.gradientScale;
        for (int i = from; i < to; i++) {
            parameters[i] -= rate * Math.fma(parameters[i], decay, gradients[i] * scale);
        }
    }

    private static void descendWithMomentum(int from, int to, SgdStep step, float[][] state) {
        float[] parameters = state[0];
        float[] gradients = state[1];
        float[] velocities = state[2];
        float rate = step.learningRate;
        float decay = step.weightDecay;
        float scale = step.gradientScale;
        float momentum = step.momentum;
        // What the step takes of the gradient itself and of the velocity.
        float ahead = step.nesterov ? 1 : 0;
        float along = step.nesterov ? momentum : 1;
        for (int i = from; i < to; i++) {
            float gradient = Math.fma(parameters[i], decay, gradients[i] * scale);
            float velocity = Math.fma(velocities[i], momentum, gradient);
            velocities[i] = velocity;
            parameters[i] -= rate * Math.fma(velocity, along, ahead * gradient);
        }
    }

    /** The sum in four interleaved chains, since one chain would wait for each addition. */
    private static float sum(int n, float[] x, int offset) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int i = 0;
        for (; i + 3 < n; i += 4) {
            s0 += x[offset + i];
            s1 += x[offset + i + 1];
            s2 += x[offset + i + 2];
            s3 += x[offset + i + 3];
        }
        for (; i < n; i++) {
            s0 += x[offset + i];
        }
        return (s0 + s1) + (s2 + s3);
    }

    private static float inverseDeviation(int n, float[] x, int offset, float mean, float epsilon) {
        float s0 = 0;
        float s1 = 0;
        int i = 0;
        for (; i + 1 < n; i += 2) {
            float d0 = x[offset + i] - mean;
            float d1 = x[offset + i + 1] - mean;
            s0 = Math.fma(d0, d0, s0);
            s1 = Math.fma(d1, d1, s1);
        }
        for (; i < n; i++) {
            float d = x[offset + i] - mean;
            s0 = Math.fma(d, d, s0);
        }
        return (float) (1 / Math.sqrt((s0 + s1) / n + epsilon));
    }
}
