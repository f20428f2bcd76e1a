package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.impl.tokenizer.format.SpecialTokenAdder;
import io.nanogpt.model.Biases;
import io.nanogpt.model.KGramConfig;
import io.nanogpt.model.LstmConfig;
import io.nanogpt.model.NgramTables;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.WeightsImportOptions;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.tokenizer.Tokenizers.UnknownCharacters;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models and tokenizers with more special tokens. */
class SpecialTokensTest {
    private static final String TEXT = "the quick brown fox jumps over the lazy dog; ".repeat(30);
    private static final String USER = "<|user|>";
    private static final String BOT = "<|bot|>";

    @TempDir
    private Path folder;

    static Stream<Tokenizer> tokenizers() {
        Corpus corpus = Corpus.ofText(TEXT);
        return Stream.of(
                Tokenizers.characters().train(corpus),
                Tokenizers.characters().unknown(UnknownCharacters.REPLACE).train(corpus),
                Tokenizers.characters().unknown(UnknownCharacters.SKIP).train(corpus),
                Tokenizers.byteLevelBpe().vocabularySize(270).train(corpus),
                Tokenizers.load(Path.of("src/test/resources/tokenizer/gpt2.json")),
                Tokenizers.load(Path.of("src/test/resources/tokenizer/llama3.json")));
    }

    @ParameterizedTest
    @MethodSource("tokenizers")
    void everyTokenizerTakesMore(Tokenizer tokenizer) {
        Tokenizer extended = SpecialTokenAdder.add(tokenizer, List.of(USER, BOT, USER));

        int size = tokenizer.vocabularySize();
        assertThat(extended.vocabularySize()).isEqualTo(size + 2);
        assertThat(extended.specialTokens()).containsEntry(USER, size).containsEntry(BOT, size + 1);
        assertThat(extended.encode("the fox")).containsExactly(tokenizer.encode("the fox"));
        assertThat(extended.encode(USER)).containsExactly(size);
        int[] chat = extended.encode(USER + "the fox" + BOT);
        assertThat(chat[0]).isEqualTo(size);
        assertThat(chat[chat.length - 1]).isEqualTo(size + 1);
        assertThat(extended.decode(Arrays.copyOfRange(chat, 1, chat.length - 1)))
                .isEqualTo("the fox");
        assertThat(extended.decode(chat)).isEqualTo(USER + "the fox" + BOT);
        extended.save(folder.resolve("tokenizer.json"));
        assertThat(Tokenizers.load(folder.resolve("tokenizer.json")).encode(USER + "the fox" + BOT))
                .containsExactly(chat);
        // What it knows stays as it is.
        assertThat(SpecialTokenAdder.add(extended, List.of(BOT))).isSameAs(extended);
    }

    @Test
    void theUnknownIsTreatedAsBefore() {
        Corpus corpus = Corpus.ofText(TEXT);
        for (UnknownCharacters policy : UnknownCharacters.values()) {
            Tokenizer tokenizer = Tokenizers.characters().unknown(policy).train(corpus);
            Tokenizer extended = SpecialTokenAdder.add(tokenizer, List.of(USER));
            assertThat(extended.canEncode("Z")).isEqualTo(tokenizer.canEncode("Z"));
            if (policy == UnknownCharacters.ERROR) {
                assertThatThrownBy(() -> extended.encode("fox Z"))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("Z");
            } else {
                assertThat(extended.encode("fox Z")).containsExactly(tokenizer.encode("fox Z"));
            }
        }
    }

    @Test
    void blankAndOrdinaryTokensAreRefused() {
        Tokenizer tokenizer = Tokenizers.byteLevelBpe().vocabularySize(270).train(Corpus.ofText(TEXT));
        assertThatThrownBy(() -> SpecialTokenAdder.add(tokenizer, List.of(" ")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not blank");
        assertThatThrownBy(() -> SpecialTokenAdder.add(tokenizer, List.of("the")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("[the]", "cannot be added");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theRowsOfNewTokensAreTheMeanOfTheOthers(boolean tied) {
        TransformerConfig config = TransformerConfig.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(16)
                .contextLength(8)
                .vocabularySize(1)
                .tiedHead(tied)
                .biases(new Biases(true, true, true, true))
                .build();
        try (LanguageModel base = trained(GPT.builder().model(config));
                LanguageModel more = base.withSpecialTokens(USER, BOT)) {
            int size = base.architecture().vocabularySize();
            assertThat(more.architecture().vocabularySize()).isEqualTo(size + 2);
            float[] before = base.logits(1, 2, 3);
            float[] after = more.logits(1, 2, 3);
            assertThat(Arrays.copyOf(after, size)).containsExactly(before, within(1e-6f));
            double mean = 0;
            for (float logit : before) {
                mean += logit / size;
            }
            assertThat(after[size]).isEqualTo(after[size + 1]).isCloseTo((float) mean, within(1e-5f));
            assertThat(base.tokenizer().specialTokens()).isEmpty();
        }
    }

    private static LanguageModel trained(GPT.Builder builder) {
        return builder.steps(20).evaluationBatches(2).baselines(false).train(Corpus.ofText(TEXT));
    }

    @Test
    void anExtendedModelIsTrainedSavedAndLoaded() {
        try (LanguageModel base = trained(
                        GPT.builder().layers(1).heads(2).embeddingSize(16).contextLength(8));
                LanguageModel more = base.withSpecialTokens(USER, BOT);
                LanguageModel tuned =
                        trained(GPT.builder().from(more).learningRate(1e-2), (USER + "the fox" + BOT).repeat(90))) {
            tuned.save(folder);
            try (LanguageModel loaded = LanguageModel.load(folder)) {
                int user = loaded.tokenizer().specialTokens().get(USER);
                int bot = loaded.tokenizer().specialTokens().get(BOT);
                float[] logits = loaded.logits(loaded.tokenizer().encode("the fox" + BOT));
                assertThat(logits)
                        .containsExactly(tuned.logits(loaded.tokenizer().encode("the fox" + BOT)));
                for (int id = 0; id < logits.length; id++) {
                    assertThat(logits[user]).isGreaterThanOrEqualTo(logits[id]);
                }
                assertThat(loaded.tokenizer().decode(bot)).isEqualTo(BOT);
            }
        }
    }

    private static LanguageModel trained(GPT.Builder builder, String text) {
        return builder.steps(60).evaluationBatches(2).baselines(false).train(Corpus.ofText(text));
    }

    /** GPT-2 of nanoGPT has 50,304 rows for 50,257 tokens. */
    @Test
    void rowsThatNoTokenHadAreUsedFirst() {
        Tokenizer tokenizer = Tokenizers.characters().train(Corpus.ofText("abcdefghij"));
        try (LanguageModel base = LanguageModel.importWeights(
                        Path.of("src/test/resources/weights/families/gpt2-gelu"),
                        WeightsImportOptions.ofFolder().withTokenizer(tokenizer));
                LanguageModel more = base.withSpecialTokens(USER)) {
            assertThat(more.architecture().vocabularySize())
                    .isEqualTo(base.architecture().vocabularySize());
            int id = more.tokenizer().specialTokens().get(USER);
            assertThat(id).isEqualTo(10);
            float[] logits = more.logits(1, 2);
            double mean = 0;
            for (int i = 0; i < 10; i++) {
                mean += logits[i] / 10;
            }
            assertThat(logits[id]).isCloseTo((float) mean, within(1e-5f));
        }
    }

    @Test
    void modelsWithoutARowForEachTokenAreRefused() {
        TransformerConfig tables = TransformerConfig.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(8)
                .contextLength(8)
                .vocabularySize(1)
                .ngramTables(NgramTables.of(200, 2))
                .build();
        try (LanguageModel model = trained(GPT.builder().model(tables))) {
            assertThatThrownBy(() -> model.withSpecialTokens(USER))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("n-gram tables");
        }
        KGramConfig oneHot =
                new KGramConfig(new KGramConfig.Input.OneHot(), new KGramConfig.Context(3, 0, 8), 2, 8, 10);
        try (LanguageModel model = trained(GPT.builder().model(oneHot))) {
            assertThatThrownBy(() -> model.withSpecialTokens(USER))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("net.0.weight has no row for each token");
        }
        Corpus corpus = Corpus.ofText(TEXT);
        try (LanguageModel counts =
                LanguageModel.ngram(corpus, Tokenizers.characters().train(corpus), 3)) {
            assertThatThrownBy(() -> counts.withSpecialTokens(USER)).hasMessageContaining("n-gram counts");
        }
    }

    @Test
    void otherArchitecturesGrowToo() {
        try (LanguageModel base = trained(GPT.builder().model(new LstmConfig(1, 8, 16, 8, 10)));
                LanguageModel more = base.withSpecialTokens(USER)) {
            int size = base.architecture().vocabularySize();
            assertThat(Arrays.copyOf(more.logits(1, 2), size)).containsExactly(base.logits(1, 2), within(1e-6f));
        }
    }
}
