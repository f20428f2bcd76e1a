package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.impl.interop.SafetensorsFile;
import io.nanogpt.impl.zoo.CaptionGpt;
import io.nanogpt.model.GptConfig;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.AdamW;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole model against PyTorch's numbers: logits, every gradient, ten AdamW steps; and decoding against the whole. */
@Tag("kernels")
class CaptionFixtureTest {
    private static final Path FIXTURES = Path.of("src/test/resources/fixtures/captions");
    private static final CaptionGpt MODEL = new CaptionGpt(new GptConfig(2, 4, 16, 12, 29, 0));
    private static final int BATCH = 3;
    private static final int LENGTH = 12;

    static java.util.List<Kernels> kernels() {
        return KernelsUnderTest.all();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void logitsAndGradientsAreThoseOfPyTorch(Kernels kernels) {
        try (CpuBackend backend = CpuBackend.open(2, kernels);
                SafetensorsFile expected = SafetensorsFile.open(FIXTURES.resolve("expected.safetensors"))) {
            Graph graph = Gradients.training(MODEL.graph());
            ParameterStore parameters = load(backend);
            Executable executable = feed(backend.compile(graph, parameters, BATCH, LENGTH), expected);
            executable.run(0);

            float[] logits = new float[BATCH * LENGTH * 29];
            executable.read(Graph.LOGITS, logits);
            close("logits", logits, expected.floats("logits"));
            assertThat(executable.scalar(Graph.LOSS)).isCloseTo(expected.floats("loss")[0], within(1e-5f));
            for (ParameterSpec spec : parameters.specs()) {
                float[] gradient = new float[spec.elements()];
                parameters.readGradient(spec.name(), gradient);
                close(spec.name(), gradient, expected.floats("grad." + spec.name()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void tenStepsOfAdamWAreThoseOfPyTorch(Kernels kernels) {
        try (CpuBackend backend = CpuBackend.open(2, kernels);
                SafetensorsFile expected = SafetensorsFile.open(FIXTURES.resolve("expected.safetensors"))) {
            ParameterStore parameters = load(backend);
            Executable executable =
                    feed(backend.compile(Gradients.training(MODEL.graph()), parameters, BATCH, LENGTH), expected);
            AdamW optimizer = AdamW.defaults().withBetas(0.9, 0.95);
            float[] losses = expected.floats("losses");
            for (int step = 1; step <= losses.length; step++) {
                executable.run(step);
                assertThat(executable.scalar(Graph.LOSS)).isCloseTo(losses[step - 1], within(1e-5f));
                double scale = Math.min(1, 1 / (parameters.gradientNorm() + 1e-6));
                parameters.update(optimizer, step, optimizer.learningRate(), scale);
            }
            for (ParameterSpec spec : parameters.specs()) {
                float[] values = new float[spec.elements()];
                parameters.read(spec.name(), values);
                close(spec.name(), values, expected.floats("final." + spec.name()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void decodingTokenByTokenEqualsTheWhole(Kernels kernels) {
        try (CpuBackend backend = CpuBackend.open(1, kernels);
                SafetensorsFile expected = SafetensorsFile.open(FIXTURES.resolve("expected.safetensors"))) {
            int[] tokens = ids(expected, "tokens");
            float[] dense = expected.floats("logits");
            Decoder decoder = backend.decoder(MODEL.graph(), load(backend), LENGTH);
            float[] logits = new float[29];
            for (int t = 0; t < LENGTH; t++) {
                decoder.feed(tokens, t, 1, logits);
                close("position " + t, logits, Arrays.copyOfRange(dense, t * 29, (t + 1) * 29));
            }
            float[] byTokens = logits.clone();
            decoder.reset();
            decoder.feed(tokens, 0, 5, logits);
            decoder.feed(tokens, 5, LENGTH - 5, logits);
            assertThat(logits).containsExactly(byTokens);
        }
    }

    private static ParameterStore load(CpuBackend backend) {
        ParameterStore parameters = backend.allocate(MODEL.graph().parameters());
        try (SafetensorsFile initial = SafetensorsFile.open(FIXTURES.resolve("init.safetensors"))) {
            for (ParameterSpec spec : parameters.specs()) {
                parameters.write(spec.name(), initial.floats(spec.name()));
            }
        }
        return parameters;
    }

    private static Executable feed(Executable executable, SafetensorsFile expected) {
        executable.input(Graph.TOKENS, ids(expected, "tokens"));
        executable.input(Graph.TARGETS, ids(expected, "targets"));
        return executable;
    }

    private static int[] ids(SafetensorsFile file, String name) {
        return Arrays.stream(file.longs(name)).mapToInt(Math::toIntExact).toArray();
    }

    /** Within 1e-4 of the largest magnitude. */
    private static void close(String name, float[] actual, float[] expected) {
        double largest = 0;
        double worst = 0;
        assertThat(actual).as(name).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            worst = Math.max(worst, Math.abs(actual[i] - (double) expected[i]));
        }
        assertThat(worst).as(name).isLessThan(1e-4 * largest);
    }
}
