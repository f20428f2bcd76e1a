package io.nanogpt.examples.cli;

import static io.nanogpt.examples.cli.Outcome.badInput;
import static io.nanogpt.examples.cli.Outcome.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("any-jdk")
class TrainingDataTest {
    @TempDir
    private Path folder;

    @Test
    void textIsCleanedAndCut() throws IOException {
        Files.writeString(folder.resolve("a.txt"), "ANNA:\nthe cat  sat. ".repeat(30));
        Files.writeString(folder.resolve("b.txt"), "BERT:\nnothing of this");
        String[] data = {
            "--data",
            folder.toString(),
            "--limit",
            "1",
            "--drop-speakers",
            "--collapse-whitespace",
            "--normalize",
            "nfc"
        };
        String model = folder.resolve("model").toString();
        String[] train = {
            "train",
            "--layers",
            "1",
            "--heads",
            "1",
            "--embedding-size",
            "8",
            "--context-length",
            "4",
            "--steps",
            "1",
            "--eval-batches",
            "1",
            "--validation-fraction",
            "0.2",
            "--test-fraction",
            "0.1",
            "--json",
            "--out",
            model
        };
        Outcome trained = run(Stream.of(train, data).flatMap(Stream::of).toArray(String[]::new));
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.lastLine()).contains("\"vocabulary\":12", "\"validationTokens\":112");

        String[] evaluate = {"evaluate", "--model", model, "--split", "test", "--json", "--test-fraction", "0.1"};
        Outcome evaluated = run(Stream.of(evaluate, data).flatMap(Stream::of).toArray(String[]::new));
        assertThat(evaluated.code()).as(evaluated.err()).isZero();
        badInput("--test-fraction", "evaluate", "--model", model, "--split", "test", "--sample");
    }

    @Test
    void trainTakesTokenFilesRecordsAndMixtures() throws IOException {
        String text = Files.writeString(folder.resolve("a.txt"), "one cat\ntwo cats\n".repeat(20))
                .toString();
        String captions = Files.writeString(folder.resolve("a.json"), "[\"one\", \"two cats\", \"no cat at all\"]")
                .toString();
        String saved = folder.resolve("saved").toString();
        assertThat(train(saved, "--data", text, captions).code()).isZero();
        String tokenizer = folder.resolve("saved/tokenizer.json").toString();
        // Two bytes an id, as nanoGPT writes them.
        byte[] ids = new byte[400];
        for (int i = 0; i < ids.length; i += 2) {
            ids[i] = (byte) (i % 14 / 2);
        }
        String tokens = Files.write(folder.resolve("train.bin"), ids).toString();

        String out = folder.resolve("out").toString();
        Outcome onTokens =
                train(out, "--data", tokens, "--tokenizer", tokenizer, "--order", "shuffled", "--stride", "2");
        assertThat(onTokens.lastLine()).as(onTokens.err()).contains("\"trainTokens\":180", "\"validationTokens\":20");
        Outcome onRecords = train(out, "--data", captions, "--records", "--validation-data", captions);
        assertThat(onRecords.lastLine()).as(onRecords.err()).contains("\"trainTokens\":24", "\"validationTokens\":24");
        Outcome mixed = train(out, "--data", tokens, text, "--weights", "1,3", "--tokenizer", tokenizer);
        assertThat(mixed.lastLine()).as(mixed.err()).contains("\"trainTokens\":486");
        badInput("give it with --tokenizer", "train", "--data", tokens, "--out", out);
        badInput("give a weight for each", "train", "--data", tokens, text, "--tokenizer", tokenizer, "--out", out);
        badInput(
                "one weight for each path",
                "train",
                "--data",
                text,
                "--weights",
                "1,2",
                "--tokenizer",
                tokenizer,
                "--out",
                out);
    }

    private static Outcome train(String out, String... options) {
        String[] train = {
            "train",
            "--layers",
            "1",
            "--heads",
            "1",
            "--embedding-size",
            "8",
            "--context-length",
            "4",
            "--steps",
            "1",
            "--eval-batches",
            "1",
            "--json",
            "--overwrite",
            "--out",
            out
        };
        return run(Stream.of(train, options).flatMap(Stream::of).toArray(String[]::new));
    }
}
