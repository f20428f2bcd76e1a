package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.SplitOptions;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.model.Preset;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files that transformers reads beside {@code tokenizer.json}, and the ids of {@code config.json}. */
class TransformersTokenizerTest {
    private static final List<String> RECORDS = List.of("the cat sat on the mat", "the dog sat on the log");
    private static final Corpus CORPUS = Corpus.ofStrings(RECORDS);

    @TempDir
    Path folder;

    @Test
    void aModelWithoutEndHasNullsWhereTransformersHasIdsOfItsOwn() {
        Tokenizer characters = Tokenizers.characters().train(CORPUS);
        save(characters, Corpus.ofText(String.join(" ", RECORDS).repeat(9)));
        JsonValue tokenizer = json("tokenizer_config.json");
        assertThat(tokenizer.member("tokenizer_class").string()).isEqualTo("PreTrainedTokenizerFast");
        assertThat(tokenizer.member("clean_up_tokenization_spaces").bool()).isFalse();
        assertThat(tokenizer.member("model_max_length").number()).isEqualTo(8);
        for (String token : List.of("bos_token", "eos_token", "unk_token", "pad_token")) {
            assertThat(tokenizer.members().get(token).isNull()).isTrue();
        }
        assertThat(json("special_tokens_map.json").members()).isEmpty();
        Map<String, JsonValue> config = json("config.json").members();
        assertThat(config.get("model_type").string()).isEqualTo("gpt2");
        assertThat(config.get("bos_token_id").isNull()).isTrue();
        assertThat(config.get("eos_token_id").isNull()).isTrue();
    }

    @Test
    void theSpecialTokenThatEndsARecordIsTheEndOfText() {
        Tokenizer bpe = Tokenizers.byteLevelBpe()
                .vocabularySize(270)
                .specialTokens("<|endoftext|>")
                .threads(1)
                .train(CORPUS);
        save(bpe, Corpus.ofStrings(RECORDS).withSeparator("<|endoftext|>"));
        assertThat(json("tokenizer_config.json").member("eos_token").string()).isEqualTo("<|endoftext|>");
        assertThat(json("special_tokens_map.json").member("eos_token").string()).isEqualTo("<|endoftext|>");
        assertThat(json("config.json").member("eos_token_id").integer(0, 269)).isEqualTo(0);
        assertThat(json("generation_config.json").member("eos_token_id").integer(0, 269))
                .isEqualTo(0);
    }

    /** Transformers would add a token for a text that the vocabulary has in another spelling. */
    @Test
    void anOrdinaryTokenThatEndsARecordIsOnlyAnId() {
        Tokenizer characters = Tokenizers.characters().train(Corpus.ofText(String.join("|", RECORDS)));
        save(characters, Corpus.ofStrings(RECORDS).withSeparator("|"));
        assertThat(json("tokenizer_config.json").members().get("eos_token").isNull())
                .isTrue();
        assertThat(json("config.json").member("eos_token_id").integer(0, 99))
                .isEqualTo(characters.encode("|")[0]);
    }

    @Test
    void aFolderOfAnOlderVersionIsRead() throws Exception {
        Tokenizer characters = Tokenizers.characters().train(CORPUS);
        save(characters, Corpus.ofText(String.join(" ", RECORDS).repeat(9)));
        Files.delete(folder.resolve("tokenizer_config.json"));
        Files.delete(folder.resolve("special_tokens_map.json"));
        try (LanguageModel model = LanguageModel.load(folder)) {
            assertThat(model.tokenizer().toJson()).isEqualTo(characters.toJson());
        }
    }

    private void save(Tokenizer tokenizer, Corpus corpus) {
        try (LanguageModel model = GPT.builder()
                .model(Preset.GPT2
                        .transformer()
                        .layers(1)
                        .heads(2)
                        .keyValueHeads(2)
                        .embeddingSize(8)
                        .hiddenSize(16)
                        .contextLength(8)
                        .vocabularySize(1)
                        .build())
                .tokenizer(tokenizer)
                .split(new SplitOptions(0.5, SplitOptions.Unit.POSITION))
                .steps(1)
                .batchSize(1)
                .threads(1)
                .evaluationBatches(1)
                .train(corpus)) {
            model.save(folder);
        }
    }

    private JsonValue json(String name) {
        return JsonValue.read(folder.resolve(name), name);
    }
}
