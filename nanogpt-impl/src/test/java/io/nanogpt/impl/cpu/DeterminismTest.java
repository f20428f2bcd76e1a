package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.impl.fakes.Models;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.impl.random.CounterRandom;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.Activation;
import io.nanogpt.model.KGramConfig;
import io.nanogpt.model.LstmConfig;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.AdamW;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same bytes for any number of threads, and gradients that are the derivatives of the loss. */
@Tag("kernels")
class DeterminismTest {
    private static final int VOCABULARY = 23;
    private static final int BATCH = 5;
    private static final int LENGTH = 70;

    static List<Kernels> kernels() {
        return KernelsUnderTest.all();
    }

    /** One of each kind of architecture, at sizes of several tasks and with every operation that the presets use. */
    static Stream<Arguments> models() {
        TransformerConfig.Builder captions = Models.captions(2, 2, 40, LENGTH, VOCABULARY);
        TransformerConfig.Builder llama = Models.captions(1, 4, 136, LENGTH, VOCABULARY)
                .keyValueHeads(2)
                .window(7)
                .activation(Activation.SWIGLU)
                .norm(new NormConfig(NormConfig.Kind.RMS, 1e-5f, NormConfig.Placement.PRE))
                .positions(new Positions.Rotary(100, false))
                .fused(false);
        KGramConfig.Context context = new KGramConfig.Context(3, 2, LENGTH);
        List<ModelConfig> configs = List.of(
                captions.dropout(0.2f).build(),
                llama.build(),
                llama.positions(new Positions.Rotary(100, true))
                        .activation(Activation.GELU_TANH)
                        .fused(true)
                        .build(),
                new LstmConfig(2, 20, 37, LENGTH, VOCABULARY),
                new KGramConfig(new KGramConfig.Input.OneHot(), context, 1, 130, VOCABULARY),
                new KGramConfig(new KGramConfig.Input.Convolution(37), context, 2, 40, VOCABULARY));
        return KernelsUnderTest.all().stream()
                .flatMap(kernels -> configs.stream().map(config -> Arguments.of(config, kernels)));
    }

    @ParameterizedTest
    @MethodSource("models")
    void gradientsAreDerivatives(ModelConfig model, Kernels kernels) {
        checkGradient(Zoo.create(model).graph(), kernels);
    }

    @ParameterizedTest
    @MethodSource("models")
    void weightsAfterTrainingDoNotDependOnThreads(ModelConfig model, Kernels kernels) {
        Graph graph = Gradients.training(Zoo.create(model).graph());
        List<float[]> one = train(graph, kernels, 1);
        for (int threads = 2; threads <= 3; threads++) {
            List<float[]> more = train(graph, kernels, threads);
            for (int i = 0; i < one.size(); i++) {
                assertThat(more.get(i)).containsExactly(one.get(i));
            }
        }
    }

    private static List<float[]> train(Graph graph, Kernels kernels, int threads) {
        try (CpuBackend backend = CpuBackend.open(threads, kernels)) {
            ParameterStore parameters = random(backend, graph);
            Executable executable = feed(backend.compile(graph, parameters, BATCH, LENGTH));
            for (int step = 1; step <= 5; step++) {
                executable.run(step);
                parameters.update(AdamW.defaults(), step, 1e-2, 1 / Math.max(1, parameters.gradientNorm()));
            }
            return values(parameters);
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void gradientsOfTheGptAreDerivatives(Kernels kernels) {
        checkGradient(
                Models.captions(Models.captions(1, 2, 136, LENGTH, VOCABULARY), 0.1f)
                        .graph(),
                kernels);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void gradientsOfReluAndTiedWeightsAreDerivatives(Kernels kernels) {
        GraphBuilder g = new GraphBuilder();
        Initializer normal = new Initializer.Normal(0.5f);
        Node table = g.parameter("table", Shape.of(VOCABULARY, 20), normal);
        Node x = g.embedding(g.input(Graph.TOKENS), table);
        Node hidden = g.linear(x, g.parameter("w", Shape.of(20, 20), normal), g.parameter("b", Shape.of(20), normal));
        // The sum of a tensor with two readers, and an input of GELU that is read elsewhere too.
        Node y = g.add(g.relu(hidden), g.add(g.gelu(hidden), x));
        checkGradient(g.output(Graph.LOGITS, g.linear(y, table)).build(), kernels);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void rowsWithoutATargetDoNotCount(Kernels kernels) {
        Graph graph = Gradients.training(
                Models.captions(Models.captions(1, 2, 8, LENGTH, VOCABULARY), 0).graph());
        try (CpuBackend backend = CpuBackend.open(2, kernels)) {
            ParameterStore parameters = random(backend, graph);
            Executable executable = feed(backend.compile(graph, parameters, BATCH, LENGTH));
            int[] targets = new int[BATCH * LENGTH];
            double sum = 0;
            for (int row = 0; row < targets.length; row++) {
                Arrays.fill(targets, -1);
                targets[row] = row % VOCABULARY;
                executable.input(Graph.TARGETS, targets);
                executable.run(0);
                sum += executable.scalar(Graph.LOSS);
            }
            Arrays.setAll(targets, row -> row % VOCABULARY);
            executable.input(Graph.TARGETS, targets);
            executable.run(0);
            assertThat(executable.scalar(Graph.LOSS)).isCloseTo((float) (sum / targets.length), within(1e-5f));
            Arrays.fill(targets, -1);
            executable.input(Graph.TARGETS, targets);
            executable.run(0);
            assertThat(executable.scalar(Graph.LOSS)).isZero();
            assertThat(parameters.gradientNorm()).isZero();
        }
    }

    /** Central difference along one random direction against the gradient's projection on it. */
    private static void checkGradient(Graph model, Kernels kernels) {
        Graph graph = Gradients.training(model);
        try (CpuBackend backend = CpuBackend.open(2, kernels)) {
            ParameterStore parameters = random(backend, graph);
            Executable executable = feed(backend.compile(graph, parameters, BATCH, LENGTH));
            executable.run(7);
            double expected = 0;
            List<float[]> directions = new ArrayList<>();
            List<float[]> start = values(parameters);
            for (ParameterSpec spec : parameters.specs()) {
                float[] gradient = new float[spec.elements()];
                parameters.readGradient(spec.name(), gradient);
                // A direction near the gradient, so that the difference is large against rounding.
                float[] direction = normal(spec.elements(), 100 + directions.size());
                for (int i = 0; i < gradient.length; i++) {
                    direction[i] = direction[i] * 1e-3f + gradient[i];
                    expected += (double) gradient[i] * direction[i];
                }
                directions.add(direction);
            }
            double step = 2e-3 / Math.sqrt(expected);
            double difference = (moved(executable, parameters, start, directions, step)
                            - moved(executable, parameters, start, directions, -step))
                    / (2 * step);
            assertThat(difference).isCloseTo(expected, within(0.02 * expected));
        }
    }

    private static double moved(
            Executable executable,
            ParameterStore parameters,
            List<float[]> start,
            List<float[]> directions,
            double step) {
        int index = 0;
        for (ParameterSpec spec : parameters.specs()) {
            float[] values = start.get(index).clone();
            for (int i = 0; i < values.length; i++) {
                values[i] += (float) (step * directions.get(index)[i]);
            }
            parameters.write(spec.name(), values);
            index++;
        }
        executable.run(7);
        return executable.scalar(Graph.LOSS);
    }

    private static ParameterStore random(CpuBackend backend, Graph graph) {
        ParameterStore parameters = backend.allocate(graph.parameters());
        int index = 0;
        for (ParameterSpec spec : parameters.specs()) {
            float[] values = normal(spec.elements(), index++);
            for (int i = 0; i < values.length; i++) {
                values[i] = spec.isMatrix() ? 0.2f * values[i] : 1 + 0.1f * values[i];
            }
            parameters.write(spec.name(), values);
        }
        return parameters;
    }

    private static List<float[]> values(ParameterStore parameters) {
        List<float[]> all = new ArrayList<>();
        for (ParameterSpec spec : parameters.specs()) {
            float[] values = new float[spec.elements()];
            parameters.read(spec.name(), values);
            all.add(values);
        }
        return all;
    }

    private static Executable feed(Executable executable) {
        int[] tokens = new int[BATCH * LENGTH];
        int[] targets = new int[BATCH * LENGTH];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = (int) CounterRandom.below(VOCABULARY, 11, i);
            targets[i] = (int) CounterRandom.below(VOCABULARY, 12, i);
        }
        executable.input(Graph.TOKENS, tokens);
        executable.input(Graph.TARGETS, targets);
        return executable;
    }

    private static float[] normal(int n, long key) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) CounterRandom.normal(key, i);
        }
        return values;
    }
}
