package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.chat.ChatTemplate;
import io.nanogpt.chat.Message;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.model.Activation;
import io.nanogpt.model.Biases;
import io.nanogpt.model.GgufType;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.Refinements;
import io.nanogpt.model.RotaryScaling;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.Variations;
import io.nanogpt.model.Variations.QueryKeyNorm;
import io.nanogpt.model.Variations.Residual;
import io.nanogpt.model.WeightsImportOptions;
import io.nanogpt.tokenizer.SplitPattern;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** GGUF files of models are read as the models that they were written from. */
@Tag("any-jdk")
class GgufModelTest {
    private static final String TEXT = "the cat sat on the mat, and the dog sat on the log\n".repeat(20);
    private static final Corpus CORPUS = Corpus.ofText(TEXT);
    private static final Tokenizer BPE = Tokenizers.byteLevelBpe()
            .vocabularySize(280)
            .specialTokens("<|endoftext|>")
            .threads(1)
            .train(CORPUS);
    private static final Path FIXTURE = Path.of("src/test/resources/weights/gguf/llama.gguf");

    private static final Path SENTENCES = FIXTURE.resolveSibling("sentencepiece.gguf");

    @TempDir
    Path folder;

    private static TransformerConfig.Builder llama() {
        return TransformerConfig.builder()
                .layers(2)
                .heads(4)
                .keyValueHeads(2)
                .embeddingSize(32)
                .hiddenSize(64)
                .contextLength(16)
                .vocabularySize(280)
                .fused(false)
                .activation(Activation.SWIGLU)
                .norm(new NormConfig(NormConfig.Kind.RMS, 1e-5f, NormConfig.Placement.PRE))
                .positions(new Positions.Rotary(10_000, false))
                .biases(Biases.NONE);
    }

    private static TransformerConfig.Builder gpt2() {
        return TransformerConfig.builder()
                .layers(2)
                .heads(4)
                .embeddingSize(32)
                .contextLength(16)
                .vocabularySize(280)
                .activation(Activation.GELU_TANH)
                .biases(Biases.ALL_BUT_HEAD)
                .tiedHead(true);
    }

    private static TransformerConfig.Builder gemma() {
        return llama().activation(Activation.GEGLU_TANH)
                .tiedHead(true)
                .norm(new NormConfig(NormConfig.Kind.RMS, 1e-6f, NormConfig.Placement.PRE_AND_OUTPUT));
    }

    private static Variations gemmaVariations() {
        return Variations.NONE.withHeadSize(16).withEmbeddingScale((float) Math.sqrt(32));
    }

    private static TransformerConfig.Builder neox() {
        return gpt2().tiedHead(false).positions(rotary(0.25));
    }

    private static NormConfig layerNorm() {
        return new NormConfig(NormConfig.Kind.LAYER, 1e-5f, NormConfig.Placement.PRE);
    }

    private static Positions rotary(double share) {
        return new Positions.Rotary(10_000, false, share, new RotaryScaling.None());
    }

    /** Models that are read with the same configuration. */
    private static Map<String, TransformerConfig.Builder> same() {
        Map<String, TransformerConfig.Builder> models = new LinkedHashMap<>();
        models.put("gpt2", gpt2());
        models.put("llama", llama());
        models.put(
                "llama with biases, tied",
                llama().biases(new Biases(true, true, true, false)).tiedHead(true));
        models.put(
                "llama, linear",
                llama().positions(new Positions.Rotary(10_000, false, 1, new RotaryScaling.Linear(2))));
        models.put("llama, partly rotated", llama().positions(rotary(0.5)));
        models.put("llama, wide heads", llama().variations(Variations.NONE.withHeadSize(16)));
        models.put("qwen2", llama().biases(new Biases(true, false, false, false)));
        models.put("qwen3", llama().variations(Variations.NONE.withHeadSize(16).withQueryKeyNorm(QueryKeyNorm.HEADS)));
        models.put(
                "gemma",
                llama().activation(Activation.GEGLU_TANH)
                        .tiedHead(true)
                        .variations(Variations.NONE.withEmbeddingScale((float) Math.sqrt(32))));
        models.put("stablelm", llama().norm(layerNorm()).positions(rotary(0.25)));
        models.put(
                "stablelm, parallel",
                llama().norm(layerNorm())
                        .positions(rotary(0.25))
                        .variations(Variations.NONE.withResidual(Residual.PARALLEL_ONE_NORM)));
        models.put(
                "phi2",
                llama().activation(Activation.GELU_TANH)
                        .norm(layerNorm())
                        .positions(rotary(0.5))
                        .biases(new Biases(true, true, true, true))
                        .variations(Variations.NONE.withResidual(Residual.PARALLEL_ONE_NORM)));
        models.put("smollm3", llama().layers(5).tiedHead(true).variations(Variations.NONE.withUnrotated(List.of(3))));
        models.put(
                "olmo2",
                llama().norm(new NormConfig(NormConfig.Kind.RMS, 1e-6f, NormConfig.Placement.OUTPUT))
                        .variations(Variations.NONE.withQueryKeyNorm(QueryKeyNorm.ALL)));
        models.put(
                "gemma2",
                gemma().refinements(Refinements.NONE.withLogitCap(30))
                        .variations(gemmaVariations().withWindows(List.of(4, 0)).withAttentionCap(50)));
        models.put(
                "gemma3",
                gemma().layers(7)
                        .positions(new Positions.Rotary(1e6, false, 1, new RotaryScaling.Linear(8)))
                        .variations(gemmaVariations()
                                .withQueryKeyNorm(QueryKeyNorm.HEADS)
                                .withWindowPositions(new Positions.Rotary(10_000, false))
                                .withWindows(List.of(4, 4, 4, 4, 4, 0, 4))));
        models.put("gptneox", neox().variations(Variations.NONE.withResidual(Residual.PARALLEL)));
        models.put("gptneox, sequential", neox());
        return models;
    }

    static Stream<String> names() {
        return same().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void aModelIsReadAsItWas(String name) {
        Path file = folder.resolve("model.gguf");
        try (LanguageModel model = train(same().get(name), BPE)) {
            model.exportGguf(file, GgufType.F32);
            try (LanguageModel read = LanguageModel.load(file)) {
                assertThat(read.architecture().settings())
                        .isEqualTo(model.architecture().settings());
                assertThat(read.logits(1, 2, 3)).containsExactly(model.logits(1, 2, 3));
                assertThat(read.tokenizer().encode(TEXT)).containsExactly(BPE.encode(TEXT));
                assertThat(read.recordEnd()).contains("<|endoftext|>");
            }
        }
    }

    /** Models that are read as others, which compute the same. */
    static Stream<TransformerConfig.Builder> alike() {
        return Stream.of(
                gpt2().biases(Biases.NONE),
                gpt2().fused(false),
                llama().fused(true),
                llama().positions(new Positions.Rotary(10_000, true)),
                llama().positions(new Positions.Rotary(10_000, false, 1, new RotaryScaling.Llama3(8, 1, 4, 8))));
    }

    @ParameterizedTest
    @MethodSource("alike")
    void aModelThatComputesTheSameIsRead(TransformerConfig.Builder config) {
        Path file = folder.resolve("model.gguf");
        try (LanguageModel model = train(config, BPE)) {
            model.exportGguf(file, GgufType.F32);
            try (LanguageModel read = LanguageModel.load(file)) {
                assertThat(read.logits(1, 2, 3)).containsExactly(model.logits(1, 2, 3), within(1e-5f));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(GgufType.class)
    void typesRoundWeightsWithinTheirPrecision(GgufType type) throws IOException {
        Path file = folder.resolve("model.gguf");
        try (LanguageModel model = train(llama(), BPE)) {
            model.exportGguf(file, type);
            float most = switch (type) {
                case F32 -> 0;
                case F16 -> 1e-3f;
                case Q8_0 -> 2e-2f;
                case Q4_0 -> 0.3f;
            };
            try (LanguageModel read = LanguageModel.load(file)) {
                assertThat(read.logits(1, 2, 3)).containsExactly(model.logits(1, 2, 3), within(most));
            }
            Path whole = folder.resolve("whole.gguf");
            model.exportGguf(whole, GgufType.F32);
            assertThat(Files.size(file)).isLessThanOrEqualTo(Files.size(whole));
        }
    }

    @Test
    void aFileOfThePythonWriterHasTheLogitsOfTransformers() {
        JsonValue expected = JsonValue.read(FIXTURE.resolveSibling("llama.json"), "expected values");
        int[] ids = expected.member("ids").elements().stream()
                .mapToInt(id -> (int) id.integer(0, 259))
                .toArray();
        try (LanguageModel model = LanguageModel.load(FIXTURE)) {
            assertThat(model.tokenizer().encodePrompt(expected.member("text").string()))
                    .containsExactly(ids);
            float[] logits = model.logits(ids);
            for (int id = 0; id < logits.length; id++) {
                assertThat(logits[id])
                        .isCloseTo(
                                (float) expected.member("logits")
                                        .elements()
                                        .get(id)
                                        .number(),
                                within(2e-5f));
            }
            assertThat(model.recordEnd()).contains("<|endoftext|>");
            assertThat(model.generate("hi", GenerationOptions.greedy().withMaxTokens(3)))
                    .isNotEmpty();
        }
    }

    @Test
    void aTokenizerOfSentencePieceHasItsIds() {
        JsonValue expected = JsonValue.read(SENTENCES.resolveSibling("sentencepiece.json"), "expected values");
        Path again = folder.resolve("again.gguf");
        try (LanguageModel model = LanguageModel.load(SENTENCES)) {
            requireIds(model.tokenizer(), expected);
            model.exportGguf(again, GgufType.F32);
            try (LanguageModel read = LanguageModel.load(again)) {
                requireIds(read.tokenizer(), expected);
                assertThat(read.recordEnd()).contains("</s>");
                assertThat(read.logits(1, 2, 3)).containsExactly(model.logits(1, 2, 3));
            }
        }
    }

    private static void requireIds(Tokenizer tokenizer, JsonValue expected) {
        for (int i = 0; i < expected.member("texts").elements().size(); i++) {
            String text = expected.member("texts").elements().get(i).string();
            int[] ids = expected.member("ids").elements().get(i).elements().stream()
                    .mapToInt(id -> (int) id.integer(0, Integer.MAX_VALUE))
                    .toArray();
            assertThat(tokenizer.encodePrompt(text)).as(text).containsExactly(ids);
            assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text.replace('\u2581', ' '));
        }
    }

    @Test
    void aTokenizerThatLlamaCppWouldMergeOtherwiseIsRefused() throws IOException {
        String json = """
                {"added_tokens": [], "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "\u2581"},
                 {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}]}, "pre_tokenizer": null,
                 "post_processor": null, "decoder": null,
                 "model": {"type": "BPE", "byte_fallback": true, "vocab": {"a": 0, "b": 1, "c": 2, "ab": 3, "bc": 4, "abc": 5},
                 "merges": [["a", "b"], ["b", "c"], ["ab", "c"]]}}
                """;
        Tokenizer tokenizer = Tokenizers.load(Files.writeString(folder.resolve("tokenizer.json"), json));
        requireRefused(
                LanguageModel.importWeights(
                        FIXTURE, WeightsImportOptions.ofFolder().withTokenizer(tokenizer)),
                "no merge of \"a\" and \"bc\"");
    }

    @Test
    void anImportedFileIsSavedAsAFolder() {
        try (LanguageModel model = LanguageModel.importWeights(FIXTURE, WeightsImportOptions.ofFolder())) {
            model.save(folder.resolve("saved"));
            try (LanguageModel saved = LanguageModel.load(folder.resolve("saved"))) {
                assertThat(saved.logits(1, 2, 3)).containsExactly(model.logits(1, 2, 3));
                assertThat(saved.tokenizer().encodePrompt(" the")).containsExactly(259, 258);
            }
        }
    }

    @Test
    void theSeparatorOfRecordsEndsATextIfItIsOneToken() {
        Corpus records = Corpus.ofStrings(TEXT.lines().toList()).withSeparator("<|endoftext|>");
        Path file = folder.resolve("model.gguf");
        try (LanguageModel model = GPT.builder()
                .model(llama().build())
                .tokenizer(BPE)
                .steps(1)
                .batchSize(1)
                .threads(1)
                .train(records)) {
            assertThat(model.recordEnd()).contains("<|endoftext|>");
            model.exportGguf(file, GgufType.F32);
        }
        try (LanguageModel read = LanguageModel.load(file)) {
            assertThat(read.recordEnd()).contains("<|endoftext|>");
        }
    }

    @Test
    void withoutAnEndOfTextNoTokenThatATextHasStandsForIt() {
        Tokenizer plain =
                Tokenizers.byteLevelBpe().vocabularySize(270).threads(1).train(CORPUS);
        Path file = folder.resolve("model.gguf");
        try (LanguageModel model = Trainer.builder()
                .steps(1)
                .batchSize(1)
                .threads(1)
                .evaluationBatches(1)
                .build()
                .train(llama().build().architecture(), plain, CORPUS)) {
            model.exportGguf(file, GgufType.F32);
        }
        try (LanguageModel read = LanguageModel.load(file)) {
            assertThat(read.recordEnd()).isEmpty();
            // Ids of the model that the tokenizer leaves out are left out again.
            assertThat(read.tokenizer().vocabularySize()).isEqualTo(270);
            assertThat(read.architecture().vocabularySize()).isEqualTo(280);
        }
    }

    @Test
    void theChatTemplateIsKept() {
        Path file = folder.resolve("model.gguf");
        List<Message> question = List.of(Message.user("the cat"));
        String prompt;
        try (LanguageModel model = train(llama(), BPE)) {
            model.chatTemplate(ChatTemplate.jinja(
                            "{{ bos_token }}{% for m in messages %}{{ m.content }}{{ eos_token }}{% endfor %}")
                    .withBeginToken("<|endoftext|>")
                    .withEndToken("<|endoftext|>"));
            prompt = model.chatPrompt(question).text();
            model.exportGguf(file, GgufType.F32);
        }
        try (LanguageModel read = LanguageModel.load(file)) {
            assertThat(prompt).isEqualTo("<|endoftext|>the cat<|endoftext|>");
            assertThat(read.chatPrompt(question).text()).isEqualTo(prompt);
        }
    }

    @Test
    void theSplitPatternOfGpt4oIsKept() {
        Tokenizer o200k = Tokenizers.byteLevelBpe()
                .vocabularySize(280)
                .pattern(SplitPattern.O200K)
                .threads(1)
                .train(CORPUS);
        Path file = folder.resolve("model.gguf");
        try (LanguageModel model = train(llama(), o200k)) {
            model.exportGguf(file, GgufType.F32);
        }
        try (LanguageModel read = LanguageModel.load(file)) {
            String text = "HelloWorld's  1234 tests\n\n";
            assertThat(read.tokenizer().encode(text)).containsExactly(o200k.encode(text));
        }
    }

    @Test
    void whatLlamaCppLacksIsRefusedByName() {
        requireRefused(gpt2().activation(Activation.GELU), BPE, "nearest is gpt2, which differs in activation");
        requireRefused(
                llama().refinements(Refinements.NONE.withLogitCap(15)), BPE, "nearest is llama, which differs in");
        requireRefused(gpt2(), Tokenizers.characters().train(CORPUS), "a model of type WordLevel");
        requireRefused(
                gpt2(),
                Tokenizers.byteLevelBpe()
                        .vocabularySize(280)
                        .pattern(SplitPattern.of("\\p{L}+|\\P{L}"))
                        .threads(1)
                        .train(CORPUS),
                "the pattern");
    }

    private void requireRefused(TransformerConfig.Builder config, Tokenizer tokenizer, String message) {
        requireRefused(train(config, tokenizer), message);
    }

    private void requireRefused(LanguageModel refused, String message) {
        Path file = folder.resolve("refused.gguf");
        try (LanguageModel model = refused) {
            assertThatThrownBy(() -> model.exportGguf(file, GgufType.F16))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("llama.cpp has no")
                    .hasMessageContaining(message);
            assertThat(file).doesNotExist();
        }
    }

    private static LanguageModel train(TransformerConfig.Builder config, Tokenizer tokenizer) {
        return GPT.builder()
                .model(config.build())
                .tokenizer(tokenizer)
                .steps(2)
                .batchSize(2)
                .threads(1)
                .evaluationBatches(1)
                .train(CORPUS);
    }
}
