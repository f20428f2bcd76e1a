package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.BeamSearch;
import io.nanogpt.generate.Evaluation;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.Window;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.onnx.OnnxOptions;
import io.nanogpt.onnx.OnnxReport;
import io.nanogpt.onnx.Quantization;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("any-jdk")
class OnnxLanguageModelTest {
    private static final String TEXT = "the cat sat on the mat. a dog ate the cat's hat. ".repeat(40);
    private static final GenerationOptions GREEDY = GenerationOptions.greedy().withMaxTokens(40);
    private static final GenerationOptions SAMPLED =
            GenerationOptions.temperature(0.9).withTopK(8).withMaxTokens(40);

    private static LanguageModel model;

    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    @BeforeAll
    static void train() {
        model = GPT.builder()
                .layers(2)
                .heads(4)
                .embeddingSize(32)
                .contextLength(16)
                .steps(60)
                .evaluationBatches(1)
                .train(Corpus.ofText(TEXT));
        for (OnnxExportOptions.Flavour flavour : OnnxExportOptions.Flavour.values()) {
            model.exportOnnx(shared.resolve(flavour.name()), OnnxExportOptions.of(flavour));
        }
    }

    @AfterAll
    static void close() {
        model.close();
    }

    /** The texts are longer than the context, so that the cache is filled anew as well. */
    @ParameterizedTest
    @EnumSource(OnnxExportOptions.Flavour.class)
    void generatesWhatTheModelGenerates(OnnxExportOptions.Flavour flavour) {
        try (LanguageModel onnx = LanguageModel.loadOnnx(shared.resolve(flavour.name()))) {
            for (String prompt : List.of("t", "the cat", "a dog ate the cat's hat. the")) {
                assertThat(onnx.generate(prompt, GREEDY)).isEqualTo(model.generate(prompt, GREEDY));
                assertThat(onnx.samples(prompt, 3, SAMPLED)).isEqualTo(model.samples(prompt, 3, SAMPLED));
            }
            StringBuilder heard = new StringBuilder();
            assertThat(onnx.stream("the", GREEDY.withStop("mat"), token -> heard.append(token.text())))
                    .isEqualTo(heard.toString())
                    .isEqualTo(model.generate("the", GREEDY.withStop("mat")));
            assertThat(onnx.generate(List.of("the", "a"), GREEDY))
                    .isEqualTo(model.generate(List.of("the", "a"), GREEDY));
            GenerationOptions half = GREEDY.withWindow(Window.dropHalf());
            assertThat(onnx.generate("the", half)).isEqualTo(model.generate("the", half));
            assertThatThrownBy(() -> onnx.generate("the", GREEDY.withWindow(Window.rolling())))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("use Window.dropHalf()");
            assertThat(onnx.generateAsync("the", GREEDY, token -> {}).join()).isEqualTo(model.generate("the", GREEDY));
            for (GenerationOptions options : List.of(GREEDY, half)) {
                assertThat(onnx.beamSearch("the", BeamSearch.of(3), options))
                        .extracting(BeamSearch.Hypothesis::text)
                        .isEqualTo(model.beamSearch("the", BeamSearch.of(3), options).stream()
                                .map(BeamSearch.Hypothesis::text)
                                .toList());
            }
            assertThat(onnx.grid("a", List.of(0.0, 0.5), List.of(1, 3), 2, GREEDY))
                    .isEqualTo(model.grid("a", List.of(0.0, 0.5), List.of(1, 3), 2, GREEDY));
            assertThat(onnx.logits(1, 2, 3)).containsExactly(model.logits(1, 2, 3), within(1e-4f));
            assertThat(onnx.evaluate(TEXT).loss())
                    .isCloseTo(model.evaluate(TEXT).loss(), within(1e-5));
            assertThat(onnx.evaluate(TEXT, 3, 5).loss())
                    .isCloseTo(model.evaluate(TEXT, 3, 5).loss(), within(1e-5));
            assertThat(onnx.architecture().settings())
                    .isEqualTo(model.architecture().settings());
        }
    }

    @ParameterizedTest
    @EnumSource(OnnxExportOptions.Flavour.class)
    void manyThreadsGetWhatEachGetsAlone(OnnxExportOptions.Flavour flavour) throws Exception {
        int threads = 64;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try (LanguageModel onnx = LanguageModel.loadOnnx(shared.resolve(flavour.name()))) {
            CountDownLatch start = new CountDownLatch(threads);
            List<Future<String>> results = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                GenerationOptions options = SAMPLED.withSeed(i);
                Callable<String> task = () -> {
                    start.countDown();
                    start.await();
                    return onnx.generate("the", options);
                };
                results.add(executor.submit(task));
            }
            for (int i = 0; i < threads; i++) {
                assertThat(results.get(i).get()).isEqualTo(onnx.generate("the", SAMPLED.withSeed(i)));
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void quantizedModelsAreSmallerAndNearlyAsGood() {
        for (OnnxExportOptions.Flavour flavour : OnnxExportOptions.Flavour.values()) {
            OnnxExportOptions options = OnnxExportOptions.of(flavour).withValidation(TEXT);
            check(model.exportOnnx(folder, options), 1.3, 1e-5);
            check(model.exportOnnx(folder, options.withQuantization(Quantization.float16())), 0.8, 1e-3);
            check(model.exportOnnx(folder, options.withQuantization(Quantization.int8())), 0.7, 0.02);
            check(model.exportOnnx(folder, options.withQuantization(Quantization.int4())), 0.6, 0.1);
            try (LanguageModel onnx = LanguageModel.loadOnnx(folder)) {
                assertThat(onnx.generate("the", GREEDY)).hasSize(40);
            }
        }
    }

    private static void check(OnnxReport report, double size, double loss) {
        assertThat(report.difference()).isLessThan(1e-5);
        assertThat(report.after().bytes())
                .isLessThan((long) (size * report.before().bytes()));
        Evaluation before = report.before().evaluation().orElseThrow();
        Evaluation after = report.after().evaluation().orElseThrow();
        assertThat(after.loss()).isCloseTo(before.loss(), within(loss * before.loss()));
        assertThat(after.tokensPerByte()).isEqualTo(before.tokensPerByte()).isPresent();
        assertThat(report.after().tokensPerSecond()).isPositive();
    }

    @Test
    void weightsBesideTheGraphAreReadAndReplaced() throws IOException {
        model.exportOnnx(folder, OnnxExportOptions.portable().withExternalData(true));
        assertThat(folder.resolve("model.onnx.data")).exists();
        try (LanguageModel onnx = LanguageModel.loadOnnx(folder)) {
            assertThat(onnx.generate("the", GREEDY)).isEqualTo(model.generate("the", GREEDY));
        }
        byte[] data = Files.readAllBytes(folder.resolve("model.onnx.data"));
        Files.write(folder.resolve("model.onnx.data"), Arrays.copyOf(data, data.length / 2));
        assertThatThrownBy(() -> LanguageModel.loadOnnx(folder))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("model.onnx.data");
        model.exportOnnx(folder);
        assertThat(folder.resolve("model.onnx.data")).doesNotExist();
        assertThat(folder.resolve("README.md")).content().contains("LanguageModel.loadOnnx");
    }

    /**
     * Where sessions, arenas or caches leaked, a load would cost some megabytes. {@code nanogpt.test.loads} sets more.
     */
    @Test
    void loadingAndClosingLeavesNothingBehind() throws IOException {
        Path status = Path.of("/proc/self/status");
        int loads = Integer.getInteger("nanogpt.test.loads", 120);
        long before = 0;
        for (int i = 0; i < loads; i++) {
            if (i == loads / 4) {
                before = residentBytes(status);
            }
            try (LanguageModel onnx = LanguageModel.loadOnnx(shared.resolve("ONNXRUNTIME"))) {
                onnx.logits(1, 2);
            }
        }
        assertThat(residentBytes(status) - before).isLessThan((64L << 20) + loads * (128L << 10));
    }

    private static long residentBytes(Path status) throws IOException {
        if (!Files.exists(status)) {
            return 0;
        }
        System.gc();
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .sum();
    }

    @Test
    void wrongFoldersAndFilesAreNamed() throws IOException {
        assertThatThrownBy(() -> LanguageModel.loadOnnx(folder))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("config.json");
        model.save(folder);
        assertThatThrownBy(() -> LanguageModel.loadOnnx(folder))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("model.onnx does not exist")
                .hasMessageContaining("exportOnnx");
        Path file = folder.resolve("model.onnx");
        byte[] whole = Files.readAllBytes(shared.resolve("PORTABLE").resolve("model.onnx"));
        for (int length : new int[] {0, 10, whole.length / 2, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> LanguageModel.loadOnnx(folder))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("model.onnx")
                    .hasMessageContaining("export the model again");
        }
        // The key in the metadata, without which anybody may have written the file.
        String other = new String(whole, StandardCharsets.ISO_8859_1).replace("nanogpt.format", "nobody._format");
        Files.write(file, other.getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> LanguageModel.loadOnnx(folder))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("not written by this library");
    }

    @Test
    void aModelWithABrokenWeightIsNotExported() throws IOException {
        Path saved = folder.resolve("saved");
        model.save(saved);
        Path file = saved.resolve("model.safetensors");
        // Under another key, the checksums are not compared.
        byte[] bytes = Files.readString(file, StandardCharsets.ISO_8859_1)
                .replace("nanogpt.crc32c", "another.crc32c")
                .getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - Float.BYTES, Float.NaN);
        Files.write(file, bytes);
        Path exported = folder.resolve("exported");
        model.exportOnnx(exported);
        byte[] before = Files.readAllBytes(exported.resolve("model.onnx"));
        try (LanguageModel broken = LanguageModel.load(saved)) {
            assertThatThrownBy(() -> broken.exportOnnx(exported))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("not numbers");
        }
        assertThat(Files.readAllBytes(exported.resolve("model.onnx"))).isEqualTo(before);
        LanguageModel.loadOnnx(exported).close();
    }

    @Test
    void filesOfTwoModelsAreRefused() throws IOException {
        model.exportOnnx(folder);
        Path config = folder.resolve("config.json");
        String text = Files.readString(config).replace("\"contextLength\": 16", "\"contextLength\": 17");
        Files.writeString(config, text, StandardOpenOption.TRUNCATE_EXISTING);
        assertThatThrownBy(() -> LanguageModel.loadOnnx(folder))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("different models");
    }

    /** The artifact on the class path of these tests is the one without CUDA. */
    @Test
    void cudaIsRefusedWhereTheArtifactLacksIt() {
        assertThat(OrtEnvironment.getAvailableProviders()).doesNotContain(OrtProvider.CUDA);
        Path path = shared.resolve("PORTABLE");
        try (LanguageModel onnx =
                LanguageModel.loadOnnx(path, OnnxOptions.cuda().orCpu())) {
            assertThat(onnx.generate("the", GREEDY)).isEqualTo(model.generate("the", GREEDY));
        }
        assertThatThrownBy(() -> LanguageModel.loadOnnx(path, OnnxOptions.cuda()))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("onnxruntime_gpu")
                .hasMessageContaining("orCpu");
    }

    @Test
    void aClosedModelIsRefusedAndAnExportedOneIsNotSaved() {
        LanguageModel onnx = LanguageModel.loadOnnx(
                shared.resolve("PORTABLE"), OnnxOptions.cpu().withThreads(2));
        assertThatThrownBy(() -> onnx.save(folder))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("loaded from ONNX");
        onnx.close();
        onnx.close();
        assertThatThrownBy(() -> onnx.generate("the", GREEDY))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void optionsAreChecked() {
        assertThatThrownBy(() -> OnnxOptions.cpu().withThreads(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> OnnxOptions.cuda(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> OnnxOptions.cpu().withMemoryLimit(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Quantization.int4().withBlockSize(48))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32, 64 or 128");
    }
}
