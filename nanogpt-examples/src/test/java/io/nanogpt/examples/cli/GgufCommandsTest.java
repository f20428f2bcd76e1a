package io.nanogpt.examples.cli;

import static io.nanogpt.examples.cli.Outcome.badInput;
import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.model.Activation;
import io.nanogpt.model.TransformerConfig;
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
class GgufCommandsTest {
    private static final Corpus CORPUS = Corpus.ofText("the cat sat on the mat. ".repeat(60));

    @TempDir
    private Path folder;

    @Test
    void anExportedFileIsReadAsASavedModel() {
        String model = folder.resolve("model").toString();
        String file = folder.resolve("model.gguf").toString();
        String imported = folder.resolve("imported").toString();
        try (LanguageModel trained = GPT.builder()
                .model(TransformerConfig.builder()
                        .layers(1)
                        .heads(2)
                        .embeddingSize(32)
                        .contextLength(8)
                        .activation(Activation.GELU_TANH)
                        .vocabularySize(1)
                        .build())
                .tokenizer(
                        Tokenizers.byteLevelBpe().vocabularySize(270).threads(1).train(CORPUS))
                .steps(2)
                .evaluationBatches(1)
                .train(CORPUS)) {
            trained.save(Path.of(model));
        }
        assertThat(succeed("export", "--model", model, "--gguf", file).out()).contains("bytes, saved in " + file);
        assertThat(succeed("export", "--model", model, "--gguf", file, "--type", "f32", "--json")
                        .out())
                .startsWith("{\"type\":\"F32\",\"bytes\":");
        succeed("import", "--from", file, "--out", imported);
        String[] generate = {"generate", "--prompt", "the", "--max-tokens", "9", "--greedy", "--model"};
        succeed("export", "--model", model, "--gguf", file, "--type", "q8_0");
        succeed("export", "--model", model, "--gguf", file, "--type", "q8-0");
        succeed("export", "--model", model, "--gguf", file, "--type", "f32");
        badInput(file + " is a GGUF file, a format without checksums", "verify", "--model", file);
        String expected = generated(generate, model);
        assertThat(generated(generate, file)).isEqualTo(expected);
        assertThat(generated(generate, imported)).isEqualTo(expected);
    }

    @Test
    void whatIsNoModelIsNamed() throws IOException {
        String empty = Files.createFile(folder.resolve("empty.gguf")).toString();
        for (String verb : List.of("logits", "verify")) {
            List<String> arguments = new ArrayList<>(List.of(verb, "--model", empty));
            arguments.addAll(verb.equals("logits") ? List.of("--tokens", "1") : List.of());
            badInput(empty + " is empty (0 bytes)", arguments.toArray(String[]::new));
        }
        badInput(empty + " is empty (0 bytes)", "import", "--from", empty, "--out", folder + "/out");
        String text = Files.writeString(folder.resolve("a.txt"), "a text").toString();
        badInput(text + " is a file, but no GGUF file; give a folder", "logits", "--model", text, "--tokens", "1");
    }

    @Test
    void typesOfWeightsAreWrittenAsTheirUsersDo() {
        assertThat(Outcome.run("export", "--help").out()).contains("f32, f16, q8_0, q4_0");
        badInput("--type must be one of f32, f16, q8_0, q4_0, but is q9", "export", "--type", "q9", "--model", "m");
    }

    @Test
    void optionsOfOnnxAndGgufExcludeEachOther() {
        badInput("give --out DIR for ONNX or --gguf FILE", "export", "--model", "m");
        badInput("one of them", "export", "--model", "m", "--out", "o", "--gguf", "f");
        badInput("--type needs --gguf", "export", "--model", "m", "--out", "o", "--type", "f16");
        badInput("--quantize is of the export as ONNX", "export", "--model", "m", "--gguf", "f", "--quantize", "int8");
    }

    private static String generated(String[] arguments, String model) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = model;
        return succeed(all).out();
    }

    private static Outcome succeed(String... arguments) {
        Outcome outcome = Outcome.run(arguments);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        return outcome;
    }
}
