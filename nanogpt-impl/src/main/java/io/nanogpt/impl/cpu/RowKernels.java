package io.nanogpt.impl.cpu;

/**
 * The loops of the newer architectures along rows: RMSNorm, activations, rotations, the cell of an LSTM. Conventions are
 * those of {@link Kernels}, which hands them out.
 */
public interface RowKernels {
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

    /** {@code y = x / (1 + exp(-x))}. */
    void silu(int n, float[] x, int xOffset, float[] y, int yOffset);

    /** {@code out = dy * silu'(x)}. */
    void siluGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset);

    /** GELU in its tanh form. */
    void geluTanh(int n, float[] x, int xOffset, float[] y, int yOffset);

    /** {@code out = dy * geluTanh'(x)}. */
    void geluTanhGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset);

    /** {@code out = x * cosine + partner * sine}; both factors lie in {@code table}. */
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
     * @param gates as the step left them
     * @param carried the gradient of {@code cell} from the step after; replaced by that of {@code before}
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
}
