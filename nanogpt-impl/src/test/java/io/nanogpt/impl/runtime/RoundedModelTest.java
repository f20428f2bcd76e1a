package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.impl.fakes.Models;
import io.nanogpt.model.GgufType;
import io.nanogpt.model.LoadOptions;
import io.nanogpt.model.WeightPrecision;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A trained model that is loaded in fewer bits. */
@Tag("any-jdk")
class RoundedModelTest {
    private static final LoadOptions ONE = LoadOptions.defaults().withThreads(1);
    private static final String TEXT = text();

    @TempDir
    private static Path folder;

    @TempDir
    private Path out;

    @BeforeAll
    static void train() {
        try (LanguageModel model = builder(false).train(Corpus.ofText(TEXT))) {
            model.save(folder.resolve("own"));
        }
        try (LanguageModel model = builder(true).train(Corpus.ofText(TEXT))) {
            model.save(folder.resolve("tied"));
        }
    }

    private static GPT.Builder builder(boolean tied) {
        return GPT.builder()
                .model(Models.captions(2, 2, 32, 24, 1).tiedHead(tied).build())
                .learningRate(5e-3)
                .batchSize(8)
                .steps(200)
                .evaluateEvery(200)
                .evaluationBatches(2)
                .threads(1);
    }

    /** Words in an order of chance, so that a loss is far from zero. */
    private static String text() {
        Random random = new Random(1);
        List<String> words = List.of("cells", "are", "large", "and", "round", "in", "most", "of", "the", "tissue");
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 2_000; i++) {
            text.append(words.get(random.nextInt(words.size()))).append(' ');
        }
        return text.toString();
    }

    private static LanguageModel load(String name, WeightPrecision precision) {
        return LanguageModel.load(folder.resolve(name), ONE.withPrecision(precision));
    }

    /** Measured: 1.7e-4 in bfloat16 and 4.4e-4 in 8-bit integers at most. */
    @ParameterizedTest
    @CsvSource({"own, BF16, 5e-4", "own, INT8, 1e-3", "tied, BF16, 5e-4", "tied, INT8, 1e-3"})
    void theLossIsThatOfTheFullPrecisionButForALittle(String name, WeightPrecision precision, double most) {
        try (LanguageModel full = load(name, WeightPrecision.F32);
                LanguageModel rounded = load(name, precision)) {
            double loss = full.evaluate(TEXT).loss();
            double roundedLoss = rounded.evaluate(TEXT).loss();
            assertThat(roundedLoss).isNotEqualTo(loss).isCloseTo(loss, within(most));
            assertThat(rounded.compute().backend()).endsWith(precision.name().toLowerCase(Locale.ROOT) + " weights");
        }
    }

    /** One after another and together, with any number of threads. */
    @ParameterizedTest
    @EnumSource(names = {"BF16", "INT8"})
    void textsAreTheSameAloneAndTogether(WeightPrecision precision) {
        GenerationOptions options = GenerationOptions.temperature(1).withSeed(3).withMaxTokens(40);
        List<String> prompts = List.of("cells are", "round", "in most of the tissue", "and");
        try (LanguageModel one = load("tied", precision);
                LanguageModel two = LanguageModel.load(
                        folder.resolve("tied"), ONE.withThreads(2).withPrecision(precision))) {
            List<String> together = one.generate(prompts, options);
            assertThat(two.generate(prompts, options)).isEqualTo(together);
            assertThat(one.generate(prompts.get(0), options)).isEqualTo(together.get(0));
        }
    }

    @Test
    void theFilesStayAsTheyAre() throws IOException {
        Map<String, String> before = contents();
        try (LanguageModel model = load("own", WeightPrecision.INT8)) {
            assertThat(model.generate("cells", GenerationOptions.greedy().withMaxTokens(5)))
                    .isNotEmpty();
        }
        assertThat(contents()).isEqualTo(before);
        LanguageModel.verify(folder.resolve("own"));
    }

    private static Map<String, String> contents() throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder.resolve("own"))) {
            for (Path file : files.toList()) {
                contents.put(file.getFileName().toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return contents;
    }

    @Test
    void whatNeedsTheWeightsOfTheFileIsRefused() {
        try (LanguageModel model = load("own", WeightPrecision.INT8)) {
            refuses("saved", () -> model.save(out.resolve("saved")));
            refuses("exported", () -> model.exportOnnx(out.resolve("onnx"), OnnxExportOptions.portable()));
            refuses("exported", () -> model.exportGguf(out.resolve("model.gguf"), GgufType.F32));
            refuses(
                    "adapted or trained further",
                    () -> GPT.builder().from(model).steps(1).train(Corpus.ofText(TEXT)));
            refuses("adapted or trained further", () -> model.withSpecialTokens("<|user|>"));
            refuses("adapted or trained further", () -> model.withAdapter(out.resolve("adapter")));
            assertThat(out).isEmptyDirectory();
        }
    }

    private static void refuses(String what, ThrowingCallable action) {
        assertThatThrownBy(action)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("rounded to int8", "cannot be " + what, "load it in f32");
    }

    @Test
    void aModelOfCountsHasNothingToRound() {
        try (LanguageModel counts =
                LanguageModel.ngram(Corpus.ofText(TEXT), Tokenizers.characters().train(Corpus.ofText(TEXT)), 3)) {
            counts.save(out.resolve("counts"));
        }
        assertThatThrownBy(() -> LanguageModel.load(out.resolve("counts"), ONE.withPrecision(WeightPrecision.BF16)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("n-gram counts", "bf16", "load it in f32");
    }

    @Test
    void theNumberOfThreadsIsCheckedBeforeAnythingIsRead() {
        assertThatThrownBy(() -> ONE.withThreads(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("threads must be from 1 to 1024, but is 0");
    }
}
