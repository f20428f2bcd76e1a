package io.nanogpt.examples.cli;

import static io.nanogpt.examples.cli.Outcome.badInput;
import static io.nanogpt.examples.cli.Outcome.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.LanguageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train --from}. */
@Tag("any-jdk")
class FineTuningCommandTest {
    @TempDir
    private Path folder;

    private String text;
    private String base;

    @BeforeEach
    void trainBase() throws IOException {
        text = Files.writeString(folder.resolve("a.txt"), "the cat sat on the mat\n".repeat(30))
                .toString();
        base = folder.resolve("base").toString();
        succeed(
                "train",
                "--data",
                text,
                "--layers",
                "1",
                "--heads",
                "1",
                "--embedding-size",
                "8",
                "--context-length",
                "4",
                "--steps",
                "2",
                "--eval-batches",
                "1",
                "--out",
                base);
    }

    private static Outcome succeed(String... arguments) {
        Outcome outcome = run(arguments);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        return outcome;
    }

    private String[] tuning(String out, String... more) {
        String[] arguments = {
            "train",
            "--from",
            base,
            "--data",
            text,
            "--eval-batches",
            "1",
            "--out",
            folder.resolve(out).toString()
        };
        return Stream.of(arguments, more).flatMap(Stream::of).toArray(String[]::new);
    }

    @Test
    void aSavedModelIsTrainedFurther() {
        succeed(tuning("tuned", "--steps", "3", "--special-tokens", "<|user|>,<|bot|>"));
        try (LanguageModel before = LanguageModel.load(Path.of(base));
                LanguageModel tuned = LanguageModel.load(folder.resolve("tuned"))) {
            assertThat(tuned.tokenizer().specialTokens()).containsOnlyKeys("<|user|>", "<|bot|>");
            assertThat(tuned.architecture().vocabularySize())
                    .isEqualTo(before.architecture().vocabularySize() + 2);
            assertThat(tuned.report().orElseThrow().plan().settings())
                    .containsEntry("learning-rate", "0.0001")
                    .containsEntry("layers", "1");
        }
    }

    @Test
    void adamwHasTheRateOfTrainingFurtherUnlessOneIsGiven() {
        succeed(tuning("betas", "--steps", "1", "--betas", "0.9,0.95"));
        assertThat(rate("betas")).isEqualTo("0.0001");
        succeed(tuning("given", "--steps", "1", "--learning-rate", "0.002"));
        assertThat(rate("given")).isEqualTo("0.002");
        succeed(tuning("sgd", "--steps", "1", "--optimizer", "sgd"));
        assertThat(rate("sgd")).isEqualTo("0.01");
    }

    private String rate(String name) {
        try (LanguageModel model = LanguageModel.load(folder.resolve(name))) {
            return model.report().orElseThrow().plan().settings().get("learning-rate");
        }
    }

    @Test
    void textsOfSeveralKindsAreTaken() {
        succeed(tuning("validated", "--steps", "1", "--validation-data", text));
        succeed(tuning("shuffled", "--steps", "1", "--order", "shuffled"));
        String tokens = folder.resolve("a.bin").toString();
        succeed("tokenizer", "encode", "--tokenizer", base + "/tokenizer.json", "--in", text, "--out", tokens);
        succeed(
                "train",
                "--from",
                base,
                "--data",
                tokens,
                "--steps",
                "1",
                "--eval-batches",
                "1",
                "--out",
                folder.resolve("of-tokens").toString());
    }

    @Test
    void adaptersAreTrainedAndWritten() {
        succeed(tuning("adapted", "--steps", "3", "--lora-rank", "2", "--lora-targets", "qkv", "--lora-alpha", "3"));
        Path adapter = folder.resolve("adapted").resolve("adapter");
        try (LanguageModel before = LanguageModel.load(Path.of(base));
                LanguageModel adapted = before.withAdapter(adapter);
                LanguageModel saved = LanguageModel.load(folder.resolve("adapted"))) {
            assertThat(saved.logits(1, 2)).containsExactly(adapted.logits(1, 2), within(1e-5f));
            assertThat(saved.report().orElseThrow().plan().settings())
                    .containsEntry("learning-rate", "0.001")
                    .containsEntry("lora-rank", "2")
                    .containsEntry("lora-alpha", "3");
        }
        String[] logits = {"logits", "--tokens", "1,2", "--json"};
        assertThat(succeed(with(logits, "--model", base, "--adapter", adapter.toString()))
                        .lastLine())
                .isNotEqualTo(succeed(with(logits, "--model", base)).lastLine());
        badInput("--adapter needs --model", with(logits, "--onnx", base, "--adapter", adapter.toString()));
        badInput("adapter_config.json", with(logits, "--model", base, "--adapter", base));
        badInput("none named q_proj", tuning("x", "--lora-rank", "2", "--lora-targets", "q_proj"));
        badInput("need --lora-rank", tuning("x", "--lora-alpha", "2"));
    }

    private static String[] with(String[] arguments, String... more) {
        return Stream.of(arguments, more).flatMap(Stream::of).toArray(String[]::new);
    }

    @Test
    void aRunIsResumed() {
        succeed(tuning("part", "--steps", "2", "--checkpoint-every", "1"));
        Outcome whole = succeed(tuning("part", "--steps", "4", "--checkpoint-every", "1", "--resume", "--json"));
        assertThat(whole.lastLine()).contains("\"steps\":4");
    }

    @Test
    void aTextShorterThanTheContextOfTheModelGetsAdviceThatFits() throws IOException {
        text = Files.writeString(folder.resolve("short.txt"), "the").toString();
        Outcome refused = run(tuning("x"));
        assertThat(refused.err())
                .contains(
                        "tokens, but a context of 4 needs at least 5; give more text or another --validation-fraction;"
                                + " a model that is trained further keeps its context")
                .doesNotContain("context-length");
        badInput("leave out --context-length", tuning("x", "--context-length", "2"));
    }

    @Test
    void whatTheModelHasItselfIsRefusedByItsOption() {
        badInput("leave out --layers, --dropout", tuning("x", "--layers", "2", "--dropout", "0.1"));
        badInput("leave out --convolution", tuning("x", "--convolution", "2"));
        badInput("leave out --tokenizer", tuning("x", "--tokenizer", base + "/tokenizer.json"));
        badInput("leave out --unknown", tuning("x", "--unknown", "skip"));
        badInput("leave out --quality", tuning("x", "--quality", "fast"));
        badInput(
                "--special-tokens and --lora-rank need --from",
                "train",
                "--data",
                text,
                "--special-tokens",
                "a",
                "--out",
                base + "2");
        badInput("give another --out", tuning("base", "--overwrite"));
    }
}
