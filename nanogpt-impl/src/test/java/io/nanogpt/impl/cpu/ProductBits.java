package io.nanogpt.impl.cpu;

import static io.nanogpt.impl.cpu.RandomFloats.random;

import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.model.WeightPrecision;
import java.util.Arrays;
import java.util.List;

/** Prints the kernels of this JVM and a hash of the bits of products and packed matrices of many sizes. */
final class ProductBits {
    private static final int MOST = 210;

    private ProductBits() {}

    public static void main(String[] arguments) {
        Kernels kernels = KernelsProvider.kernels();
        System.out.println(kernels.name());
        System.out.println(hash(kernels));
    }

    static int hash(Kernels kernels) {
        float[] a = random(40 * MOST, 1);
        float[] b = random(MOST * MOST, 2);
        float[] init = random(MOST, 3);
        int hash = 1;
        for (int columns = 1; columns <= MOST; columns += 1 + columns / 70) {
            for (int rows : new int[] {1, 2, 5, 7, 13, 16, 21, 34}) {
                for (int depth : new int[] {1, 5, 67, 131}) {
                    hash = 31 * hash + Arrays.hashCode(product(kernels, rows, columns, depth, a, b, init));
                }
            }
            hash = 31 * hash + Arrays.hashCode(rounded(kernels, columns, a, b, init));
            float[] packed = new float[5 * (columns + 16)];
            kernels.pack(5, columns, b, 0, MOST, packed, 0, 16);
            hash = 31 * hash + Arrays.hashCode(packed);
        }
        return hash;
    }

    /** With both layouts of the left operand, the second time on top of the first. */
    private static float[] product(
            Kernels kernels, int rows, int columns, int depth, float[] a, float[] b, float[] init) {
        float[] c = new float[rows * columns];
        Matrix matrix = new Matrix().set(b, 0, columns);
        Matrix sums = new Matrix().set(c, 0, columns);
        kernels.multiply(
                rows, columns, depth, new Matrix().set(a, 0, depth), matrix, new Matrix().set(init, 0, 0), sums);
        kernels.multiply(rows, columns, depth, new Matrix().set(a, 1, 1, rows), matrix, sums, sums);
        return c;
    }

    /** With rounded weights, of one row and of several. */
    private static float[] rounded(Kernels kernels, int columns, float[] a, float[] b, float[] init) {
        int depth = 67;
        ParameterSpec spec = new ParameterSpec("b", Shape.of(columns, depth), new Initializer.Constant(0));
        float[] c = new float[4 * 6 * columns];
        int out = 0;
        for (WeightPrecision precision : List.of(WeightPrecision.BF16, WeightPrecision.INT8)) {
            RoundedWeight weight = new RoundedWeight(spec, precision, kernels.roundedPanelWidth());
            weight.write(Arrays.copyOf(b, columns * depth));
            Worker worker = new Worker(kernels, 0, 0);
            for (int rows = 1; rows <= 6; rows += 5) {
                worker.a.set(a, 0, depth);
                worker.init.set(init, 0, 0);
                worker.c.set(c, out, columns);
                weight.multiply(worker, rows, depth, 0, columns);
                out += 6 * columns;
            }
        }
        return c;
    }
}
