package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.interop.SafetensorsFile;
import io.nanogpt.model.Activation;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.WeightsImportOptions;
import io.nanogpt.model.WeightsImportOptions.Layout;
import io.nanogpt.spi.Library;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights that PyTorch and transformers wrote give the logits that they gave there, also after saving and loading. */
@Tag("any-jdk")
class WeightsImportTest {
    private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
    private static final Path HUGGING_FACE = Path.of("src/test/resources/weights/huggingface");

    @TempDir
    Path folder;

    static Stream<Arguments> stateDicts() {
        WeightsImportOptions transformerLm =
                WeightsImportOptions.of(Layout.TRANSFORMER_LM).withHeads(4);
        WeightsImportOptions llama = WeightsImportOptions.of(Layout.LLAMA).withHeads(4);
        NormConfig none = new NormConfig(NormConfig.Kind.NONE, 1e-5f, NormConfig.Placement.PRE);
        NormConfig post = new NormConfig(NormConfig.Kind.RMS, 1e-5f, NormConfig.Placement.POST);
        NormConfig small = new NormConfig(NormConfig.Kind.RMS, 1e-6f, NormConfig.Placement.PRE);
        return Stream.of(
                Arguments.of(
                        "captions/weights.pth",
                        WeightsImportOptions.of(Layout.CAPTIONS).withHeads(4)),
                Arguments.of(
                        "captions/init.safetensors",
                        WeightsImportOptions.of(Layout.CAPTIONS).withHeads(4)),
                Arguments.of("algopath/weights.pth", WeightsImportOptions.of(Layout.ALGOPATH)),
                Arguments.of("tiny-transformer/init.safetensors", WeightsImportOptions.of(Layout.TINY_TRANSFORMER)),
                Arguments.of("transformer-lm/init.safetensors", transformerLm),
                Arguments.of(
                        "transformer-lm-silu/init.safetensors",
                        transformerLm.withAdjustment(model -> model.activation(Activation.SILU))),
                Arguments.of(
                        "transformer-lm-no-norm/init.safetensors",
                        transformerLm.withAdjustment(model -> model.norm(none))),
                Arguments.of(
                        "transformer-lm-post-norm/init.safetensors",
                        transformerLm.withAdjustment(model -> model.norm(post))),
                Arguments.of(
                        "transformer-lm-no-positions/init.safetensors",
                        transformerLm.withAdjustment(model -> model.positions(new Positions.None()))),
                Arguments.of(
                        "gpt2/init.safetensors",
                        WeightsImportOptions.of(Layout.GPT2).withHeads(4)),
                Arguments.of("llama/init.safetensors", llama.withAdjustment(model -> model.norm(small))),
                Arguments.of(
                        "llama-window/init.safetensors",
                        llama.withAdjustment(model -> model.norm(small).window(5))),
                Arguments.of("lstm/init.safetensors", WeightsImportOptions.of(Layout.LSTM)));
    }

    @ParameterizedTest
    @MethodSource("stateDicts")
    void aStateDictGivesTheLogitsOfPyTorch(String file, WeightsImportOptions options) {
        Path path = FIXTURES.resolve(file);
        int[] tokens;
        float[] logits;
        try (SafetensorsFile expected = SafetensorsFile.open(path.resolveSibling("expected.safetensors"))) {
            tokens = Arrays.stream(expected.longs("tokens"))
                    .limit(12)
                    .mapToInt(Math::toIntExact)
                    .toArray();
            logits = Arrays.copyOfRange(expected.floats("logits"), 11 * 29, 12 * 29);
        }
        gives(path, options, tokens, logits);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama", "mistral", "qwen2"})
    void aFolderOfTransformersGivesItsLogits(String name) {
        Path path = HUGGING_FACE.resolve(name);
        JsonValue expected = JsonValue.read(path.resolve("expected.json"), "logits");
        int[] tokens = expected.member("tokens").elements().stream()
                .mapToInt(token -> (int) token.integer(0, 28))
                .toArray();
        float[] logits = new float[29];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) expected.member("logits").elements().get(i).number();
        }
        gives(path, WeightsImportOptions.ofFolder(), tokens, logits);
        assertThat(JsonValue.read(folder.resolve("config.json"), "a model")
                        .member("model_type")
                        .string())
                .isEqualTo(name);
    }

    /** The logits after the last token, of the import, and of what is loaded again after saving it. */
    private void gives(Path from, WeightsImportOptions options, int[] tokens, float[] logits) {
        try (LanguageModel model = Library.get().importWeights(from, options, 1)) {
            assertThat(model.logits(tokens)).containsExactly(logits, within(2e-6f * largest(logits)));
            model.save(folder);
            try (LanguageModel loaded = LanguageModel.load(folder, 1)) {
                assertThat(loaded.logits(tokens)).isEqualTo(model.logits(tokens));
                assertThat(loaded.architecture().contextLength())
                        .isEqualTo(model.architecture().contextLength());
            }
        }
    }

    private static float largest(float[] values) {
        float largest = 1;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    @Test
    void withoutATokenizerEveryIdIsACharacter() {
        WeightsImportOptions options = WeightsImportOptions.of(Layout.ALGOPATH);
        try (LanguageModel model = LanguageModel.importWeights(FIXTURES.resolve("algopath/weights.pth"), options)) {
            assertThat(model.tokenizer().vocabularySize()).isEqualTo(29);
            assertThat(model.tokenizer().encode(model.tokenizer().decode(3, 28, 0)))
                    .containsExactly(3, 28, 0);
        }
    }

    @Test
    void everyWrongTensorIsListedWithBothShapes() {
        WeightsImportOptions options =
                WeightsImportOptions.of(Layout.TRANSFORMER_LM).withHeads(4);
        Path post = FIXTURES.resolve("transformer-lm/init.safetensors");
        refuses(
                post,
                options.withAdjustment(model -> model.layers(3).hiddenSize(32).vocabularySize(7)),
                "missing: layers.2.ln1.weight (16), layers.2.attn.q_proj.weight (16, 16)",
                "layers.2.ffn.w2.weight (16, 32)",
                "of another shape: token_embeddings.weight should be (7, 16), but is (29, 16)",
                "layers.1.ffn.w1.weight should be (32, 16), but is (48, 16)",
                "lm_head.weight should be (7, 16)");
        refuses(
                post,
                options.withAdjustment(model -> model.layers(1)),
                "unexpected: layers.1.attn.k_proj.weight (16, 16)",
                "layers.1.ffn.w1.weight (48, 16)");
    }

    @Test
    void missingOptionsAreRequested() throws IOException {
        Path captions = FIXTURES.resolve("captions/weights.pth");
        refuses(
                captions,
                WeightsImportOptions.of(Layout.CAPTIONS),
                "number of attention heads cannot be inferred from its tensors; give it");
        refuses(captions, WeightsImportOptions.of(Layout.CAPTIONS).withHeads(3), "not divisible by heads 3");
        refuses(captions, WeightsImportOptions.of(Layout.GPT2).withHeads(4), "no tensor wte.weight", "tok_emb.weight");
        refuses(
                FIXTURES.resolve("algopath/weights.pth"),
                WeightsImportOptions.of(Layout.ALGOPATH).withHeads(2),
                "it has 4 attention heads, not 2");
        refuses(captions, WeightsImportOptions.ofFolder(), "weights.pth", "layout captions", "attention heads");
        assertThatThrownBy(() -> LanguageModel.importWeights(
                        HUGGING_FACE.resolve("llama"), WeightsImportOptions.of(Layout.GPT2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("layout llama, not gpt2");
        assertThatThrownBy(() -> LanguageModel.importWeights(
                        HUGGING_FACE.resolve("llama"),
                        WeightsImportOptions.ofFolder().withHeads(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("4 attention heads, not 2");
        Path other = Files.createDirectories(folder.resolve("other"));
        refuses(other, WeightsImportOptions.ofFolder(), other.toString(), "holds no weights");
        Files.writeString(other.resolve("config.json"), "{\"model_type\": \"bert\"}");
        String supported =
                "supported are gpt2, llama, mistral, qwen2, qwen3, smollm3, olmo2, gemma, gemma2, gemma3_text,"
                        + " gpt_neo, gpt_neox, opt, phi, stablelm of Hugging Face's transformers, and nanogpt-captions, nanogpt-k-gram, nanogpt-lstm, nanogpt-transformer of this library";
        assertThatThrownBy(() -> LanguageModel.importWeights(other, WeightsImportOptions.ofFolder()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(other.toString(), "model_type \"bert\"", supported, "tiny-transformer");
        assertThatThrownBy(() -> LanguageModel.load(other))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll(other.toString(), "model_type \"bert\"", supported);
        refuses(
                folder,
                WeightsImportOptions.of(Layout.GPT2),
                folder.toString(),
                "holds no weights",
                "model.safetensors");
        Path weights = folder.resolve("weights.bytes");
        refuses(weights, WeightsImportOptions.of(Layout.GPT2), "weights.bytes does not exist");
        Files.writeString(weights, "tensors");
        refuses(weights, WeightsImportOptions.of(Layout.GPT2), "unknown format", ".safetensors");
    }

    @Test
    void aConfigOfTransformersThatAsksForMoreIsRefusedWithItsPlace() throws IOException {
        Map<String, String> wrong = Map.of(
                "\"rope_type\": \"default\"", "\"rope_type\": \"proportional\"",
                "\"hidden_act\": \"silu\"", "\"hidden_act\": \"sigmoid\"",
                "\"num_attention_heads\": 4", "\"num_attention_heads\": 3",
                "\"vocab_size\": 29", "\"vocab_size\": -1",
                "\"mlp_bias\": false", "\"mlp_bias\": 7",
                "\"use_cache\": true", "\"quantization_config\": {}");
        Map<String, String> messages = Map.of(
                "\"rope_type\": \"proportional\"", "supported are default, linear, dynamic, yarn, llama3, longrope",
                "\"hidden_act\": \"sigmoid\"",
                        "hidden_act: sigmoid is not supported; supported are silu, gelu, gelu_new",
                "\"num_attention_heads\": 3", "heads 3 is not divisible by keyValueHeads 2",
                "\"vocab_size\": -1", "vocab_size: expected a whole number from 1",
                "\"mlp_bias\": 7", "mlp_bias: expected true or false",
                "\"quantization_config\": {}", "quantization_config: this is not supported");
        String config = Files.readString(HUGGING_FACE.resolve("llama/config.json"));
        for (Map.Entry<String, String> change : wrong.entrySet()) {
            assertThat(config).contains(change.getKey());
            Files.writeString(folder.resolve("config.json"), config.replace(change.getKey(), change.getValue()));
            refuses(folder, WeightsImportOptions.ofFolder(), "config.json", messages.get(change.getValue()));
        }
    }

    private static void refuses(Path from, WeightsImportOptions options, String... messages) {
        assertThatThrownBy(() -> LanguageModel.importWeights(from, options))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll(messages);
    }
}
