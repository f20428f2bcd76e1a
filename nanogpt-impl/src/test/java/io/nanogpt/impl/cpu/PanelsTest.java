package io.nanogpt.impl.cpu;

import static io.nanogpt.impl.cpu.RandomFloats.random;
import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.impl.cpu.scalar.ScalarMath;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("kernels")
class PanelsTest {
    static List<Kernels> kernels() {
        return KernelsUnderTest.all();
    }

    /** Each sum is that of one loop over the whole depth, also where the product is computed in slices of it. */
    @ParameterizedTest
    @MethodSource("kernels")
    void deepProductsOfManyRowsAreSumsInOrder(Kernels kernels) {
        int rows = 250;
        int depth = 1_003;
        int width = kernels.panelWidth();
        int columns = 2 * width + 5;
        float[] x = random(rows * depth, 1);
        float[] weights = random(3 * width * depth, 2);
        float[] bias = random(columns, 3);
        float[] out = new float[rows * columns];
        Worker worker = new Worker(kernels, 0, 0);
        worker.a.set(x, 0, depth);
        worker.init.set(bias, 0, 0);
        worker.c.set(out, 0, columns);
        new Panels(weights, 0, width).multiply(worker, rows, depth, 0, columns);
        for (int i = 0; i < rows; i += 3) {
            for (int j = 0; j < columns; j++) {
                float sum = bias[j];
                for (int k = 0; k < depth; k++) {
                    sum = ScalarMath.fma(x[i * depth + k], weights[(j / width * depth + k) * width + j % width], sum);
                }
                assertThat(out[i * columns + j]).isEqualTo(sum);
            }
        }
    }
}
