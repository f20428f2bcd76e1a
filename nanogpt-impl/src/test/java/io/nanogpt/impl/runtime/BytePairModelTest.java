package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model over byte pairs, from its tokenizer to the folder and back. */
class BytePairModelTest {
    private static final Corpus CORPUS = Corpus.ofText(
            "H\u00E9matoxyline et \u00E9osine \uD83D\uDD2C shows tumour cells. The cells show \u4E2D\u6587 nuclei.<|endoftext|>\n"
                    .repeat(40));

    @TempDir
    private Path folder;

    @Test
    void trainsSavesLoadsAndGenerates() {
        Tokenizer tokenizer = Tokenizers.byteLevelBpe()
                .vocabularySize(300)
                .specialTokens("<|endoftext|>")
                .train(CORPUS);
        GenerationOptions options = GenerationOptions.temperature(1).withMaxTokens(60);
        try (LanguageModel trained = GPT.builder()
                .layers(1)
                .heads(1)
                .embeddingSize(8)
                .contextLength(16)
                .steps(20)
                .evaluateEvery(20)
                .evaluationBatches(1)
                .tokenizer(tokenizer)
                .train(CORPUS)) {
            trained.save(folder);
            try (LanguageModel loaded = LanguageModel.load(folder)) {
                assertThat(loaded.tokenizer().vocabularySize()).isEqualTo(300);
                assertThat(loaded.tokenizer().specialTokens()).isEqualTo(tokenizer.specialTokens());
                assertThat(loaded.tokenizer().encode(CORPUS.text())).isEqualTo(tokenizer.encode(CORPUS.text()));
                StringBuilder streamed = new StringBuilder();
                String text = loaded.stream("The cells", options, token -> streamed.append(token.text()));
                assertThat(text)
                        .isEqualTo(trained.generate("The cells", options))
                        .isNotEmpty();
                // With so little training, bytes come in any order: nothing is lost and nothing handed over twice.
                assertThat(streamed).asString().isEqualTo(text);
            }
        }
    }
}
