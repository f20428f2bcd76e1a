package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.BeamSearch;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("any-jdk")
class NgramLanguageModelTest {
    private static final Corpus CORPUS = Corpus.ofStrings(
            List.of("the cat sat on the mat", "the dog sat on the log", "a cat and a dog", "the mat and the log"));
    private static final Tokenizer TOKENIZER = Tokenizers.characters().train(CORPUS);

    @TempDir
    private Path folder;

    @Test
    void itGeneratesRecordsOfTheCorpus() {
        try (LanguageModel model = LanguageModel.ngram(CORPUS, TOKENIZER, 6)) {
            assertThat(model.generate("the dog s", GenerationOptions.greedy())).startsWith("at on the ");
            GenerationOptions options =
                    GenerationOptions.temperature(0.8).withSeed(3).withMaxTokens(30);
            List<String> tokens = new ArrayList<>();
            String streamed = model.stream("a ", options, token -> tokens.add(token.text()));
            assertThat(String.join("", tokens)).isEqualTo(streamed).isEqualTo(model.generate("a ", options));
            assertThat(streamed).doesNotContain(CORPUS.recordEnd().orElseThrow());
            assertThat(model.beamSearch("the c", BeamSearch.of(3), options.withMaxTokens(5)))
                    .hasSize(3)
                    .first()
                    .satisfies(best -> assertThat(best.text()).startsWith("at"));
        }
    }

    @Test
    void itsLogitsAreLogarithmsOfProbabilities() {
        try (LanguageModel model = LanguageModel.ngram(CORPUS, TOKENIZER, 4)) {
            float[] logits = model.logits(TOKENIZER.encode("the "));
            double sum = 0;
            for (float logit : logits) {
                sum += Math.exp(logit);
            }
            assertThat(sum).isCloseTo(1, within(1e-6));
            assertThat(model.logits(TOKENIZER.encode("and the "))).isEqualTo(logits);
        }
    }

    @Test
    void itsPerplexityIsThatOfItsLogits() {
        try (LanguageModel model = LanguageModel.ngram(CORPUS, TOKENIZER, 3)) {
            String text = "a dog sat and the cat";
            int[] ids = TOKENIZER.encode(text);
            double sum = 0;
            for (int i = 1; i < ids.length; i++) {
                sum -= model.logits(Arrays.copyOf(ids, i))[ids[i]];
            }
            assertThat(model.evaluate(text).loss()).isCloseTo(sum / (ids.length - 1), within(1e-6));
            assertThat(model.evaluate(text).tokens()).isEqualTo(ids.length - 1);
            assertThat(model.evaluate(text, 3, 1)).isEqualTo(model.evaluate(text, 3, 1));
            assertThatThrownBy(() -> model.evaluate("a")).hasMessageContaining("give at least two");
        }
    }

    @Test
    void aSavedModelIsTheSame() {
        int[] prompt = TOKENIZER.encode("the ca");
        try (LanguageModel model = LanguageModel.ngram(CORPUS, TOKENIZER, 6)) {
            model.save(folder);
            try (LanguageModel loaded = LanguageModel.load(folder)) {
                assertThat(loaded.logits(prompt)).isEqualTo(model.logits(prompt));
                assertThat(loaded.recordEnd()).isEqualTo(model.recordEnd());
                assertThat(loaded.report()).isEmpty();
                assertThat(loaded).hasToString(model.toString());
                loaded.save(folder.resolve("again"));
            }
        }
        assertThat(folder.resolve("again/ngrams.bin")).hasSameBinaryContentAs(folder.resolve("ngrams.bin"));
        assertThat(folder.resolve("README.md")).content().contains("counted n-grams of up to 6 tokens");
    }

    @Test
    void brokenCountsAreRefused() throws IOException {
        try (LanguageModel model = LanguageModel.ngram(CORPUS, TOKENIZER, 3)) {
            model.save(folder);
        }
        Path file = folder.resolve("ngrams.bin");
        byte[] right = Files.readAllBytes(file);
        for (int i = 0; i < right.length; i++) {
            byte[] wrong = right.clone();
            wrong[i] ^= (byte) 0x81;
            loadsOrRefuses(file, wrong);
        }
        for (int length = 0; length < right.length; length++) {
            Files.write(file, Arrays.copyOf(right, length));
            assertThatThrownBy(() -> LanguageModel.load(folder).close())
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("ngrams.bin");
        }
        Files.write(file, Arrays.copyOf(right, right.length + 1));
        assertThatThrownBy(() -> LanguageModel.load(folder).close()).hasMessageContaining("bytes follow its end");
        Files.delete(file);
        assertThatThrownBy(() -> LanguageModel.load(folder).close()).hasMessageContaining("does not exist");
    }

    /** Other counts can be right. */
    private void loadsOrRefuses(Path file, byte[] content) throws IOException {
        Files.write(file, content);
        try {
            LanguageModel.load(folder).close();
        } catch (NanogptException e) {
            assertThat(e).hasMessageContaining("ngrams.bin");
        }
    }

    @Test
    void whatCountsCannotDoIsRefused() {
        try (LanguageModel model = LanguageModel.ngram(CORPUS, TOKENIZER, 3)) {
            assertThatThrownBy(() -> model.exportOnnx(folder))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("cannot be exported as ONNX");
            assertThatThrownBy(() -> model.attention("the")).isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> model.architecture().graph()).hasMessageContaining("counts");
        }
        assertThatThrownBy(() -> LanguageModel.ngram(CORPUS, TOKENIZER, 0)).hasMessageContaining("1 to 16, but is 0");
        assertThatThrownBy(() -> LanguageModel.ngram(CORPUS, TOKENIZER, 17)).hasMessageContaining("but is 17");
        assertThatThrownBy(() -> LanguageModel.ngram(Corpus.ofStrings(List.of("")), TOKENIZER, 3))
                .hasMessageContaining("the corpus is empty");
    }
}
