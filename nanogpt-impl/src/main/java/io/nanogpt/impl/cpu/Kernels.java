package io.nanogpt.impl.cpu;

import io.nanogpt.train.AdamW;
import io.nanogpt.train.Sgd;

/**
 * The loops in which the time of a step is spent, on parts of {@code float[]}. An array is followed by the offset of
 * its first element; rows lie one after another unless a stride is given. An instance belongs to one thread, since it
 * may hold scratch space. No method allocates.
 *
 * <p>Sums have a fixed order: each element of {@link #multiply} is one chain of fused multiply-adds in the order of
 * {@code depth}, whatever the tile it falls into, so that decoding one row equals the same row of a batch.
 */
public interface Kernels {
    /** For people, for example {@code vector (512 bits)}. */
    String name();

    /** Columns of a packed panel of weights. */
    int panelWidth();

    /** Kernels for another thread. */
    Kernels fork();

    /** The loops along rows that the newer architectures need; they belong to the same thread. */
    RowKernels rows();

    /**
     * {@code c = init + a b}. More than five parameters, because a matrix is an array, an offset and strides, and
     * objects for them would be allocated in the hottest loop.
     *
     * @param a (rows, depth): element (i, k) at {@code aOffset + i * aRow + k * aStep}
     * @param b (depth, columns): row k begins at {@code bOffset + k * bStep}
     * @param init (rows, columns): row i begins at {@code initOffset + i * initRow}; a row stride of 0 repeats one row;
     *     may be {@code c} itself
     * @param c (rows, columns): row i begins at {@code cOffset + i * cRow}
     */
    void multiply(
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
            int cRow);

    /**
     * {@link #multiply} of one row by two full panels that lie one after another, {@code (2, depth, panelWidth)}. A single
     * row waits for memory alone, and two panels can be waited for at once.
     *
     * @param initStep from the sums that the first panel starts with to those of the second
     */
    default void multiplyPair(
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
        int width = panelWidth();
        for (int p = 0; p < 2; p++) {
            multiply(
                    1,
                    width,
                    depth,
                    a,
                    aOffset,
                    depth,
                    1,
                    b,
                    bOffset + p * depth * width,
                    width,
                    init,
                    initOffset + p * initStep,
                    0,
                    c,
                    cOffset + p * width,
                    width);
        }
    }

    /**
     * Copies a block of rows, which begin {@code fromRow} floats apart, into panels of {@code width} columns one after
     * another, {@code (columns / width, rows, width)}.
     *
     * @param width a multiple of 16
     */
    void pack(int rows, int columns, float[] from, int fromOffset, int fromRow, float[] to, int toOffset, int width);

    /** {@code out = a + b}. */
    void add(int n, float[] a, int aOffset, float[] b, int bOffset, float[] out, int outOffset);

    /** {@code out = a * b}. */
    void product(int n, float[] a, int aOffset, float[] b, int bOffset, float[] out, int outOffset);

    /** {@code y = gelu(x)}. */
    void gelu(int n, float[] x, int xOffset, float[] y, int yOffset);

    /** {@code y = gelu(x)} and then {@code x = gelu'(x)} in place. */
    void geluWithDerivative(int n, float[] x, int xOffset, float[] y, int yOffset);

    /** {@code y = max(x, 0)}. */
    void relu(int n, float[] x, int xOffset, float[] y, int yOffset);

    /** {@code out = x > 0 ? dy : 0}. */
    void reluGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset);

    /** Layer normalisation of rows of {@code n}. */
    void layerNorm(
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
            int yOffset);

    /** {@code out = addend + d layerNorm / d x}; a row stride of 0 for the addend repeats one row. */
    void layerNormInputGradient(
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
            int outOffset);

    /** {@code out[j] = sum over rows of dy * normalised x}. */
    void layerNormWeightGradient(
            int rows,
            int n,
            float epsilon,
            float[] dy,
            int dyOffset,
            float[] x,
            int xOffset,
            float[] out,
            int outOffset);

    /** {@code out[j] = sum over rows of x[i][j]}. */
    void sumRows(int rows, int n, float[] x, int xOffset, float[] out, int outOffset);

    /**
     * In place, softmax of rows scaled by {@code scale}. Each row looks one element further than the one before: row
     * {@code i} has {@code n + i} elements, and what follows them up to {@code length} becomes zero.
     */
    void softmax(int rows, int n, int length, int stride, float scale, float[] x, int xOffset);

    /** The natural logarithm of the sum of exponentials. */
    float logSumExp(int n, float[] x, int xOffset);

    /** In place on {@code dp}: {@code dp = p * (dp - delta) * scale}, the gradient of softmax. */
    void softmaxGradient(int n, float delta, float scale, float[] p, int pOffset, float[] dp, int dpOffset);

    /** {@code out = x * factor}. */
    void scale(int n, float factor, float[] x, int xOffset, float[] out, int outOffset);

    /** The dot product of two rows. */
    float dot(int n, float[] a, int aOffset, float[] b, int bOffset);

    /** AdamW on {@code n} elements at {@code offset} of four flat arrays. */
    void adamW(int n, AdamWStep step, float weightDecay, float[][] state, int offset);

    /** Gradient descent on {@code n} elements at {@code offset} of flat arrays; without momentum the third is not read. */
    void sgd(int n, SgdStep step, float[][] state, int offset);

    /** The numbers of one step of gradient descent. */
    final class SgdStep {
        public float learningRate;
        public float momentum;
        public float weightDecay;
        public float gradientScale;
        public boolean nesterov;

        void set(Sgd optimizer, double rate, double scale) {
            learningRate = (float) rate;
            momentum = (float) optimizer.momentum();
            weightDecay = (float) optimizer.weightDecay();
            gradientScale = (float) scale;
            nesterov = optimizer.nesterov();
        }
    }

    /** The numbers of one AdamW step that are the same for all elements. */
    final class AdamWStep {
        public float beta1;
        public float beta2;
        public float epsilon;
        /** {@code learningRate / (1 - beta1^t)}. */
        public float stepSize;
        /** {@code 1 / sqrt(1 - beta2^t)}. */
        public float inverseRootBias2;

        public float gradientScale;

        void set(AdamW optimizer, long step, double learningRate, double scale) {
            beta1 = (float) optimizer.beta1();
            beta2 = (float) optimizer.beta2();
            epsilon = (float) optimizer.epsilon();
            stepSize = (float) (learningRate / (1 - power(optimizer.beta1(), step)));
            inverseRootBias2 = (float) (1 / StrictMath.sqrt(1 - power(optimizer.beta2(), step)));
            gradientScale = (float) scale;
        }

        /** By squaring: {@link StrictMath#pow} allocates. */
        private static double power(double base, long exponent) {
            double result = 1;
            double square = base;
            for (long rest = exponent; rest > 0; rest >>= 1) {
                if ((rest & 1) == 1) {
                    result *= square;
                }
                square *= square;
            }
            return result;
        }

        /** Decay of the mean of gradients. */
        public float beta1() {
            return beta1;
        }

        /** Decay of the mean of squares. */
        public float beta2() {
            return beta2;
        }

        /** Added to the root. */
        public float epsilon() {
            return epsilon;
        }

        /** {@code learningRate / (1 - beta1^t)}. */
        public float stepSize() {
            return stepSize;
        }

        /** {@code 1 / sqrt(1 - beta2^t)}. */
        public float inverseRootBias2() {
            return inverseRootBias2;
        }

        /** Multiplies every gradient. */
        public float gradientScale() {
            return gradientScale;
        }
    }
}
