package io.nanogpt.impl.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.graph.Graph;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.model.Architecture;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.onnx.OnnxOptions;
import io.nanogpt.onnx.Quantization;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every format against the CPU backend, whose numbers other tests compare with PyTorch's. */
@Tag("any-jdk")
class OnnxDecoderTest {
    private static final Architecture MODEL = TestModels.GPT;
    private static final int[] TOKENS = IntStream.range(0, MODEL.contextLength())
            .map(i -> (i * 17 + 3) % 61)
            .toArray();

    @TempDir
    private Path folder;

    static Stream<Arguments> formats() {
        // The tolerated distance of the logits from those of 32-bit weights, relative to the largest.
        return Stream.of(OnnxExportOptions.Flavour.PORTABLE, OnnxExportOptions.Flavour.ONNXRUNTIME)
                .flatMap(flavour -> Stream.of(
                        Arguments.of(OnnxExportOptions.of(flavour), 1e-5),
                        Arguments.of(OnnxExportOptions.of(flavour).withExternalData(true), 1e-5),
                        Arguments.of(OnnxExportOptions.of(flavour).withQuantization(Quantization.float16()), 2e-3),
                        Arguments.of(OnnxExportOptions.of(flavour).withQuantization(Quantization.int8()), 0.1),
                        Arguments.of(OnnxExportOptions.of(flavour).withQuantization(Quantization.int4()), 0.6),
                        Arguments.of(
                                OnnxExportOptions.of(flavour)
                                        .withQuantization(Quantization.int4().withBlockSize(128)),
                                0.6)));
    }

    static Stream<Arguments> models() {
        return Stream.concat(
                TestModels.ALL.keySet().stream()
                        .flatMap(name -> formats().map(format -> Arguments.of(name, format.get()[0], format.get()[1]))),
                Stream.of("gpt", "llama of wide heads", "window")
                        .map(name -> Arguments.of(name, OnnxExportOptions.genAi(), 1e-5)));
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyModelDecodesAsOnTheCpuBackend(String name, OnnxExportOptions options, double tolerance) {
        Architecture model = TestModels.ALL.get(name);
        try (CpuBackend cpu = CpuBackend.open(1)) {
            ParameterStore parameters = TestModels.random(cpu, model);
            OnnxExporter.write(model, parameters, options, Map.of(), folder);
            try (OnnxBackend onnx = OnnxBackend.open(folder, model, OnnxOptions.cpu())) {
                Decoder expected = cpu.decoder(model.graph(), parameters, model.contextLength());
                Decoder actual = onnx.decoder(model.graph(), onnx.parameters(), model.contextLength());
                for (int prefill : new int[] {1, 7, TOKENS.length}) {
                    assertThat(difference(expected, actual, prefill)).isLessThan(tolerance);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lstm", "k-gram of zeros", "k-gram of rows of padding"})
    void aStateOfFixedSizeHasNoLongestContext(String name) {
        Architecture model = TestModels.ALL.get(name);
        int[] tokens = IntStream.range(0, 70).map(i -> (i * 29 + 1) % 61).toArray();
        try (CpuBackend cpu = CpuBackend.open(1)) {
            ParameterStore parameters = TestModels.random(cpu, model);
            OnnxExporter.write(model, parameters, OnnxExportOptions.portable(), Map.of(), folder);
            try (OnnxBackend onnx = OnnxBackend.open(folder, model, OnnxOptions.cpu())) {
                Decoder expected = cpu.decoder(model.graph(), parameters, model.contextLength());
                Decoder actual = onnx.decoder(model.graph(), onnx.parameters(), model.contextLength());
                assertThat(actual.contextLength()).isEqualTo(Integer.MAX_VALUE);
                float[] logits = new float[61];
                float[] others = new float[61];
                expected.feed(tokens, 0, 69, logits);
                expected.feed(tokens, 69, 1, logits);
                actual.feed(tokens, 0, 69, others);
                actual.feed(tokens, 69, 1, others);
                assertThat(others).containsExactly(logits, within(1e-4f));
                assertThat(actual.length()).isEqualTo(70);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(OnnxExportOptions.Flavour.class)
    void lossesAreThoseOfTheCpuBackend(OnnxExportOptions.Flavour flavour) {
        Graph graph = Gradients.loss(MODEL.graph());
        try (CpuBackend cpu = CpuBackend.open(1);
                OnnxBackend onnx = open(cpu, OnnxExportOptions.of(flavour))) {
            float expected = loss(cpu, graph, TestModels.random(cpu, MODEL));
            assertThat(loss(onnx, graph, onnx.parameters())).isCloseTo(expected, within(1e-5f));
        }
    }

    @ParameterizedTest
    @EnumSource(OnnxExportOptions.Flavour.class)
    void aDecoderHoldsTheContextAndNoMore(OnnxExportOptions.Flavour flavour) {
        try (CpuBackend cpu = CpuBackend.open(1);
                OnnxBackend onnx = open(cpu, OnnxExportOptions.of(flavour))) {
            Decoder decoder = onnx.decoder(MODEL.graph(), onnx.parameters(), MODEL.contextLength());
            float[] logits = new float[MODEL.vocabularySize()];
            assertThat(decoder.contextLength()).isEqualTo(TOKENS.length);
            decoder.feed(TOKENS, 0, TOKENS.length, logits);
            assertThat(decoder.length()).isEqualTo(TOKENS.length);
            assertThatThrownBy(() -> decoder.feed(TOKENS, 0, 1, logits))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("reset it first");
            assertThatThrownBy(() -> decoder.feed(TOKENS, 0, 1, new float[3]))
                    .isInstanceOf(IllegalArgumentException.class);
            decoder.reset();
            assertThat(decoder.length()).isZero();
        }
    }

    @Test
    void trainingGraphsAreRefused() {
        try (CpuBackend cpu = CpuBackend.open(1);
                OnnxBackend onnx = open(cpu, OnnxExportOptions.portable())) {
            Graph training = Gradients.training(MODEL.graph());
            assertThatThrownBy(() -> onnx.compile(training, onnx.parameters(), 1, 4))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> onnx.parameters().read("head.weight", new float[1]))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("loaded from ONNX");
            assertThatThrownBy(() -> onnx.allocate(training.parameters()))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThat(onnx.name()).startsWith("onnxruntime ");
        }
    }

    @Test
    void aClosedDecoderIsGone() {
        try (CpuBackend cpu = CpuBackend.open(1);
                OnnxBackend onnx = open(cpu, OnnxExportOptions.portable())) {
            Decoder decoder = onnx.decoder(MODEL.graph(), onnx.parameters(), MODEL.contextLength());
            float[] logits = new float[MODEL.vocabularySize()];
            decoder.feed(TOKENS, 0, 1, logits);
            decoder.close();
            decoder.close();
            assertThatThrownBy(() -> decoder.feed(TOKENS, 1, 1, logits)).isInstanceOf(IllegalStateException.class);
        }
    }

    private OnnxBackend open(CpuBackend cpu, OnnxExportOptions options) {
        OnnxExporter.write(MODEL, TestModels.random(cpu, MODEL), options, Map.of(), folder);
        return OnnxBackend.open(folder, MODEL, OnnxOptions.cpu());
    }

    private static float loss(Backend backend, Graph graph, ParameterStore parameters) {
        Executable executable = backend.compile(graph, parameters, 2, 10);
        executable.input(Graph.TOKENS, IntStream.of(TOKENS).limit(20).toArray());
        executable.input(Graph.TARGETS, IntStream.of(TOKENS).skip(1).limit(20).toArray());
        executable.run(0);
        return executable.scalar(Graph.LOSS);
    }

    private static double difference(Decoder expected, Decoder actual, int prefill) {
        float[] logits = new float[MODEL.vocabularySize()];
        float[] others = new float[MODEL.vocabularySize()];
        double largest = 0;
        double worst = 0;
        expected.reset();
        actual.reset();
        for (int t = 0, count = prefill; t < TOKENS.length; t += count, count = 1) {
            expected.feed(TOKENS, t, count, logits);
            actual.feed(TOKENS, t, count, others);
            for (int id = 0; id < logits.length; id++) {
                largest = Math.max(largest, Math.abs(logits[id]));
                worst = Math.max(worst, Math.abs(logits[id] - others[id]));
            }
        }
        return worst / largest;
    }
}
