package io.nanogpt.impl.cpu;

import static io.nanogpt.impl.cpu.RandomFloats.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.impl.cpu.scalar.ScalarKernels;
import io.nanogpt.impl.cpu.scalar.ScalarMath;
import io.nanogpt.train.AdamW;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The vector kernels give the bits of the scalar ones over many odd sizes. Skipped without the vector module. */
@EnabledIfSystemProperty(named = "nanogpt.test.kernels", matches = "vector")
class VectorKernelsTest {
    private static final Kernels SCALAR = new ScalarKernels();
    private static Kernels vector = SCALAR;

    @BeforeAll
    static void find() {
        vector = KernelsUnderTest.vector();
    }

    static IntStream sizes() {
        return IntStream.of(1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 47, 63, 64, 65, 100, 127, 128, 131, 257, 530);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void productsAreEqualBitForBit(int columns) {
        for (int rows : new int[] {1, 2, 3, 4, 5, 13, 16, 17, 33}) {
            for (int depth : new int[] {1, 3, 8, 70, 130}) {
                float[] a = random(rows * depth, 1);
                float[] b = random(depth * columns, 2);
                float[] init = random(columns, 3);
                float[] expected = new float[rows * columns];
                float[] actual = new float[rows * columns];
                SCALAR.multiply(
                        rows,
                        columns,
                        depth,
                        new Matrix().set(a, 0, depth),
                        new Matrix().set(b, 0, columns),
                        new Matrix().set(init, 0, 0),
                        new Matrix().set(expected, 0, columns));
                vector.multiply(
                        rows,
                        columns,
                        depth,
                        new Matrix().set(a, 0, depth),
                        new Matrix().set(b, 0, columns),
                        new Matrix().set(init, 0, 0),
                        new Matrix().set(actual, 0, columns));
                assertThat(actual).isEqualTo(expected);

                // A transposed, on top of what is there.
                SCALAR.multiply(
                        rows,
                        columns,
                        depth,
                        new Matrix().set(a, 0, 1, rows),
                        new Matrix().set(b, 0, columns),
                        new Matrix().set(expected, 0, columns),
                        new Matrix().set(expected, 0, columns));
                vector.multiply(
                        rows,
                        columns,
                        depth,
                        new Matrix().set(a, 0, 1, rows),
                        new Matrix().set(b, 0, columns),
                        new Matrix().set(actual, 0, columns),
                        new Matrix().set(actual, 0, columns));
                assertThat(actual).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void aPairOfPanelsIsTheirProductsBitForBit(int depth) {
        int width = vector.panelWidth();
        float[] a = random(depth + 3, 1);
        float[] b = random(2 * depth * width + 5, 2);
        for (int initStep : new int[] {0, width}) {
            float[] init = random(width + initStep + 7, 3);
            float[] expected = new float[2 * width + 1];
            float[] actual = new float[2 * width + 1];
            for (int p = 0; p < 2; p++) {
                SCALAR.multiply(
                        1,
                        width,
                        depth,
                        new Matrix().set(a, 3, depth),
                        new Matrix().set(b, 5 + p * depth * width, width),
                        new Matrix().set(init, 7 + p * initStep, 0),
                        new Matrix().set(expected, 1 + p * width, width));
            }
            vector.multiplyPair(depth, a, 3, b, 5, init, 7, initStep, actual, 1);
            assertThat(actual).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void twoProductsAreThoseOfEachBitForBit(int columns) {
        for (int depth : new int[] {1, 3, 8, 70, 130}) {
            float[] a = random(2 * depth + 3, 1);
            float[] b = random(2 * depth * columns + 5, 2);
            float[] expected = new float[2 * columns + 1];
            for (int i = 0; i < 2; i++) {
                SCALAR.multiply(
                        1,
                        columns,
                        depth,
                        new Matrix().set(a, 3 + i * depth, depth),
                        new Matrix().set(b, 5 + i * columns, 2 * columns),
                        new Matrix().set(new float[columns], 0, 0),
                        new Matrix().set(expected, 1 + i * columns, columns));
            }
            for (Kernels kernels : new Kernels[] {SCALAR, vector}) {
                float[] actual = random(2 * columns + 1, 3);
                actual[0] = 0;
                kernels.multiplyTwo(
                        columns, depth, a, 3, 3 + depth, b, 5, 5 + columns, 2 * columns, actual, 1, 1 + columns);
                assertThat(actual).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void rowsOfOneLengthAreSoftmaxOfEachBitForBit(int n) {
        int stride = n + 16;
        float[] expected = random(5 * stride, 1);
        float[] scalar = expected.clone();
        float[] actual = expected.clone();
        for (int row = 0; row < 5; row++) {
            SCALAR.softmax(1, n, n, stride, 0.7f, expected, row * stride);
        }
        SCALAR.softmaxRows(5, n, stride, 0.7f, scalar, 0);
        vector.softmaxRows(5, n, stride, 0.7f, actual, 0);
        for (int from = 0; from < expected.length; from += stride) {
            assertThat(Arrays.copyOfRange(scalar, from, from + n))
                    .containsExactly(Arrays.copyOfRange(expected, from, from + n));
            assertThat(Arrays.copyOfRange(actual, from, from + n))
                    .containsExactly(Arrays.copyOfRange(expected, from, from + n));
        }
    }

    @Test
    void softmaxOfExtremesIsThatOfTheScalarKernels() {
        float[] values = {Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, -0f, 0f, Float.MIN_VALUE};
        for (float greatest : values) {
            for (float other : new float[] {Float.NEGATIVE_INFINITY, -3e38f, -0f, 0f, 1}) {
                compare(40, (kernels, out) -> {
                    Arrays.fill(out, other);
                    out[17] = greatest;
                    kernels.softmaxRows(1, 40, 40, 0.7f, out, 0);
                });
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void rowsAreEqual(int n) {
        float[] x = random(3 * n, 1);
        float[] y = random(3 * n, 2);
        float[] w = random(n, 3);
        compare(3 * n, (kernels, out) -> kernels.add(3 * n, x, 0, y, 0, out, 0));
        compare(3 * n, (kernels, out) -> kernels.product(3 * n, x, 0, y, 0, out, 0));
        compare(3 * n, (kernels, out) -> kernels.scale(3 * n, 0.3f, x, 0, out, 0));
        int panel = vector.panelWidth();
        compare(3 * (n + 64), (kernels, out) -> kernels.pack(3, n, x, 0, n, out, 0, 64));
        compare(3 * (n + panel), (kernels, out) -> kernels.pack(3, n, x, 0, n, out, 0, panel));
        compare(3 * (n + 64), (kernels, out) -> kernels.pack(3, n, x, 0, n, out, 0, 16));
        compare(3 * n, (kernels, out) -> kernels.gelu(3 * n, x, 0, out, 0));
        compare(3 * n, (kernels, out) -> {
            System.arraycopy(x, 0, out, 0, 3 * n);
            kernels.geluWithDerivative(3 * n, out, 0, new float[3 * n], 0);
        });
        compare(3 * n, (kernels, out) -> kernels.relu(3 * n, x, 0, out, 0));
        compare(3 * n, (kernels, out) -> kernels.reluGradient(3 * n, y, 0, x, 0, out, 0));
        compare(3 * n, (kernels, out) -> kernels.layerNorm(3, n, 1e-1f, x, 0, w, 0, w, 0, out, 0));
        compare(
                3 * n,
                (kernels, out) -> kernels.layerNormInputGradient(3, n, 1e-1f, y, 0, x, 0, w, 0, x, 0, n, out, 0));
        compare(n, (kernels, out) -> kernels.layerNormWeightGradient(3, n, 1e-1f, y, 0, x, 0, out, 0));
        compare(n, (kernels, out) -> kernels.sumRows(3, n, x, 0, out, 0));
        compare(n, (kernels, out) -> {
            System.arraycopy(x, 0, out, 0, n);
            kernels.softmax(1, n, n, n, 0.7f, out, 0);
        });
        for (int length : new int[] {n + 2, n + 21, (n + 17) / 16 * 16}) {
            compare(3 * length, (kernels, out) -> {
                System.arraycopy(random(3 * length, 1), 0, out, 0, 3 * length);
                kernels.softmax(3, n, length, length, 0.7f, out, 0);
            });
        }
        // More rows than the scalar kernels compute together.
        compare(29 * (n + 30), (kernels, out) -> {
            System.arraycopy(random(29 * (n + 30), 1), 0, out, 0, out.length);
            kernels.softmax(29, n, n + 30, n + 30, 0.7f, out, 0);
        });
        compare(1, (kernels, out) -> out[0] = kernels.logSumExp(n, x, 0));
        compare(n, (kernels, out) -> {
            System.arraycopy(y, 0, out, 0, n);
            kernels.softmaxGradient(n, 0.1f, 0.7f, x, 0, out, 0);
        });
        compare(1, (kernels, out) -> out[0] = kernels.dot(n, x, 0, y, 0));
        compare(n, (kernels, out) -> {
            AdamWStep step = new AdamWStep();
            step.set(AdamW.defaults(), 3, 1e-2, 0.5);
            kernels.adamW(n, step, 0.99f, new float[][] {out, random(n, 4), random(n, 5), squares(n)}, 0, 0);
        });
    }

    /** A row of attention has the same bits when decoding, without masked keys after it, and in a batch. */
    @ParameterizedTest
    @MethodSource("sizes")
    void softmaxDoesNotDependOnTheElementsAfterTheRow(int n) {
        float[] alone = random(n, 1);
        float[] expected = alone.clone();
        vector.softmax(1, n, n, n, 0.7f, expected, 0);
        for (int length : new int[] {n + 1, n + 7, (n + 15) / 16 * 16, (n + 63) / 64 * 64}) {
            float[] actual = Arrays.copyOf(alone, length);
            Arrays.fill(actual, n, length, Float.NaN);
            vector.softmax(1, n, length, length, 0.7f, actual, 0);
            assertThat(actual).containsExactly(Arrays.copyOf(expected, length));
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void normsActivationsAndLstmCellsAreEqual(int n) {
        float[] x = random(3 * n, 1);
        float[] y = random(3 * n, 2);
        float[] w = random(2 * n, 3);
        compare(3 * n, (kernels, out) -> kernels.rmsNorm(3, n, 1e-1f, x, 0, w, 0, out, 0));
        compare(3 * n, (kernels, out) -> kernels.rmsNormInputGradient(3, n, 1e-1f, y, 0, x, 0, w, 0, x, 0, n, out, 0));
        compare(n, (kernels, out) -> kernels.rmsNormWeightGradient(3, n, 1e-1f, y, 0, x, 0, out, 0));
        compare(3 * n, (kernels, out) -> kernels.reluSquared(3 * n, x, 0, out, 0));
        compare(3 * n, (kernels, out) -> kernels.reluSquaredGradient(3 * n, y, 0, x, 0, out, 0));
        compare(3 * n, (kernels, out) -> kernels.softCap(3 * n, 1.5f, x, 0, out, 0));
        compare(3 * n, (kernels, out) -> kernels.softCapGradient(3 * n, 9, y, 0, x, 0, out, 0));
        compare(n, (kernels, out) -> kernels.multiplyAdd(n, x, 0, y, n, w, 0, out, 0));
        compare(3 * n, (kernels, out) -> kernels.silu(3 * n, x, 0, out, 0));
        compare(3 * n, (kernels, out) -> kernels.siluGradient(3 * n, y, 0, x, 0, out, 0));
        compare(3 * n, (kernels, out) -> kernels.geluTanh(3 * n, x, 0, out, 0));
        compare(3 * n, (kernels, out) -> kernels.geluTanhGradient(3 * n, y, 0, x, 0, out, 0));
        compare(n, (kernels, out) -> kernels.rotate(n, x, 0, y, n, w, 0, n, out, 0));
        compare(2 * n, (kernels, out) -> kernels.swapPairs(2 * n, x, 0, out, 0));
        compare(6 * n, (kernels, out) -> {
            System.arraycopy(random(4 * n, 7), 0, out, 0, 4 * n);
            kernels.lstmCell(n, out, 0, x, 0, out, 4 * n, out, 5 * n);
        });
        compare(5 * n, (kernels, out) -> {
            System.arraycopy(y, 0, out, 0, n);
            float[] gates = random(4 * n, 7);
            kernels.lstmCellGradient(n, x, 0, gates, 0, y, n, x, n, out, 0, out, n);
        });
    }

    /** Zeros, the smallest and greatest numbers, and what is none. */
    @Test
    void activationsOfSpecialNumbersAreEqual() {
        float least = Float.MIN_VALUE;
        float[] x = {
            0,
            -0f,
            least,
            -least,
            1e-20f,
            -1e-20f,
            1,
            -1,
            13,
            -13,
            200,
            -200,
            Float.MAX_VALUE,
            -Float.MAX_VALUE,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.NaN
        };
        int n = x.length;
        float[] ones = new float[n];
        Arrays.fill(ones, 1);
        compare(2 * n, (kernels, out) -> {
            System.arraycopy(x, 0, out, n, n);
            kernels.geluWithDerivative(n, out, n, out, 0);
        });
        compare(n, (kernels, out) -> kernels.gelu(n, x, 0, out, 0));
        compare(n, (kernels, out) -> kernels.geluTanh(n, x, 0, out, 0));
        compare(n, (kernels, out) -> kernels.geluTanhGradient(n, ones, 0, x, 0, out, 0));
        compare(n, (kernels, out) -> kernels.silu(n, x, 0, out, 0));
        compare(n, (kernels, out) -> kernels.siluGradient(n, ones, 0, x, 0, out, 0));
        compare(n, (kernels, out) -> kernels.softCap(n, 15, x, 0, out, 0));
    }

    @Test
    void exponentialIsRightOverItsRange() {
        for (float x = -86; x < 88; x += 0.0137f) {
            assertThat(ScalarMath.exp(x)).isCloseTo((float) Math.exp(x), within((float) (3e-7 * Math.exp(x))));
        }
    }

    private interface Loop {
        void run(Kernels kernels, float[] out);
    }

    private static void compare(int n, Loop loop) {
        float[] expected = new float[n];
        float[] actual = new float[n];
        loop.run(SCALAR, expected);
        loop.run(vector, actual);
        assertThat(actual).isEqualTo(expected);
    }

    private static float[] squares(int n) {
        float[] values = random(n, 6);
        for (int i = 0; i < n; i++) {
            values[i] *= values[i];
        }
        return values;
    }
}
