package io.nanogpt.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.spi.MatrixProducts.Calculator;
import io.nanogpt.spi.MatrixProducts.Weight;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Products against sums in 64 bits of the rounded operands. Without units for bfloat16 oneDNN computes the same more slowly, so
 * that this runs on any x86-64.
 */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class OneDnnProductsTest {
    @ParameterizedTest
    @CsvSource({
        "1, 1, 1",
        "3, 90, 128",
        "128, 128, 90",
        "128, 128, 512",
        "100, 512, 128",
        "128, 65, 1030",
        "7, 3000, 700"
    })
    void productsAreThoseOfTheRoundedOperands(int rows, int depth, int width) {
        float[] x = random(rows * depth, 1);
        float[] w = random(depth * width, 2);
        float[] expected = new float[rows * width];
        for (int type : new int[] {OneDnn.BF16, OneDnn.F32}) {
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < width; j++) {
                    double sum = 0;
                    for (int k = 0; k < depth; k++) {
                        sum += (double) rounded(x[i * depth + k], type) * rounded(w[k * width + j], type);
                    }
                    expected[i * width + j] = (float) sum;
                }
            }
            try (OneDnnProducts products = new OneDnnProducts(type)) {
                for (boolean transposed : new boolean[] {false, true}) {
                    float[] out = new float[rows * width + 2];
                    float[] values = transposed ? transposed(w, depth, width) : w;
                    try (Calculator calculator = products.calculator()) {
                        Weight weight = packed(products, calculator, depth, width, values, transposed);
                        int half = weight.parts() / 2;
                        calculator.multiply(rows, x, 0, weight, 0, half, out, 1);
                        calculator.multiply(rows, x, 0, weight, half, weight.parts(), out, 1);
                    }
                    assertThat(out[0]).isZero();
                    assertThat(out[out.length - 1]).isZero();
                    assertClose(Arrays.copyOfRange(out, 1, out.length - 1), expected, depth);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "128, 128, 512", "96, 16, 384", "5, 90, 128"})
    void sumsAddTheProductsOfRowsToWhatTheyBeginWith(int rows, int height, int width) {
        int leftStride = height + 3;
        int rightStride = width + 5;
        int stride = width + 1;
        float[] left = random(rows * leftStride, 3);
        float[] right = random(rows * rightStride, 4);
        float[] values = random(height * stride, 5);
        for (int type : new int[] {OneDnn.BF16, OneDnn.F32}) {
            float[] product = new float[height * width];
            float[] expected = new float[height * width];
            for (int i = 0; i < height; i++) {
                for (int j = 0; j < width; j++) {
                    double sum = 0;
                    for (int r = 0; r < rows; r++) {
                        sum += (double) rounded(left[r * leftStride + i], type)
                                * rounded(right[r * rightStride + j], type);
                    }
                    product[i * width + j] = (float) sum;
                    expected[i * width + j] = (float) (values[i * stride + j] + 2 * sum);
                }
            }
            try (OneDnnProducts products = new OneDnnProducts(type);
                    Calculator calculator = products.calculator()) {
                float[] out = values.clone();
                calculator.beginSum(height, width, out, 0, stride);
                calculator.addProducts(rows, left, 0, leftStride, right, 0, rightStride);
                calculator.addProducts(rows, left, 0, leftStride, right, 0, rightStride);
                calculator.endSum(out, 0, stride);
                assertClose(compact(out, height, width, stride), expected, rows);
                assertThat(out[width]).as("between rows").isEqualTo(values[width]);

                calculator.beginSum(height, width);
                calculator.addProducts(rows, left, 0, leftStride, right, 0, rightStride);
                calculator.endSum(out, 0, stride);
                assertClose(compact(out, height, width, stride), product, rows);
            }
        }
    }

    /** Ties go to the even fraction, as in IEEE 754. */
    @Test
    void operandsAreRoundedToTheNearest() {
        float[] x = {1 + 0x1p-8f, 1 + 0x1.8p-8f, 1 + 0x3p-8f, -1 - 0x1p-8f, Float.MIN_NORMAL};
        try (OneDnnProducts products = new OneDnnProducts(OneDnn.BF16);
                Calculator calculator = products.calculator()) {
            Weight one = packed(products, calculator, 1, 1, new float[] {1}, false);
            float[] out = new float[x.length];
            calculator.multiply(x.length, x, 0, one, 0, 1, out, 0);
            assertThat(out).containsExactly(1, 1 + 0x1p-7f, 1 + 0x1p-6f, -1, Float.MIN_NORMAL);
        }
    }

    @Test
    void everyThreadHasTheSameBits() throws Exception {
        float[] x = random(128 * 300, 6);
        float[] w = random(300 * 2100, 7);
        try (OneDnnProducts products = new OneDnnProducts(OneDnn.BF16)) {
            Weight weight = products.weight(300, 2100);
            assertThat(weight.parts()).isGreaterThan(2);
            float[][] outs = new float[4][128 * 2100];
            CompletableFuture<?>[] packing = new CompletableFuture<?>[weight.parts()];
            for (int part = 0; part < packing.length; part++) {
                int index = part;
                packing[part] = CompletableFuture.runAsync(() -> {
                    try (Calculator calculator = products.calculator()) {
                        calculator.pack(weight, index, w, 0, false);
                    }
                });
            }
            CompletableFuture.allOf(packing).get();
            CompletableFuture<?>[] threads = new CompletableFuture<?>[outs.length];
            for (int i = 0; i < threads.length; i++) {
                float[] out = outs[i];
                threads[i] = CompletableFuture.runAsync(() -> {
                    try (Calculator calculator = products.calculator()) {
                        calculator.multiply(128, x, 0, weight, 0, weight.parts(), out, 0);
                    }
                });
            }
            CompletableFuture.allOf(threads).get();
            for (float[] out : outs) {
                assertThat(out).isEqualTo(outs[0]);
            }
        }
    }

    /** Native code that reads freed memory ends the process. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closedProductsAreAnError(boolean closeAll) {
        OneDnnProducts products = new OneDnnProducts(OneDnn.F32);
        Calculator calculator = products.calculator();
        Weight weight = packed(products, calculator, 2, 2, new float[4], false);
        if (closeAll) {
            products.close();
        } else {
            calculator.close();
        }
        assertThatThrownBy(() -> calculator.multiply(1, new float[2], 0, weight, 0, 1, new float[2], 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        calculator.close();
        products.close();
        products.close();
    }

    private static Weight packed(
            OneDnnProducts products, Calculator calculator, int depth, int width, float[] values, boolean transposed) {
        Weight weight = products.weight(depth, width);
        for (int part = 0; part < weight.parts(); part++) {
            calculator.pack(weight, part, values, 0, transposed);
        }
        return weight;
    }

    /** To within the rounding of sums in 32 bits. */
    private static void assertClose(float[] actual, float[] expected, int terms) {
        assertThat(actual).hasSameSizeAs(expected);
        float tolerance = (float) (Math.sqrt(terms) * 2e-6 + 1e-6);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).as("element %d", i).isCloseTo(expected[i], within(tolerance));
        }
    }

    private static float rounded(float value, int type) {
        if (type == OneDnn.F32) {
            return value;
        }
        int bits = Float.floatToRawIntBits(value);
        return Float.intBitsToFloat((bits + 0x7FFF + (bits >>> 16 & 1)) & 0xFFFF0000);
    }

    private static float[] transposed(float[] values, int rows, int columns) {
        float[] result = new float[values.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                result[j * rows + i] = values[i * columns + j];
            }
        }
        return result;
    }

    private static float[] compact(float[] values, int rows, int columns, int stride) {
        float[] result = new float[rows * columns];
        for (int i = 0; i < rows; i++) {
            System.arraycopy(values, i * stride, result, i * columns, columns);
        }
        return result;
    }

    private static float[] random(int n, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) (random.nextDouble() * 2 - 1);
        }
        return values;
    }
}
