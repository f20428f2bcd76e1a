package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.graph.AttentionGraph;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.impl.interop.SafetensorsFile;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.AdamW;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole models of every family against PyTorch's numbers: logits, every gradient, ten AdamW steps; and decoding against
 * the whole.
 */
@Tag("kernels")
class FamilyFixtureTest {
    private static final int BATCH = Family.BATCH;
    private static final int LENGTH = Family.LENGTH;
    private static final int VOCABULARY = Family.VOCABULARY;

    static Stream<Arguments> families() {
        return KernelsUnderTest.all().stream()
                .flatMap(kernels -> Arrays.stream(Family.values()).map(family -> Arguments.of(family, kernels)));
    }

    @ParameterizedTest(name = "{0}, kernels {index}")
    @MethodSource("families")
    void logitsAndGradientsAreThoseOfPyTorch(Family family, Kernels kernels) {
        try (CpuBackend backend = CpuBackend.open(2, kernels);
                SafetensorsFile expected = family.expected()) {
            Graph graph = Gradients.training(family.architecture.graph());
            ParameterStore parameters = load(family, backend);
            Executable executable = feed(backend.compile(graph, parameters, BATCH, LENGTH), expected);
            executable.run(0);

            close("logits", logits(family, backend, parameters, expected), expected.floats("logits"));
            assertThat(executable.scalar(Graph.LOSS)).isCloseTo(expected.floats("loss")[0], within(1e-5f));
            for (ParameterSpec spec : parameters.specs()) {
                float[] gradient = new float[spec.elements()];
                parameters.readGradient(spec.name(), gradient);
                close(spec.name(), gradient, family.read(expected, "grad.", spec));
            }
        }
    }

    @ParameterizedTest(name = "{0}, kernels {index}")
    @MethodSource("families")
    void tenStepsOfAdamWAreThoseOfPyTorch(Family family, Kernels kernels) {
        try (CpuBackend backend = CpuBackend.open(2, kernels);
                SafetensorsFile expected = family.expected()) {
            ParameterStore parameters = load(family, backend);
            Graph graph = Gradients.training(family.architecture.graph());
            Executable executable = feed(backend.compile(graph, parameters, BATCH, LENGTH), expected);
            AdamW optimizer = AdamW.defaults().withBetas(0.9, 0.95);
            float[] losses = expected.floats("losses");
            for (int step = 1; step <= losses.length; step++) {
                executable.run(step);
                assertThat(executable.scalar(Graph.LOSS)).isCloseTo(losses[step - 1], within(1e-5f));
                double scale = Math.min(1, 1 / (parameters.gradientNorm() + 1e-6));
                parameters.update(optimizer, step, optimizer.learningRate(), scale);
            }
        }
    }

    @ParameterizedTest(name = "{0}, kernels {index}")
    @MethodSource("families")
    void decodingTokenByTokenEqualsTheWhole(Family family, Kernels kernels) {
        try (CpuBackend backend = CpuBackend.open(1, kernels);
                SafetensorsFile expected = family.expected()) {
            int[] tokens = Family.ids(expected, "tokens");
            float[] dense = expected.floats("logits");
            Decoder decoder = backend.decoder(family.architecture.graph(), load(family, backend), LENGTH);
            float[] logits = new float[VOCABULARY];
            for (int t = 0; t < LENGTH; t++) {
                decoder.feed(tokens, t, 1, logits);
                close("position " + t, logits, Arrays.copyOfRange(dense, t * VOCABULARY, (t + 1) * VOCABULARY));
            }
            float[] byTokens = logits.clone();
            decoder.reset();
            decoder.feed(tokens, 0, 5, logits);
            decoder.feed(tokens, 5, LENGTH - 5, logits);
            assertThat(logits).containsExactly(byTokens);
        }
    }

    @ParameterizedTest(name = "{0}, kernels {index}")
    @MethodSource("families")
    void attentionMapsAreThoseOfPyTorch(Family family, Kernels kernels) {
        try (CpuBackend backend = CpuBackend.open(2, kernels);
                SafetensorsFile expected = family.expected()) {
            Graph graph = AttentionGraph.of(family.architecture.graph());
            Executable executable = backend.compile(graph, load(family, backend), BATCH, LENGTH);
            executable.input(Graph.TOKENS, Family.ids(expected, "tokens"));
            executable.run(0);
            List<Node> attentions = AttentionGraph.attentions(graph);
            for (int layer = 0; layer < attentions.size(); layer++) {
                int heads = ((Attributes.Attention) attentions.get(layer).attributes()).heads();
                float[] actual = new float[BATCH * LENGTH * heads * LENGTH];
                executable.read(AttentionGraph.output(layer), actual);
                float[] maps = expected.floats("attention." + layer); // (B, H, T, T)
                for (int i = 0; i < maps.length; i++) {
                    int sequence = i / (heads * LENGTH * LENGTH);
                    int head = i / (LENGTH * LENGTH) % heads;
                    int row = sequence * LENGTH + i / LENGTH % LENGTH;
                    assertThat(actual[(row * heads + head) * LENGTH + i % LENGTH])
                            .as("layer %d, element %d", layer, i)
                            .isCloseTo(maps[i], within(1e-5f));
                }
            }
        }
    }

    static ParameterStore load(Family family, CpuBackend backend) {
        ParameterStore parameters = backend.allocate(family.architecture.graph().parameters());
        family.load(parameters);
        return parameters;
    }

    private static float[] logits(
            Family family, CpuBackend backend, ParameterStore parameters, SafetensorsFile expected) {
        Executable executable = backend.compile(family.architecture.graph(), parameters, BATCH, LENGTH);
        executable.input(Graph.TOKENS, Family.ids(expected, "tokens"));
        executable.run(0);
        float[] logits = new float[BATCH * LENGTH * VOCABULARY];
        executable.read(Graph.LOGITS, logits);
        return logits;
    }

    private static Executable feed(Executable executable, SafetensorsFile expected) {
        executable.input(Graph.TOKENS, Family.ids(expected, "tokens"));
        executable.input(Graph.TARGETS, Family.ids(expected, "targets"));
        return executable;
    }

    /** Within 1e-4 of the largest magnitude; the gradient of a key's bias is zero but for rounding. */
    static void close(String name, float[] actual, float[] expected) {
        double largest = 0;
        double worst = 0;
        assertThat(actual).as(name).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            worst = Math.max(worst, Math.abs(actual[i] - (double) expected[i]));
        }
        assertThat(worst).as(name).isLessThan(1e-4 * largest + 1e-8);
    }
}
