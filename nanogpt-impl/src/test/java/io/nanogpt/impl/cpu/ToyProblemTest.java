package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.Schedule;
import io.nanogpt.train.Sgd;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernels")
class ToyProblemTest {
    /** Minimises the mean of squares of 10 x 10 weights by SGD with {@code lr / sqrt(t + 1)}, as assignment 1 of CS336. */
    @Test
    void theToyProblemFallsVanishesAndExplodes() {
        double start = 24.17;
        List<Double> falling = toyLosses(10, start, 10);
        double[] first = {24.17, 15.47, 11.40, 8.92, 7.23};
        for (int i = 0; i < first.length; i++) {
            assertThat(falling.get(i)).isCloseTo(first[i], within(0.01));
        }
        assertThat(falling.get(9)).isCloseTo(3.25, within(0.01));
        assertThat(toyLosses(100, start, 10).get(9)).isLessThan(1e-20);
        assertThat(toyLosses(1000, start, 10).get(9)).isGreaterThan(1e15);
    }

    private static List<Double> toyLosses(double learningRate, double start, int count) {
        ParameterSpec spec = new ParameterSpec("weights", Shape.of(10, 10), new Initializer.Normal(5));
        try (CpuBackend backend = CpuBackend.open(1, KernelsUnderTest.all().get(0))) {
            CpuParameters parameters = (CpuParameters) backend.allocate(List.of(spec));
            float[] weights = new float[100];
            Arrays.fill(weights, (float) Math.sqrt(start));
            parameters.write("weights", weights);
            Schedule schedule = Schedule.inverseSquareRoot(0);
            Double[] losses = new Double[count];
            for (int taken = 0; taken < count; taken++) {
                parameters.read("weights", weights);
                double sum = 0;
                for (int i = 0; i < 100; i++) {
                    sum += (double) weights[i] * weights[i];
                    parameters.gradients()[i] = 2 * weights[i] / 100;
                }
                losses[taken] = sum / 100;
                parameters.update(
                        ParameterGroups.of(Sgd.of(learningRate)), taken + 1, schedule.factor(taken, count), 1);
            }
            return List.of(losses);
        }
    }
}
