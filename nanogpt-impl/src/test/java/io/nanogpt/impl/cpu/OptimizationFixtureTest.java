package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.impl.interop.SafetensorsFile;
import io.nanogpt.model.Architecture;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.Optimizer;
import io.nanogpt.train.Schedule;
import io.nanogpt.train.Sgd;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Optimizers, clipping and accumulation against ten steps of PyTorch on the caption model. */
@Tag("kernels")
class OptimizationFixtureTest {
    private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
    private static final int BATCH = 4;
    private static final int LENGTH = 12;
    private static final double NONE = Double.POSITIVE_INFINITY;

    private record Case(String name, Optimizer optimizer, Schedule schedule, double clip, int parts) {}

    @TestFactory
    Stream<DynamicTest> tenStepsAreThoseOfPyTorch() {
        AdamW adamW = AdamW.defaults().withLearningRate(1e-2);
        List<Case> cases = List.of(
                new Case("sgd", Sgd.of(0.1), Schedule.constant(), NONE, 1),
                new Case("sgd-decay", Sgd.of(0.1).withWeightDecay(0.1), Schedule.constant(), NONE, 1),
                new Case("sgd-momentum", Sgd.of(0.05).withMomentum(0.9), Schedule.constant(), NONE, 1),
                new Case("sgd-nesterov", new Sgd(0.05, 0.9, 0.01, true), Schedule.constant(), NONE, 1),
                new Case("sgd-root", Sgd.of(0.3), Schedule.inverseSquareRoot(0), NONE, 1),
                new Case("sgd-clip", Sgd.of(0.1), Schedule.constant(), 0.5, 1),
                new Case("adamw-clip", adamW, Schedule.constant(), 0.5, 1),
                new Case("adamw-accumulate", adamW, Schedule.constant(), 0.5, 2),
                // What was accumulated is what one large batch would give.
                new Case("adamw-clip", adamW, Schedule.constant(), 0.5, 4));
        return KernelsUnderTest.all().stream()
                .flatMap(kernels -> cases.stream()
                        .map(each -> DynamicTest.dynamicTest(
                                each.name + " in " + each.parts + ", " + kernels.name(),
                                () -> compare(each, kernels))));
    }

    private static void compare(Case each, Kernels kernels) {
        try (CpuBackend backend = CpuBackend.open(2, kernels);
                SafetensorsFile expected =
                        SafetensorsFile.open(FIXTURES.resolve("optimization/optimization.safetensors"))) {
            Architecture model = Family.CAPTIONS.architecture;
            ParameterStore parameters = FamilyFixtureTest.load(Family.CAPTIONS, backend);
            int rows = BATCH / each.parts;
            Executable executable = backend.compile(Gradients.training(model.graph()), parameters, rows, LENGTH);
            float[] losses = expected.floats(each.name + ".losses");
            float[] norms = expected.floats(each.name + ".norms");
            for (int step = 0; step < losses.length; step++) {
                double loss = 0;
                for (int part = 0; part < each.parts; part++) {
                    int from = (step * BATCH + part * rows) * LENGTH;
                    executable.input(Graph.TOKENS, ids(expected, "tokens", from, rows * LENGTH));
                    executable.input(Graph.TARGETS, ids(expected, "targets", from, rows * LENGTH));
                    executable.run(0);
                    loss += executable.scalar(Graph.LOSS) / each.parts;
                    if (part < each.parts - 1) {
                        parameters.holdGradients(1);
                    } else if (each.parts > 1) {
                        parameters.releaseGradients(1);
                    }
                }
                double norm = parameters.gradientNorm() / each.parts;
                assertThat(loss).as("loss %d", step).isCloseTo(losses[step], within(1e-5));
                assertThat(norm).as("norm %d", step).isCloseTo(norms[step], within(1e-5 * norms[step]));
                double scale = Math.min(1, each.clip / (norm + 1e-6)) / each.parts;
                double rate = each.optimizer.learningRate() * each.schedule.factor(step, losses.length);
                parameters.update(each.optimizer, step + 1, rate, scale);
            }
            for (String name : List.of("tok_emb.weight", "blocks.1.mlp.fc.bias", "head.weight")) {
                float[] wanted = expected.floats(each.name + "." + name);
                float[] actual = new float[wanted.length];
                parameters.read(name, actual);
                FamilyFixtureTest.close(name, actual, wanted);
            }
        }
    }

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
                parameters.update(Sgd.of(learningRate), taken + 1, learningRate * schedule.factor(taken, count), 1);
            }
            return List.of(losses);
        }
    }

    private static int[] ids(SafetensorsFile file, String name, int from, int count) {
        return Arrays.stream(file.longs(name), from, from + count)
                .mapToInt(Math::toIntExact)
                .toArray();
    }
}
