package io.nanogpt.impl.cpu;

import static io.nanogpt.impl.cpu.RandomFloats.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.impl.cpu.scalar.ScalarKernels;
import io.nanogpt.impl.cpu.scalar.ScalarMath;
import io.nanogpt.model.WeightPrecision;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of rounded weights, and their products, each element of which is one chain of multiply-adds. */
@Tag("kernels")
class RoundedWeightTest {
    private static RoundedWeight weight(int rows, int columns, WeightPrecision precision, Kernels kernels) {
        ParameterSpec spec = new ParameterSpec("w", Shape.of(rows, columns), new Initializer.Constant(0));
        return new RoundedWeight(spec, precision, kernels.roundedPanelWidth());
    }

    private static float[] kept(WeightPrecision precision, float... row) {
        RoundedWeight weight = weight(1, row.length, precision, new ScalarKernels());
        weight.write(row);
        float[] kept = new float[row.length];
        weight.read(kept);
        return kept;
    }

    @Test
    void bfloat16IsTheNearestAndTheEvenOneOfTwo() {
        assertThat(kept(WeightPrecision.BF16, 1, 1 + 0x1p-8f, 1 + 0x1.8p-8f, 1 + 0x3p-8f, -1 - 0x1p-8f, 0x1p-133f))
                .containsExactly(1, 1, 1 + 0x1p-7f, 1 + 0x2p-7f, -1, 0x1p-133f);
        assertThat(kept(WeightPrecision.BF16, Float.POSITIVE_INFINITY, Float.MAX_VALUE, Float.MIN_VALUE, -0f))
                .containsExactly(Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY, 0, -0f);
        assertThat(kept(WeightPrecision.BF16, Float.intBitsToFloat(0x7F800001))[0])
                .isNaN();
    }

    @Test
    void integersAreTheNearestAndTheEvenOneOfTwo() {
        assertThat(kept(WeightPrecision.INT8, 127, 0.5f, 1.5f, 2.5f, -0.5f, -2.5f, -126.6f))
                .containsExactly(127, 0, 2, 2, 0, -2, -127);
        assertThat(kept(WeightPrecision.INT8, -254, 3, 5, 1.1f)).containsExactly(-254, 4, 4, 2);
        assertThat(kept(WeightPrecision.INT8, 0, 0, -0f)).containsExactly(0, 0, 0);
        assertThat(kept(WeightPrecision.INT8, Float.MIN_VALUE)).containsExactly(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 63, 64, 65, 127, 128, 129, 300})
    void roundedWeightsAreAsNearAsDocumented(int rows) {
        int columns = 37;
        float[] values = random(rows * columns, 1);
        for (Kernels kernels : KernelsUnderTest.all()) {
            for (WeightPrecision precision : new WeightPrecision[] {WeightPrecision.BF16, WeightPrecision.INT8}) {
                RoundedWeight weight = weight(rows, columns, precision, kernels);
                weight.write(random(rows * columns, 2));
                weight.write(values);
                float[] kept = new float[values.length];
                weight.read(kept);
                for (int row = 0; row < rows; row++) {
                    float greatest = greatest(values, row, columns);
                    for (int i = row * columns; i < (row + 1) * columns; i++) {
                        float most = precision == WeightPrecision.BF16 ? Math.abs(values[i]) / 256 : greatest / 253.9f;
                        assertThat(Math.abs(kept[i] - values[i])).isLessThanOrEqualTo(most);
                    }
                    float[] read = new float[columns + 1];
                    weight.readRow(row, read, 1);
                    assertThat(read)
                            .startsWith(0)
                            .endsWith(Arrays.copyOfRange(kept, row * columns, (row + 1) * columns));
                }
            }
        }
    }

    private static float greatest(float[] values, int row, int columns) {
        float greatest = 0;
        for (int i = row * columns; i < (row + 1) * columns; i++) {
            greatest = Math.max(greatest, Math.abs(values[i]));
        }
        return greatest;
    }

    @Test
    void memoryIsAHalfAndAQuarter() {
        Kernels kernels = new ScalarKernels();
        long floats = 4L * 1024 * 700;
        assertThat(weight(1024, 700, WeightPrecision.BF16, kernels).bytes()).isEqualTo(floats / 2);
        assertThat(weight(1024, 700, WeightPrecision.INT8, kernels).bytes()).isEqualTo(floats / 4 + 4 * 1024);
    }

    @Test
    void numbersThatAreNotFiniteHaveNoInteger() {
        for (float value : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
            assertThatThrownBy(() -> kept(WeightPrecision.INT8, 1, value))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("row 0 of the parameter w", "not finite", "load the model in bf16");
        }
    }

    /** The same bits for every kind of kernels, alone and together, on top of a row, of rows and of nothing. */
    @ParameterizedTest
    @ValueSource(ints = {1, 31, 64, 65, 127, 128, 129, 300})
    void anElementIsOneChainOfMultiplyAdds(int width) {
        int most = 33;
        for (Kernels kernels : KernelsUnderTest.all()) {
            for (WeightPrecision precision : new WeightPrecision[] {WeightPrecision.BF16, WeightPrecision.INT8}) {
                for (int depth : new int[] {1, 7, 64, 131}) {
                    float[] values = random(width * depth, 3);
                    RoundedWeight weight = weight(width, depth, precision, kernels);
                    weight.write(values);
                    float[] a = random(most * depth, 4);
                    float[] bias = random(most * width, 5);
                    Worker worker = new Worker(kernels, 0, 0);
                    for (int initRow : new int[] {0, width, -1}) {
                        float[] expected = expected(weight, values, new int[] {most, width, depth}, a, bias, initRow);
                        for (int rows : new int[] {1, 2, 3, 6, most}) {
                            float[] c = new float[rows * width];
                            worker.a.set(a, 0, depth);
                            worker.init.set(bias, 0, Math.max(0, initRow), initRow < 0 ? 0 : 1);
                            worker.c.set(c, 0, width);
                            weight.multiply(worker, rows, depth, 0, width);
                            assertThat(c).isEqualTo(Arrays.copyOf(expected, c.length));
                        }
                    }
                }
            }
        }
    }

    /** The chains, without any layout. A stride of -1 is for zeros. */
    private static float[] expected(
            RoundedWeight weight, float[] values, int[] sizes, float[] a, float[] init, int initRow) {
        int width = sizes[1];
        int depth = sizes[2];
        float[] kept = new float[values.length];
        weight.read(kept);
        float[] expected = new float[sizes[0] * width];
        for (int i = 0; i < expected.length; i++) {
            int column = i % width;
            float start = initRow < 0 ? 0 : init[i / width * initRow + column];
            boolean integers = weight.precision() == WeightPrecision.INT8;
            float factor = integers ? greatest(values, column, depth) / 127 : 1;
            float sum = integers ? 0 : start;
            for (int k = 0; k < depth; k++) {
                float b = integers
                        ? (float) Math.rint(kept[column * depth + k] / (double) factor)
                        : kept[column * depth + k];
                sum = ScalarMath.fma(a[i / width * depth + k], b, sum);
            }
            expected[i] = integers ? ScalarMath.fma(sum, factor, start) : sum;
        }
        return expected;
    }
}
