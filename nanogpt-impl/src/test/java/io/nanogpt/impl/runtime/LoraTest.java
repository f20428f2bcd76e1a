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
import io.nanogpt.impl.interop.SafetensorsFile;
import io.nanogpt.model.WeightsImportOptions;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.LoraConfig;
import io.nanogpt.train.Muon;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.ParameterSelector;
import io.nanogpt.train.Trainer;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingStep;
import io.nanogpt.train.WeightAveraging;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Low-rank adapters. */
class LoraTest {
    private static final Path NUMBERS = Path.of("src/test/resources/weights/finetuning");
    private static final Path FAMILIES = Path.of("src/test/resources/weights/families");
    private static final String ADAPTER = "adapter_model.safetensors";
    private static final String TEXT = "the quick brown fox jumps over the lazy dog; ".repeat(30);

    @TempDir
    private Path folder;

    private static LanguageModel family(String name) {
        return LanguageModel.importWeights(FAMILIES.resolve(name), WeightsImportOptions.ofFolder());
    }

    private static JsonValue numbers(String family) {
        return JsonValue.read(NUMBERS.resolve(family + ".lora.json"), "the numbers of PEFT");
    }

    private static int[] tokens(JsonValue expected) {
        return expected.member("tokens").elements().stream()
                .mapToInt(token -> (int) token.integer(0, 100))
                .toArray();
    }

    private static void requireLogits(LanguageModel model, JsonValue expected, String name, float tolerance) {
        float[] ours = model.logits(Arrays.copyOf(tokens(expected), 14));
        List<JsonValue> theirs = expected.member(name).elements();
        assertThat(ours).hasSize(theirs.size());
        for (int i = 0; i < ours.length; i++) {
            assertThat(ours[i]).isCloseTo((float) theirs.get(i).number(), within(tolerance));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2-gelu", "llama-llama3", "gpt-neox"})
    @Tag("any-jdk")
    void tenStepsAreThoseOfPeft(String family) {
        requireSteps(family, Backends.cpu());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2-gelu", "llama-llama3", "gpt-neox"})
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64", disabledReason = "PyTorch is on the class path there")
    void withDjlToo(String family) {
        requireSteps(family, Backends.djl().withDevice("cpu"));
    }

    private static void requireSteps(String family, BackendChoice backend) {
        JsonValue expected = numbers(family);
        List<Double> losses = new ArrayList<>();
        try (LanguageModel base = family(family);
                LanguageModel initial = base.withAdapter(NUMBERS.resolve(family).resolve("initial"));
                LanguageModel trained = train(initial, tokens(expected), backend, losses)) {
            List<JsonValue> theirs = expected.member("losses").elements();
            assertThat(losses).hasSameSizeAs(theirs);
            for (int step = 0; step < losses.size(); step++) {
                assertThat(losses.get(step))
                        .as("step " + (step + 1))
                        .isCloseTo(theirs.get(step).number(), within(1e-4));
            }
            requireLogits(trained, expected, "logits", 1e-4f);
        }
    }

    private static LanguageModel train(LanguageModel model, int[] tokens, BackendChoice backend, List<Double> losses) {
        Windows windows = Windows.of(TokenSource.of(tokens))
                .withStride(model.architecture().contextLength())
                .withOrder(Windows.Order.SEQUENTIAL);
        return Trainer.builder()
                .steps(10)
                .batchSize(2)
                .optimizer(AdamW.defaults().withLearningRate(3e-3))
                .evaluationBatches(1)
                .baselines(false)
                .backend(backend)
                .threads(1)
                .listener(new TrainingListener() {
                    @Override
                    public void onStep(TrainingStep step) {
                        losses.add((double) step.loss());
                    }
                })
                .build()
                .train(model, windows, windows);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2-gelu", "llama-llama3", "gpt-neox"})
    @Tag("any-jdk")
    void adaptersOfPeftAreReadAndWrittenAsTheyAre(String family) {
        JsonValue expected = numbers(family);
        Path theirs = NUMBERS.resolve(family).resolve("trained");
        try (LanguageModel base = family(family);
                LanguageModel adapted = base.withAdapter(theirs);
                LanguageModel merged = adapted.merge()) {
            requireLogits(adapted, expected, "logits", 1e-5f);
            requireLogits(merged, expected, "logits", 1e-5f);
            adapted.saveAdapter(folder);
            adapted.save(folder.resolve("saved"));
            try (LanguageModel saved = LanguageModel.load(folder.resolve("saved"))) {
                assertThat(saved.logits(3, 5)).containsExactly(merged.logits(3, 5));
            }
            assertThat(tensors(folder)).isEqualTo(tensors(theirs));
            JsonValue ours = JsonValue.read(folder.resolve("adapter_config.json"), "an adapter");
            JsonValue config = JsonValue.read(theirs.resolve("adapter_config.json"), "an adapter");
            for (String same : List.of("peft_type", "task_type", "bias")) {
                assertThat(ours.member(same).string())
                        .isEqualTo(config.member(same).string());
            }
            for (String same : List.of("r", "lora_alpha", "lora_dropout")) {
                assertThat(ours.member(same).number())
                        .isEqualTo(config.member(same).number());
            }
            assertThat(texts(ours)).containsExactlyInAnyOrderElementsOf(texts(config));
            boolean transposed = config.has("fan_in_fan_out", true);
            assertThat(ours.has("fan_in_fan_out", transposed)).isTrue();
            assertThat(ours.has("use_rslora", config.has("use_rslora", true))).isTrue();
        }
    }

    private static List<String> texts(JsonValue config) {
        return config.member("target_modules").elements().stream()
                .map(target -> target.string().replaceFirst(".*\\.", ""))
                .distinct()
                .toList();
    }

    /** Every tensor with its shape and numbers. */
    private static Map<String, List<Float>> tensors(Path folder) {
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(ADAPTER))) {
            Map<String, List<Float>> tensors = new HashMap<>();
            for (String name : file.names()) {
                List<Float> values = new ArrayList<>();
                file.shape(name).forEach(size -> values.add((float) size));
                for (float value : file.floats(name)) {
                    values.add(value);
                }
                tensors.put(name, values);
            }
            return tensors;
        }
    }

    private static LanguageModel base() {
        return GPT.builder()
                .layers(2)
                .heads(2)
                .embeddingSize(16)
                .contextLength(8)
                .steps(10)
                .evaluationBatches(2)
                .baselines(false)
                .train(Corpus.ofText(TEXT));
    }

    private static GPT.Builder tuning(LanguageModel base, LoraConfig lora) {
        return GPT.builder()
                .from(base)
                .lora(lora)
                .steps(20)
                .evaluateEvery(10)
                .evaluationBatches(2)
                .baselines(false);
    }

    @Test
    void onlyTheAdapterChangesAndItsLossFalls() {
        try (LanguageModel base = base();
                LanguageModel tuned =
                        tuning(base, LoraConfig.rank(4)).learningRate(1e-2).train(Corpus.ofText(TEXT));
                LanguageModel merged = tuned.merge()) {
            var evaluations = tuned.report().orElseThrow().evaluations();
            assertThat(evaluations.get(evaluations.size() - 1).validationLoss())
                    .isLessThan(evaluations.get(0).validationLoss() - 0.05);
            assertThat(merged.logits(1, 2, 3)).containsExactly(tuned.logits(1, 2, 3), within(1e-4f));
            tuned.saveAdapter(folder);
            try (LanguageModel again = base.withAdapter(folder)) {
                assertThat(again.logits(1, 2, 3)).containsExactly(tuned.logits(1, 2, 3));
                String prompt = "the quick";
                GenerationOptions greedy = GenerationOptions.greedy().withMaxTokens(20);
                assertThat(again.generate(prompt, greedy)).isEqualTo(tuned.generate(prompt, greedy));
                assertThat(again.evaluate(TEXT).loss())
                        .isEqualTo(tuned.evaluate(TEXT).loss());
            }
        }
    }

    @Test
    void threadsChangeNothing() {
        try (LanguageModel base = base()) {
            LoraConfig lora = LoraConfig.rank(4).withDropout(0.1);
            List<float[]> logits = new ArrayList<>();
            for (int threads = 1; threads <= 3; threads++) {
                try (LanguageModel tuned =
                        tuning(base, lora).accumulate(2).threads(threads).train(Corpus.ofText(TEXT))) {
                    logits.add(tuned.logits(1, 2, 3));
                }
            }
            assertThat(logits.get(1)).containsExactly(logits.get(0));
            assertThat(logits.get(2)).containsExactly(logits.get(0));
        }
    }

    @Test
    void aRunIsResumedExactlyWithAveragesBestWeightsAndMuon() {
        try (LanguageModel base = base()) {
            resumable(base, "whole", 20).train(Corpus.ofText(TEXT)).saveAdapter(folder.resolve("of-whole"));
            for (int steps : new int[] {7, 20}) {
                try (LanguageModel part = resumable(base, "part", steps).train(Corpus.ofText(TEXT))) {
                    part.saveAdapter(folder.resolve("of-part"));
                }
            }
            assertThat(folder.resolve("of-part").resolve(ADAPTER))
                    .hasSameBinaryContentAs(folder.resolve("of-whole").resolve(ADAPTER));
            assertThatThrownBy(() -> tuning(base, LoraConfig.rank(2))
                            .checkpoints(
                                    CheckpointConfig.in(folder.resolve("part")).withResume(true))
                            .train(Corpus.ofText(TEXT)))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContainingAll("another model", "loraRank=4", "loraRank=2");
        }
    }

    private GPT.Builder resumable(LanguageModel base, String name, int steps) {
        return tuning(base, LoraConfig.rank(4))
                .steps(steps)
                .optimizer(ParameterGroups.of(AdamW.defaults()).with(ParameterSelector.hidden(), Muon.defaults()))
                .averaging(WeightAveraging.ema(0.9).withEvery(2))
                .checkpoints(
                        CheckpointConfig.in(folder.resolve(name)).withEvery(5).withResume(true));
    }

    @Test
    void theMemoryOfOptimizersFallsInProportion() throws IOException {
        try (LanguageModel base = base()) {
            tuning(base, LoraConfig.rank(1).withTargets("attn.qkv"))
                    .checkpoints(CheckpointConfig.in(folder.resolve("adapter")))
                    .train(Corpus.ofText(TEXT))
                    .close();
            GPT.builder()
                    .from(base)
                    .steps(20)
                    .evaluationBatches(2)
                    .baselines(false)
                    .checkpoints(CheckpointConfig.in(folder.resolve("full")))
                    .train(Corpus.ofText(TEXT))
                    .close();
            long adapter = moments("adapter");
            long full = moments("full");
            long trained = 2 * (16 + 48);
            assertThat(adapter).isEqualTo(2 * trained);
            assertThat(full).isEqualTo(2 * base.architecture().graph().parameterCount());
        }
    }

    /** The numbers that the optimizer of a run keeps, by its checkpoint. */
    private long moments(String name) {
        Path file = folder.resolve(name).resolve("step-00000020").resolve("optimizer.safetensors");
        try (SafetensorsFile moments = SafetensorsFile.open(file)) {
            return moments.names().stream()
                    .mapToLong(moment -> moments.floats(moment).length)
                    .sum();
        }
    }

    @Test
    void whatCannotWorkIsRefused() throws IOException {
        try (LanguageModel base = base();
                LanguageModel tuned = tuning(base, LoraConfig.rank(2)).train(Corpus.ofText(TEXT))) {
            assertThatThrownBy(() -> tuning(base, LoraConfig.rank(2).withTargets("qkv", "q_proj"))
                            .train(Corpus.ofText(TEXT)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("none named q_proj;", "[fc, head, proj, qkv]");
            assertThatThrownBy(() -> tuning(tuned, LoraConfig.rank(2)).train(Corpus.ofText(TEXT)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("has an adapter already");
            assertThatThrownBy(() ->
                            GPT.builder().lora(LoraConfig.rank(2)).steps(1).train(Corpus.ofText(TEXT)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("begins with random weights");
            assertThatThrownBy(() -> base.saveAdapter(folder))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("has no adapter");
            assertThatThrownBy(base::merge).hasMessageContaining("has no adapter");
            assertThatThrownBy(() -> base.withAdapter(folder))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("holds no adapter_config.json");
            assertThatThrownBy(() -> base.withAdapter(NUMBERS.resolve("llama-llama3/trained")))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContainingAll("another model", "q_proj");
            Path dora = Files.createDirectories(folder.resolve("dora"));
            Files.writeString(dora.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\", \"use_dora\": true}");
            Files.writeString(dora.resolve(ADAPTER), "");
            assertThatThrownBy(() -> base.withAdapter(dora))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("use_dora is true, which is not supported");
        }
        try (LanguageModel other = family("gpt2-relu")) {
            assertThatThrownBy(() -> other.withAdapter(NUMBERS.resolve("gpt2-gelu/trained")))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContainingAll("c_fc.lora_B.weight should be", "but is");
        }
        assertThatThrownBy(() -> LoraConfig.rank(0)).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> LoraConfig.rank(1).withDropout(1)).hasMessageContaining("below 1");
        assertThatThrownBy(() -> LoraConfig.rank(1).withAlpha(0)).hasMessageContaining("above 0");
    }

    @Test
    void anAdaptedModelIsExportedWithItsAdapter() {
        try (LanguageModel base = base();
                LanguageModel tuned =
                        tuning(base, LoraConfig.rank(2)).learningRate(1e-2).train(Corpus.ofText(TEXT))) {
            tuned.exportOnnx(folder);
            try (LanguageModel exported = LanguageModel.loadOnnx(folder)) {
                assertThat(exported.logits(1, 2)).containsExactly(tuned.logits(1, 2), within(1e-3f));
            }
            try (LanguageModel more = tuned.withSpecialTokens("<|user|>")) {
                assertThat(Arrays.copyOf(more.logits(1, 2), tuned.architecture().vocabularySize()))
                        .containsExactly(tuned.logits(1, 2), within(1e-4f));
            }
        }
    }
}
