package io.nanogpt.examples.cli;

import static io.nanogpt.examples.cli.Outcome.badInput;
import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxCommandsTest {
    private static final String TEXT = "the cat sat on the mat. ".repeat(60);

    @TempDir
    private Path folder;

    @Test
    void exportedModelsAreAskedAsSavedOnes() throws Exception {
        String model = folder.resolve("model").toString();
        String onnx = folder.resolve("onnx").toString();
        String text = Files.writeString(folder.resolve("text.txt"), TEXT).toString();
        try (LanguageModel trained = GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(16)
                .contextLength(8)
                .steps(20)
                .evaluationBatches(1)
                .train(Corpus.ofText(TEXT))) {
            trained.save(Path.of(model));
        }

        Outcome export = succeed("export", "--model", model, "--out", onnx, "--data", text, "--license", "MIT");
        assertThat(export.out())
                .contains("largest difference of the logits")
                .contains("exported")
                .contains(", loss ");
        for (String verb : List.of("evaluate", "generate", "logits")) {
            List<String> options = new ArrayList<>(List.of(verb, "--model", model, "--json"));
            switch (verb) {
                case "evaluate" -> options.addAll(List.of("--data", text));
                case "generate" -> options.addAll(List.of("--prompt", "the", "--max-tokens", "9", "--greedy"));
                default -> options.addAll(List.of("--tokens", "1,2"));
            }
            String saved = succeed(options.toArray(String[]::new)).out();
            options.set(1, "--onnx");
            options.set(2, onnx);
            options.addAll(List.of("--provider", "auto"));
            String exported = succeed(options.toArray(String[]::new)).out();
            // Of losses and logits the first digits, of generation all but the speed.
            assertThat(exported.substring(0, 13)).isEqualTo(saved.substring(0, 13));
        }

        String small = succeed(
                        "export",
                        "--model",
                        model,
                        "--out",
                        onnx,
                        "--flavour",
                        "onnxruntime",
                        "--quantize",
                        "int4",
                        "--block",
                        "64",
                        "--external-data",
                        "--json")
                .out();
        assertThat(small)
                .contains("bytesAfter")
                .contains("tokensPerSecondBefore")
                .doesNotContain("loss");
        assertThat(folder.resolve("onnx").resolve("model.onnx.data")).exists();

        badInput("give --model or --onnx", "generate", "--model", model, "--onnx", onnx, "--prompt", "the");
        badInput("give the model with", "logits", "--tokens", "1");
        badInput("--block needs", "export", "--model", model, "--out", onnx, "--block", "64");
        badInput(
                "--block has no effect",
                "export",
                "--model",
                model,
                "--out",
                onnx,
                "--quantize",
                "int8",
                "--block",
                "64");
        badInput("32, 64 or 128", "export", "--model", model, "--out", onnx, "--quantize", "int4", "--block", "5");
        badInput("config.json", "generate", "--onnx", folder.toString(), "--prompt", "the");
    }

    @Test
    void theDoctorNamesWhatWorks() {
        assertThat(succeed("doctor").out())
                .contains("ok  JDK: ")
                .contains("Kernels: cpu, ")
                .contains("ok  ONNX Runtime: ")
                .contains("CUDA libraries: ");
        assertThat(succeed("doctor", "--json").out())
                .contains("\"ONNX Runtime\":")
                .contains("\"advice\":[");
    }

    private static Outcome succeed(String... arguments) {
        Outcome outcome = Outcome.run(arguments);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        return outcome;
    }
}
