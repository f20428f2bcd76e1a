package io.nanogpt.examples.cli;

import static io.nanogpt.examples.cli.Outcome.badInput;
import static io.nanogpt.examples.cli.Outcome.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tests of the page itself are in the folder {@code browser}. */
@Tag("any-jdk")
class ExploreCommandTest {
    @TempDir
    private Path folder;

    @Test
    void aPageIsWrittenForAWebServer() throws IOException {
        String model = folder.resolve("cats").toString();
        try (LanguageModel trained = GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(16)
                .contextLength(8)
                .training(settings -> settings.steps(2))
                .train(Corpus.ofText("the cat sat on the mat. ".repeat(60)))) {
            trained.save(Path.of(model));
        }
        Path page = folder.resolve("page");
        Outcome written = run("explore", "--model", model, "--out", page.toString());
        assertThat(written.code()).as(written.err()).isZero();
        assertThat(written.out()).contains("wrote " + page, "onnxruntime-web into " + page.resolve("ort"));
        assertThat(page.resolve("index.html")).content().contains("<title>Explore cats</title>");
        assertThat(page.resolve("model/model.onnx")).exists();

        Outcome json = run("explore", "--model", model, "--out", page.toString(), "--json");
        assertThat(json.keys()).containsExactly("folder");
        badInput("give one of them", "explore", "--model", model, "--out", page.toString(), "--port", "1");
        badInput("a port must be from 0 to 65535", "explore", "--model", model, "--port", "70000");
    }

    @Test
    void aModelOfCountsIsOnlyServed() {
        String model = folder.resolve("counts").toString();
        Corpus corpus = Corpus.ofText("abcabc");
        try (LanguageModel counts =
                LanguageModel.ngram(corpus, Tokenizers.characters().train(corpus), 2)) {
            counts.save(Path.of(model));
        }
        badInput(
                "without --out, explore serves the page",
                "explore",
                "--model",
                model,
                "--out",
                folder.resolve("page").toString());
    }

    @Test
    void aModelIsNeeded() {
        badInput("give the model with --model DIR", "explore");
    }
}
