package io.nanogpt.impl.cpu;

import io.nanogpt.model.WeightPrecision;

/**
 * The inner loops of the backend, on parts of {@code float[]} arrays. Each array parameter is followed by the offset of
 * its first element; rows are contiguous unless a stride is given. An instance belongs to one thread, because it may
 * hold scratch memory. No method allocates.
 *
 * <p>Sums have a fixed order: each element of {@link #multiply} is one chain of fused multiply-adds in the order of
 * {@code depth}, whatever tile it falls into, so that decoding a single row gives the same bits as that row in a batch.
 */
public interface Kernels {
    /** For display, for example {@code vector (512 bits)}. */
    String name();

    /** The most rows that {@link #gradientRows} may have. */
    int MOST_GRADIENT_ROWS = 256;

    /** Columns of a packed panel of weights. */
    int panelWidth();

    /**
     * Rows of the batch that the gradient of a weight sums at a time. Fewer leave more room in the first-level cache, but load
     * and store the sums more often.
     */
    int gradientRows();

    /** Kernels of the same kind for another thread. */
    Kernels fork();

    /**
     * {@code c = init + a b}.
     *
     * @param a (rows, depth)
     * @param b (depth, columns), the elements of a row contiguous
     * @param init (rows, columns), the elements of a row contiguous; a row stride of 0 repeats one row; may be the same
     *     memory as {@code c}
     * @param c (rows, columns), the elements of a row contiguous
     */
    void multiply(int rows, int columns, int depth, Matrix a, Matrix b, Matrix init, Matrix c);

    /**
     * {@link #multiply} of one row by two consecutive full panels, {@code (2, depth, panelWidth)}. The product of a
     * single row is bound by the latency of memory, and the reads of two panels overlap.
     *
     * @param initStep distance from the initial sums of the first panel to those of the second
     */
    void multiplyPair(
            int depth,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            float[] init,
            int initOffset,
            int initStep,
            float[] c,
            int cOffset);

    /** Columns of a panel of a {@link RoundedWeight}: eight vectors. */
    int roundedPanelWidth();

    /** Columns of the panels that {@link #expand} writes, which divide {@link #roundedPanelWidth}. */
    int expandedWidth();

    /**
     * The floats of {@code depth} rows of a panel of rounded weights, as consecutive panels of {@link #expandedWidth}
     * columns; of 8-bit integers without their factors.
     */
    void expand(WeightPrecision precision, int depth, int[] from, int fromOffset, float[] to);

    /** {@link #multiply} of one row by a panel of rounded weights; of 8-bit integers without their factors. */
    void multiplyRounded(
            WeightPrecision precision,
            int depth,
            float[] a,
            int aOffset,
            int[] b,
            int bOffset,
            float[] init,
            int initOffset,
            float[] c,
            int cOffset);

    /**
     * {@link #multiply} of two single rows {@code a} of the same depth, each by columns {@code b} of its own, on sums of
     * zero. The product of a single row is bound by the latency of its sums, and those of two overlap.
     *
     * @param bStep distance between the rows of both {@code b}
     */
    void multiplyTwo(
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
            int otherC);

    /**
     * Copies a block of rows, {@code fromRow} floats apart, into consecutive panels of {@code width} columns,
     * {@code (columns / width, rows, width)}.
     *
     * @param width a multiple of 16, or {@link #panelWidth}
     */
    void pack(int rows, int columns, float[] from, int fromOffset, int fromRow, float[] to, int toOffset, int width);

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

    /** RMSNorm of rows of {@code n}. */
    void rmsNorm(
            int rows,
            int n,
            float epsilon,
            float[] x,
            int xOffset,
            float[] weight,
            int weightOffset,
            float[] y,
            int yOffset);

    /** {@code out = addend + d rmsNorm / d x}; a row stride of 0 for the addend repeats one row. */
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
            int outOffset);

    /** {@code out[j] = sum over rows of dy * normalised x}. */
    void rmsNormWeightGradient(
            int rows,
            int n,
            float epsilon,
            float[] dy,
            int dyOffset,
            float[] x,
            int xOffset,
            float[] out,
            int outOffset);

    /** {@code out = a + b}. */
    void add(int n, float[] a, int aOffset, float[] b, int bOffset, float[] out, int outOffset);

    /** {@code out = a * b}. */
    void product(int n, float[] a, int aOffset, float[] b, int bOffset, float[] out, int outOffset);

    /** {@code out = a * b + addend}, rounded once. */
    void multiplyAdd(
            int n,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            float[] addend,
            int addendOffset,
            float[] out,
            int outOffset);

    /** {@code out = x * factor}. */
    void scale(int n, float factor, float[] x, int xOffset, float[] out, int outOffset);

    /** The dot product of two rows. */
    float dot(int n, float[] a, int aOffset, float[] b, int bOffset);

    /** {@code out[j] = sum over rows of x[i][j]}. */
    void sumRows(int rows, int n, float[] x, int xOffset, float[] out, int outOffset);

    /** {@code out = x * cosine + partner * sine}; both factors are read from {@code table}. */
    void rotate(
            int n,
            float[] x,
            int xOffset,
            float[] partner,
            int partnerOffset,
            float[] table,
            int cosines,
            int sines,
            float[] out,
            int outOffset);

    /** {@code out[i] = x[i ^ 1]}; {@code n} is even. */
    void swapPairs(int n, float[] x, int xOffset, float[] out, int outOffset);

    /** {@code y = gelu(x)}. */
    void gelu(int n, float[] x, int xOffset, float[] y, int yOffset);

    /** {@code y = gelu(x)} and then {@code x = gelu'(x)} in place. */
    void geluWithDerivative(int n, float[] x, int xOffset, float[] y, int yOffset);

    /** GELU in its tanh form. */
    void geluTanh(int n, float[] x, int xOffset, float[] y, int yOffset);

    /** {@code out = dy * geluTanh'(x)}. */
    void geluTanhGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset);

    /** {@code y = max(x, 0)}. */
    void relu(int n, float[] x, int xOffset, float[] y, int yOffset);

    /** {@code out = x > 0 ? dy : 0}. */
    void reluGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset);

    /** {@code y = max(x, 0)^2}. */
    void reluSquared(int n, float[] x, int xOffset, float[] y, int yOffset);

    /** {@code out = 2 * max(x, 0) * dy}. */
    void reluSquaredGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset);

    /** {@code y = cap * tanh(x / cap)}. */
    void softCap(int n, float cap, float[] x, int xOffset, float[] y, int yOffset);

    /** {@code out = dy * (1 - (y / cap)^2)}. */
    void softCapGradient(
            int n, float cap, float[] dy, int dyOffset, float[] y, int yOffset, float[] out, int outOffset);

    /** {@code y = x / (1 + exp(-x))}. */
    void silu(int n, float[] x, int xOffset, float[] y, int yOffset);

    /** {@code out = dy * silu'(x)}. */
    void siluGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset);

    /**
     * Softmax of rows scaled by {@code scale}, in place and causal: row {@code i} has {@code n + i} elements, and the
     * elements after them up to {@code length} become zero.
     */
    void softmax(int rows, int n, int length, int stride, float scale, float[] x, int xOffset);

    /**
     * {@link #softmax} of rows of {@code n} elements each. What follows a row, up to 16 elements after its beginning, may
     * be overwritten.
     */
    void softmaxRows(int rows, int n, int stride, float scale, float[] x, int xOffset);

    /** The gradient of softmax, in place: {@code dp = p * (dp - delta) * scale}. */
    void softmaxGradient(int n, float delta, float scale, float[] p, int pOffset, float[] dp, int dpOffset);

    /** The natural logarithm of the sum of exponentials. */
    float logSumExp(int n, float[] x, int xOffset);

    /**
     * One step of an LSTM. The gates {@code (4, n)} (input, forget, cell, output) are activated in place;
     * {@code cell = forget * before + input * cell gate}, {@code hidden = output * tanh(cell)}.
     */
    void lstmCell(
            int n,
            float[] gates,
            int gatesOffset,
            float[] before,
            int beforeOffset,
            float[] cell,
            int cellOffset,
            float[] hidden,
            int hiddenOffset);

    /**
     * The gradient of {@link #lstmCell} for the gates before their activation.
     *
     * @param dh the gradient of {@code hidden}
     * @param gates as activated by {@link #lstmCell}
     * @param carried the gradient of {@code cell} through the next step; replaced by the gradient of {@code before}
     * @param out {@code (4, n)}
     */
    void lstmCellGradient(
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
            int outOffset);

    /**
     * AdamW on {@code n} elements, at {@code offset} of parameters and gradients and at {@code moment} of the two
     * moments.
     */
    void adamW(int n, AdamWStep step, float weightDecay, float[][] state, int offset, int moment);

    /**
     * Gradient descent on {@code n} elements, at {@code offset} of parameters and gradients and at {@code moment} of the
     * velocities; without momentum there need be no velocities.
     */
    void sgd(int n, SgdStep step, float[][] state, int offset, int moment);
}
