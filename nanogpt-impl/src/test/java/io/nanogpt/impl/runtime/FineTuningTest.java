package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.backend.BackendChoice;
import io.nanogpt.backend.Backends;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Windows;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.model.Preset;
import io.nanogpt.model.WeightsImportOptions;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.Recipe;
import io.nanogpt.train.Trainer;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingStep;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training that goes on from the weights of a model. */
class FineTuningTest {
    private static final Path NUMBERS = Path.of("src/test/resources/weights/finetuning");
    private static final Path FAMILIES = Path.of("src/test/resources/weights/families");
    private static final int STEPS = 10;
    private static final String TEXT = "the quick brown fox jumps over the lazy dog; ".repeat(30);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"gpt2-gelu", "llama-llama3", "qwen3", "gpt-neox"})
    @Tag("any-jdk")
    void tenStepsFromImportedWeightsHaveTheLossesOfPyTorch(String family) {
        requireLosses(family, Backends.cpu());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2-gelu", "llama-llama3", "qwen3", "gpt-neox"})
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64", disabledReason = "PyTorch is on the class path there")
    void withDjlToo(String family) {
        requireLosses(family, Backends.djl().withDevice("cpu"));
    }

    private static void requireLosses(String family, BackendChoice backend) {
        JsonValue expected = JsonValue.read(NUMBERS.resolve(family + ".full.json"), "the numbers of PyTorch");
        try (LanguageModel model = family(family)) {
            List<Double> losses = new ArrayList<>();
            train(model, expected, backend, 1, losses).close();
            requireLosses(losses, expected, 1e-5);
        }
    }

    private static LanguageModel family(String name) {
        return LanguageModel.importWeights(FAMILIES.resolve(name), WeightsImportOptions.ofFolder());
    }

    private static void requireLosses(List<Double> losses, JsonValue expected, double tolerance) {
        List<JsonValue> theirs = expected.member("losses").elements();
        assertThat(losses).hasSize(STEPS).hasSameSizeAs(theirs);
        for (int step = 0; step < STEPS; step++) {
            assertThat(losses.get(step))
                    .as("step " + (step + 1))
                    .isCloseTo(theirs.get(step).number(), within(tolerance));
        }
    }

    /** Ten steps over the text of the numbers, two windows a step, in order. */
    private static LanguageModel train(
            LanguageModel model, JsonValue expected, BackendChoice backend, int threads, List<Double> losses) {
        int[] tokens = expected.member("tokens").elements().stream()
                .mapToInt(token -> (int) token.integer(0, 100))
                .toArray();
        Windows windows = Windows.of(TokenSource.of(tokens))
                .withStride(model.architecture().contextLength())
                .withOrder(Windows.Order.SEQUENTIAL);
        return Trainer.builder()
                .steps(STEPS)
                .batchSize(2)
                .optimizer(AdamW.defaults().withLearningRate(3e-3))
                .evaluationBatches(1)
                .baselines(false)
                .backend(backend)
                .threads(threads)
                .listener(new TrainingListener() {
                    @Override
                    public void onStep(TrainingStep step) {
                        losses.add((double) step.loss());
                    }
                })
                .build()
                .train(model, windows, windows);
    }

    @Test
    void aModelTrainedAMomentAgoIsTrainedFurtherAndStaysAsItIs() {
        try (LanguageModel base = small().evaluateFully(true).train(Corpus.ofText(TEXT));
                LanguageModel tuned =
                        GPT.builder().from(base).steps(5).evaluateFully(true).train(Corpus.ofText(TEXT))) {
            int[] prompt = base.tokenizer().encode("the quick");
            float[] before = base.logits(prompt);
            TrainingReport report = tuned.report().orElseThrow();
            assertThat(tuned.tokenizer()).isSameAs(base.tokenizer());
            assertThat(report.evaluations().get(0).validationLoss())
                    .isEqualTo(base.report().orElseThrow().last().validationLoss());
            assertThat(report.last().validationLoss())
                    .isLessThan(base.report().orElseThrow().last().validationLoss());
            assertThat(report.plan().settings()).containsEntry("learning-rate", "0.0001");
            assertThat(tuned.logits(prompt)).isNotEqualTo(before);
            assertThat(base.logits(prompt)).containsExactly(before);
        }
    }

    @Test
    void theLearningRateThatIsSetCounts() {
        try (LanguageModel base = small().train(Corpus.ofText(TEXT))) {
            assertThat(learningRate(base, builder -> builder.learningRate(1e-3)))
                    .isEqualTo("0.001");
            assertThat(learningRate(base, builder -> builder.optimizer(AdamW.defaults())))
                    .isEqualTo("0.001");
            assertThat(learningRate(base, builder -> builder.accumulate(2))).isEqualTo("0.0001");
            assertThat(learningRate(base, builder -> builder.weightDecay(0))).isEqualTo("0.0001");
        }
    }

    private static String learningRate(LanguageModel base, Consumer<GPT.Builder> settings) {
        GPT.Builder builder =
                GPT.builder().from(base).steps(1).evaluationBatches(1).baselines(false);
        settings.accept(builder);
        try (LanguageModel tuned = builder.train(Corpus.ofText(TEXT))) {
            return tuned.report().orElseThrow().plan().settings().get("learning-rate");
        }
    }

    @Test
    void threadsChangeNothing() {
        try (LanguageModel base = small().train(Corpus.ofText(TEXT))) {
            List<float[]> logits = new ArrayList<>();
            for (int threads = 1; threads <= 3; threads++) {
                try (LanguageModel tuned = tuning(base).threads(threads).train(Corpus.ofText(TEXT))) {
                    logits.add(tuned.logits(1, 2, 3));
                }
            }
            assertThat(logits.get(1)).containsExactly(logits.get(0));
            assertThat(logits.get(2)).containsExactly(logits.get(0));
        }
    }

    private static GPT.Builder small() {
        return GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(16)
                .contextLength(8)
                .steps(20)
                .evaluationBatches(2)
                .baselines(false);
    }

    private static GPT.Builder tuning(LanguageModel base) {
        return GPT.builder()
                .from(base)
                .steps(20)
                .evaluateEvery(10)
                .evaluationBatches(2)
                .baselines(false);
    }

    @Test
    void anInterruptedRunIsResumedExactly() {
        try (LanguageModel base = small().train(Corpus.ofText(TEXT))) {
            tuning(base).train(Corpus.ofText(TEXT)).save(folder.resolve("whole"));
            for (int step : new int[] {3, 13}) {
                resumable(base)
                        .listener(interrupt(step))
                        .train(Corpus.ofText(TEXT))
                        .close();
                assertThat(Thread.interrupted()).isTrue();
            }
            resumable(base).train(Corpus.ofText(TEXT)).save(folder.resolve("part"));
            assertThat(folder.resolve("part/model.safetensors"))
                    .hasSameBinaryContentAs(folder.resolve("whole/model.safetensors"));
        }
    }

    private GPT.Builder resumable(LanguageModel base) {
        return tuning(base)
                .checkpoints(CheckpointConfig.in(folder.resolve("checkpoints")).withResume(true));
    }

    private static TrainingListener interrupt(int at) {
        return new TrainingListener() {
            @Override
            public void onStep(TrainingStep step) {
                if (step.number() == at) {
                    Thread.currentThread().interrupt();
                }
            }
        };
    }

    @Test
    void aCheckpointOfAnotherBaseIsRefused() {
        try (LanguageModel base = small().train(Corpus.ofText(TEXT));
                LanguageModel other = small().seed(2).train(Corpus.ofText(TEXT))) {
            resumable(base).train(Corpus.ofText(TEXT)).close();
            assertThatThrownBy(() -> resumable(other).train(Corpus.ofText(TEXT)))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContainingAll("another initialWeights", "choose another folder");
            CheckpointConfig same =
                    CheckpointConfig.in(folder.resolve("checkpoints")).withResume(true);
            assertThatThrownBy(
                            () -> small().checkpoints(same).learningRate(1e-4).train(Corpus.ofText(TEXT)))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContainingAll("another initialWeights", "than this one (random)");
        }
    }

    @Test
    void aModelThatWasSavedIsLoadedWhereItIsOfTheSameBase() {
        try (LanguageModel base = small().train(Corpus.ofText(TEXT));
                LanguageModel other = small().seed(2).train(Corpus.ofText(TEXT))) {
            Path saved = folder.resolve("tuned");
            float[] logits;
            try (LanguageModel tuned = tuning(base).loadIfPresent(saved).train(Corpus.ofText(TEXT))) {
                logits = tuned.logits(1, 2);
            }
            try (LanguageModel loaded = tuning(base).loadIfPresent(saved).train(Corpus.ofText(TEXT))) {
                assertThat(loaded.logits(1, 2)).containsExactly(logits);
            }
            assertThatThrownBy(() -> tuning(other).loadIfPresent(saved).train(Corpus.ofText(TEXT)))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("initialWeights was");
        }
    }

    @Test
    void whatAModelHasItselfIsRefusedByName() {
        try (LanguageModel base = small().train(Corpus.ofText(TEXT))) {
            refused("layers", () -> GPT.builder().from(base).layers(2));
            refused("heads", () -> GPT.builder().from(base).heads(2));
            refused("embeddingSize", () -> GPT.builder().from(base).embeddingSize(2));
            refused("contextLength", () -> GPT.builder().from(base).contextLength(2));
            refused("dropout", () -> GPT.builder().from(base).dropout(0.1));
            refused("model", () -> GPT.builder().from(base).model(Preset.CAPTIONS.config()));
            refused("recipe", () -> GPT.builder().from(base).recipe(Recipe.MODERN));
            refused(
                    "tokenizer",
                    () -> GPT.builder()
                            .from(base)
                            .tokenizer(Tokenizers.characters().train(Corpus.ofText(TEXT))));
            refused("budget", () -> GPT.builder().from(base).budget(Duration.ofSeconds(2)));
            refused(
                    "layers, dropout",
                    () -> GPT.builder().layers(2).dropout(0.1).from(base));
        }
    }

    private static void refused(String name, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("from(...) trains a model further")
                .hasMessageEndingWith("leave out " + name);
    }

    @Test
    void modelsWithoutWeightsToTrainAreRefused() {
        Corpus corpus = Corpus.ofText(TEXT);
        try (LanguageModel counts =
                LanguageModel.ngram(corpus, Tokenizers.characters().train(corpus), 3)) {
            assertThatThrownBy(() -> tuning(counts).train(corpus))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("cannot be trained further", "n-gram counts");
        }
        try (LanguageModel base = small().train(corpus)) {
            base.exportOnnx(folder.resolve("onnx"));
        }
        try (LanguageModel exported = LanguageModel.loadOnnx(folder.resolve("onnx"))) {
            assertThatThrownBy(() -> tuning(exported).train(corpus))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("exported graph can only be run", "LanguageModel.load");
            assertThatThrownBy(() -> exported.withSpecialTokens("<|user|>"))
                    .hasMessageContaining("exported graph can only be run");
        }
    }

    @Test
    void textsAndIdsThatTheModelDoesNotKnowAreRefused() {
        try (LanguageModel base = small().train(Corpus.ofText(TEXT))) {
            assertThatThrownBy(() -> tuning(base).train(Corpus.ofText(TEXT + "\u00e9".repeat(200))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("\u00e9");
            int beyond = base.architecture().vocabularySize();
            Windows windows = Windows.of(TokenSource.of(
                    IntStream.range(0, 100).map(i -> i % (beyond + 1)).toArray()));
            assertThatThrownBy(() -> tuning(base).train(windows, windows))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining(Integer.toString(beyond));
        }
    }

    @Test
    void aTunedModelIsSavedAndLoadedAsAnyOther() {
        try (LanguageModel base = family("gpt2-gelu");
                LanguageModel tuned = train(
                        base,
                        JsonValue.read(NUMBERS.resolve("gpt2-gelu.full.json"), "the numbers of PyTorch"),
                        Backends.cpu(),
                        1,
                        new ArrayList<>())) {
            tuned.save(folder);
            try (LanguageModel loaded = LanguageModel.load(folder)) {
                assertThat(loaded.logits(3, 5, 7)).containsExactly(tuned.logits(3, 5, 7));
                assertThat(loaded.generate(
                                loaded.tokenizer().decode(3),
                                GenerationOptions.greedy().withMaxTokens(5)))
                        .hasSizeGreaterThan(0);
            }
        }
    }
}
