package io.nanogpt.examples.cli;

import static io.nanogpt.examples.cli.Outcome.badInput;
import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.GPT;
import io.nanogpt.data.Corpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No verb writes over what it reads, nor over a file that no model made. */
@Tag("any-jdk")
class DestinationsTest {
    private static final String TEXT = "the cat sat on the mat. ".repeat(60);

    @TempDir
    private Path folder;

    private Path model;
    private Path text;

    @BeforeEach
    void train() throws IOException {
        model = folder.resolve("model");
        text = Files.writeString(folder.resolve("text.txt"), TEXT);
        GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(16)
                .contextLength(8)
                .steps(1)
                .evaluationBatches(1)
                .train(Corpus.ofText(TEXT))
                .save(model);
    }

    @Test
    void anExportIntoTheFolderOfItsModelIsRefused() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), model);
        for (Path same : List.of(model, model.resolve("."), folder.resolve("x/../model"), link)) {
            refuses("is what --model names", "export", "--model", model, "--out", same);
        }
    }

    @Test
    void anImportOverWhatItReadsIsRefused() throws IOException {
        refuses("is what --from names", "import", "--from", model, "--out", model, "--overwrite");
        Path weights = model.resolve("model.safetensors");
        refuses("is what --from names", "import", "--from", weights, "--heads", 2, "--out", model, "--overwrite");
        Path other = Files.createDirectory(folder.resolve("other"));
        Path tokenizer = Files.copy(model.resolve("tokenizer.json"), other.resolve("tokenizer.json"));
        refuses(
                "tokenizer.json that --tokenizer names",
                "import",
                "--from",
                weights,
                "--heads",
                2,
                "--tokenizer",
                tokenizer,
                "--out",
                other);
    }

    @Test
    void tokenizersDoNotReplaceTheirInput() {
        Path tokenizer = model.resolve("tokenizer.json");
        String[] both = {"--in", "--tokenizer"};
        for (String verb : List.of("encode", "decode")) {
            for (String read : both) {
                Path out = read.equals("--in") ? text : tokenizer;
                refuses(
                        "is what " + read + " names",
                        "tokenizer",
                        verb,
                        "--tokenizer",
                        tokenizer,
                        "--in",
                        text,
                        "--out",
                        out);
            }
        }
        refuses("is what --data names", "tokenizer", "train", "--type", "char", "--data", text, "--out", text);
    }

    @Test
    void aModelDoesNotReplaceTheTextOfAnybody() throws IOException {
        Path notes = Files.createDirectory(folder.resolve("notes"));
        Path readme = Files.writeString(notes.resolve("README.md"), TEXT);
        refuses("README.md that --data names", "train", "--data", readme, "--out", notes, "--overwrite");
        refuses("README.md that is not a model's", "train", "--data", text, "--out", notes);
        refuses("the demo would replace", "demo", "--out", model);
    }

    /** The command ends as bad input does, and every file is as before. */
    private void refuses(String message, Object... arguments) {
        Map<String, String> before = content();
        List<String> words = new ArrayList<>();
        for (Object argument : arguments) {
            words.add(argument.toString());
        }
        badInput(message, words.toArray(String[]::new));
        assertThat(content()).isEqualTo(before);
    }

    private Map<String, String> content() {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                content.put(
                        file.toString(),
                        new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return content;
    }
}
