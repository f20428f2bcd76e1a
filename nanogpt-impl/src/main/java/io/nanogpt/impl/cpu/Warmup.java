package io.nanogpt.impl.cpu;

import io.nanogpt.model.WeightPrecision;
import io.nanogpt.train.AdamW;
import java.util.Arrays;
import java.util.List;

/**
 * Calls every kernel in turn at tiny sizes before the first step. On JDK 17 the shared helpers of the Vector API record
 * class-check traps while kernels are cold; with these, C2 fails to inline a helper into a hot kernel and boxes its
 * vectors for the rest of the run. The rounds profile the helpers with every kind of use first, which makes that rare:
 * products, which call the helpers thousands of times for one operation, come after rounds of everything else. With
 * products from the first round, one of ten JVMs boxed the exponentials at 256 bits.
 */
final class Warmup {
    private static final int ROUNDS = 1_800;
    /** The first rounds, which have no products. */
    private static final int WITHOUT_PRODUCTS = 600;
    /** More than one panel of any vector width, and odd, so that every tile and every remainder runs. */
    private static final int SIZE = 117;

    private static final List<WeightPrecision> ROUNDED = List.of(WeightPrecision.BF16, WeightPrecision.INT8);

    private Warmup() {}

    static void run(Kernels kernels) {
        float[] a = new float[9 * SIZE];
        float[] b = new float[9 * SIZE];
        float[] c = new float[9 * SIZE];
        int[] words = new int[kernels.roundedPanelWidth()];
        AdamWStep step = new AdamWStep();
        step.set(AdamW.defaults(), 1, 1e-3, 1);
        Arrays.fill(a, 0.5f);
        Arrays.fill(b, 0.25f);
        for (int round = 0; round < ROUNDS; round++) {
            if (round >= WITHOUT_PRODUCTS) {
                products(kernels, a, b, c, words);
            }
            elementwise(kernels, step, a, b, c);
            norms(kernels, a, b, c);
            activations(kernels, a, b, c);
            lstm(kernels, a, b, c);
        }
    }

    private static void products(Kernels kernels, float[] a, float[] b, float[] c, int[] words) {
        Matrix ma = new Matrix();
        Matrix mb = new Matrix();
        Matrix init = new Matrix();
        Matrix mc = new Matrix();
        int panel = kernels.panelWidth();
        kernels.multiply(6, SIZE, 8, ma.set(a, 0, 8), mb.set(b, 0, SIZE), init.set(c, 0, 0), mc.set(c, 0, SIZE));
        kernels.multiply(5, 48, 3, ma.set(a, 0, 1, 8), mb.set(b, 0, 48), init.set(c, 0, SIZE), mc.set(c, 0, SIZE));
        kernels.multiply(17, 64, 66, ma.set(a, 0, 1, 8), mb.set(b, 0, 4), init.set(c, 0, 0), mc.set(c, 0, 32));
        // A panel and one vector or two, at every width.
        for (int rest = 8; rest <= 32; rest *= 2) {
            Matrix columns = mb.set(b, 0, panel + rest);
            kernels.multiply(13, panel + rest, 3, ma.set(a, 0, 1, 16), columns, init.set(c, 0, 0), mc.set(c, 0, 16));
        }
        kernels.multiply(8, panel, 3, ma.set(a, 0, 8), mb.set(b, 0, panel), init.set(c, 0, 0), mc.set(c, 0, 16));
        kernels.multiply(8, panel, 3, ma.set(a, 0, 1, 16), mb.set(b, 0, panel), init.set(c, 0, 0), mc.set(c, 0, 16));
        kernels.multiplyPair(2, a, 0, b, 0, c, 0, 0, c, 0);
        for (WeightPrecision precision : ROUNDED) {
            kernels.multiplyRounded(precision, 2, a, 0, words, 0, c, 0, c, 0);
            kernels.expand(precision, 2, words, 0, c);
        }
        kernels.multiplyTwo(SIZE, 3, a, 0, 8, b, 0, 16, SIZE, c, 0, SIZE);
        kernels.multiplyTwo(48, 3, a, 0, 8, b, 0, 16, 64, c, 0, SIZE);
    }

    private static void elementwise(Kernels kernels, AdamWStep step, float[] a, float[] b, float[] c) {
        float[][] state = {new float[SIZE], new float[SIZE], new float[SIZE], new float[SIZE]};
        kernels.pack(3, 50, a, 0, 64, c, 0, 16);
        kernels.pack(3, SIZE, a, 0, SIZE, c, 0, kernels.panelWidth());
        kernels.add(SIZE, a, 0, b, 0, c, 0);
        kernels.product(SIZE, a, 0, b, 0, c, 0);
        kernels.multiplyAdd(SIZE, a, 0, b, 0, b, 0, c, 0);
        kernels.scale(SIZE, 0.5f, a, 0, c, 0);
        kernels.sumRows(2, SIZE, a, 0, c, 0);
        kernels.softmax(1, SIZE, SIZE, SIZE, 1, c, 0);
        kernels.softmax(3, 50, 64, 64, 1, c, 0);
        kernels.softmaxRows(3, 50, 64, 1, c, 0);
        c[0] = kernels.logSumExp(SIZE, a, 0);
        kernels.softmaxGradient(SIZE, 0.1f, 1, a, 0, c, 0);
        c[0] = kernels.dot(SIZE, a, 0, b, 0);
        kernels.adamW(SIZE, step, 1, state, 0, 0);
        kernels.rotate(SIZE, a, 0, a, SIZE, b, 0, SIZE, c, 0);
        kernels.swapPairs(SIZE - 1, a, 0, c, 0);
    }

    private static void norms(Kernels kernels, float[] a, float[] b, float[] c) {
        kernels.layerNorm(2, SIZE, 1e-5f, a, 0, b, 0, b, 0, c, 0);
        kernels.layerNormInputGradient(2, SIZE, 1e-5f, a, 0, b, 0, b, 0, a, 0, 0, c, 0);
        kernels.layerNormWeightGradient(2, SIZE, 1e-5f, a, 0, b, 0, c, 0);
        kernels.rmsNorm(2, SIZE, 1e-5f, a, 0, b, 0, c, 0);
        kernels.rmsNormInputGradient(2, SIZE, 1e-5f, a, 0, b, 0, b, 0, a, 0, 0, c, 0);
        kernels.rmsNormWeightGradient(2, SIZE, 1e-5f, a, 0, b, 0, c, 0);
    }

    private static void activations(Kernels kernels, float[] a, float[] b, float[] c) {
        kernels.gelu(SIZE, a, 0, c, 0);
        System.arraycopy(a, 0, c, SIZE, SIZE);
        kernels.geluWithDerivative(SIZE, c, SIZE, c, 0);
        kernels.geluTanh(SIZE, a, 0, c, 0);
        kernels.geluTanhGradient(SIZE, a, 0, b, 0, c, 0);
        kernels.relu(SIZE, a, 0, c, 0);
        kernels.reluGradient(SIZE, a, 0, b, 0, c, 0);
        kernels.reluSquared(SIZE, a, 0, c, 0);
        kernels.reluSquaredGradient(SIZE, a, 0, b, 0, c, 0);
        kernels.softCap(SIZE, 15, a, 0, c, 0);
        kernels.softCapGradient(SIZE, 15, a, 0, b, 0, c, 0);
        kernels.silu(SIZE, a, 0, c, 0);
        kernels.siluGradient(SIZE, a, 0, b, 0, c, 0);
    }

    private static void lstm(Kernels kernels, float[] a, float[] b, float[] c) {
        System.arraycopy(a, 0, c, 0, 4 * SIZE);
        kernels.lstmCell(SIZE, c, 0, b, 0, c, 5 * SIZE, c, 6 * SIZE);
        kernels.lstmCellGradient(SIZE, a, 0, c, 0, b, 0, b, 0, c, 8 * SIZE, c, 4 * SIZE);
    }
}
