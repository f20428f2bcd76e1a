package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.impl.onnx.OnnxExporter;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.TrainingReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models saved and exported to one folder, checked, and cut off in the middle. */
@Tag("any-jdk")
class SavedModelTest {
    private static final GenerationOptions GREEDY = GenerationOptions.greedy().withMaxTokens(20);

    private static LanguageModel first;
    private static LanguageModel second;

    @TempDir
    private Path folder;

    @BeforeAll
    static void train() {
        first = train("the cat sat on the mat. ", 1);
        second = train("012345678 876543210. ", 1);
    }

    private static LanguageModel train(String text, long seed) {
        return GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(16)
                .contextLength(16)
                .steps(20)
                .evaluationBatches(1)
                .seed(seed)
                .threads(1)
                .train(Corpus.ofText(text.repeat(30)));
    }

    @AfterAll
    static void close() {
        first.close();
        second.close();
    }

    @Test
    void aModelCanBeSavedAndExportedToOneFolder() throws IOException {
        for (boolean saveFirst : new boolean[] {true, false}) {
            Path both = folder.resolve("both" + saveFirst);
            if (saveFirst) {
                first.save(both);
            }
            first.exportOnnx(both);
            first.save(both);
            first.exportOnnx(both);
            try (LanguageModel loaded = LanguageModel.load(both);
                    LanguageModel onnx = LanguageModel.loadOnnx(both)) {
                assertThat(loaded.generate("the", GREEDY)).isEqualTo(first.generate("the", GREEDY));
                assertThat(onnx.generate("the", GREEDY)).isEqualTo(first.generate("the", GREEDY));
                loaded.exportOnnx(both);
            }
            Map<String, String> before = content(both);
            assertThat(LanguageModel.verify(both))
                    .containsExactly(both.resolve("model.safetensors"), both.resolve("model.onnx"));
            LanguageModel.loadOnnx(both).close();
            assertThat(content(both)).isEqualTo(before);
        }
    }

    @Test
    void anExportBesideTheWeightsOfAnotherModelIsRefused() throws IOException {
        second.save(folder);
        Map<String, String> before = content(folder);
        assertThatThrownBy(() -> first.exportOnnx(folder))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll(
                        folder.toString(), "model.safetensors", "nothing was changed", "another folder");
        assertThat(content(folder)).isEqualTo(before);
        try (LanguageModel same = train("the cat sat on the mat. ", 2)) {
            Path other = folder.resolve("other");
            same.save(other);
            assertThatThrownBy(() -> first.exportOnnx(other)).hasMessageContaining("of another model");
        }
    }

    @Test
    void aGraphOfAnOlderModelIsRefused() {
        first.exportOnnx(folder);
        second.save(folder);
        LanguageModel.load(folder).close();
        assertThatThrownBy(() -> LanguageModel.loadOnnx(folder))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll(folder.resolve("model.onnx").toString(), "tokenizer.json", "export it again");
        assertThatThrownBy(() -> LanguageModel.verify(folder)).hasMessageContaining("export it again");

        // Of the same text and settings: only the weights differ.
        Path other = folder.resolve("other");
        first.exportOnnx(other);
        try (LanguageModel same = train("the cat sat on the mat. ", 2)) {
            same.save(other);
        }
        assertThatThrownBy(() -> LanguageModel.loadOnnx(other)).hasMessageContaining("export it again");
    }

    /** The same settings and text: of the files only the weights and the report differ. */
    @Test
    void aReportOfOtherWeightsIsLeftOut() throws IOException {
        Path theirs = folder.resolve("theirs");
        Path ours = folder.resolve("ours");
        Path onnx = folder.resolve("onnx");
        try (LanguageModel same = train("the cat sat on the mat. ", 2)) {
            same.save(theirs);
        }
        first.save(ours);
        first.exportOnnx(onnx);
        for (Path model : List.of(ours, onnx)) {
            assertThat(report(model)).isPresent();
            LanguageModel.verify(model);
            Path report = model.resolve("training_report.json");
            byte[] whole = Files.readAllBytes(report);
            Files.copy(theirs.resolve("training_report.json"), report, StandardCopyOption.REPLACE_EXISTING);
            assertThat(report(model)).isEmpty();
            assertThatThrownBy(() -> LanguageModel.verify(model))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining(report + " is the report of the run that made other weights");
            // As older versions wrote it.
            Files.writeString(report, Files.readString(report).replaceFirst(",\\s*\"weights\"\\s*:\\s*\"\\w*\"", ""));
            assertThat(report(model)).isPresent();
            Files.write(report, whole);
        }
        first.exportOnnx(ours);
        LanguageModel.verify(ours);
    }

    private static Optional<TrainingReport> report(Path model) {
        try (LanguageModel loaded =
                Files.exists(model.resolve("model.onnx")) ? LanguageModel.loadOnnx(model) : LanguageModel.load(model)) {
            return loaded.report();
        }
    }

    @Test
    void verifyFindsAFlippedBit() throws IOException {
        first.save(folder);
        Path data = folder.resolve("data");
        first.exportOnnx(data, OnnxExportOptions.portable().withExternalData(true));
        Path onnx = folder.resolve("onnx");
        first.exportOnnx(onnx);
        for (Path file : List.of(
                folder.resolve("model.safetensors"), data.resolve("model.onnx.data"), onnx.resolve("model.onnx"))) {
            Path model = file.resolveSibling("");
            LanguageModel.verify(model);
            byte[] whole = Files.readAllBytes(file);
            byte[] damaged = whole.clone();
            damaged[damaged.length - 2_000] ^= 16;
            Files.write(file, damaged);
            assertThatThrownBy(() -> LanguageModel.verify(model))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContainingAll(file.toString(), "is damaged");
            Files.write(file, whole);
        }
        byte[] graph = Files.readAllBytes(onnx.resolve("model.onnx"));
        for (int length = 0; length < 900; length += 13) {
            Files.write(onnx.resolve("model.onnx"), Arrays.copyOf(graph, length));
            assertThatThrownBy(() -> LanguageModel.verify(onnx)).isInstanceOf(NanogptException.class);
        }
    }

    /** A crash can leave the graph in its place and its weights still staged. */
    @Test
    void anExportThatACrashInterruptedIsLoadedFromTwoFolders() throws IOException {
        List<String> known = List.of("model.onnx", "model.onnx.data", "genai_config.json");
        assertThat(known).containsAll(OnnxExporter.files());
        Path export = folder.resolve("export");
        first.exportOnnx(export, OnnxExportOptions.portable().withExternalData(true));
        Files.delete(export.resolve(".lock"));
        List<String> names = List.of(
                "config.json",
                "tokenizer.json",
                "tokenizer_config.json",
                "special_tokens_map.json",
                "README.md",
                "training_report.json",
                "model.onnx",
                "model.onnx.data");
        for (int moves = 0; moves <= names.size(); moves++) {
            Path model = Files.createDirectory(folder.resolve("model" + moves));
            Path saved = Files.createDirectory(model.resolve(".saved"));
            for (String name : names) {
                Path to = names.indexOf(name) < moves ? model : saved;
                Files.copy(export.resolve(name), to.resolve(name));
            }
            Map<String, String> before = content(model);
            try (LanguageModel onnx = LanguageModel.loadOnnx(model)) {
                assertThat(onnx.generate("the", GREEDY)).isEqualTo(first.generate("the", GREEDY));
            }
            assertThat(LanguageModel.verify(model)).hasSize(1);
            assertThat(content(model)).isEqualTo(before);
            second.save(model);
            assertThat(saved).doesNotExist();
        }
    }

    @Test
    void filesOfTwoCheckpointsAreRefused() throws IOException {
        Path checkpoints = folder.resolve("checkpoints");
        train(checkpoints, 20);
        Path newest = checkpoints.resolve("step-00000020");
        Path older = checkpoints.resolve("step-00000010");
        for (String name : List.of("optimizer.safetensors", "model.safetensors")) {
            byte[] whole = Files.readAllBytes(newest.resolve(name));
            Files.copy(older.resolve(name), newest.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            assertThatThrownBy(() -> train(checkpoints, 30))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContainingAll(newest.resolve(name).toString(), "of different checkpoints");
            whole[whole.length - 5] ^= 1;
            Files.write(newest.resolve(name), whole);
            assertThatThrownBy(() -> train(checkpoints, 30))
                    .hasMessageContainingAll(newest.resolve(name).toString(), "is damaged");
            whole[whole.length - 5] ^= 1;
            Files.write(newest.resolve(name), whole);
        }
        train(checkpoints, 30);
    }

    private static void train(Path checkpoints, int steps) {
        GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(16)
                .contextLength(16)
                .steps(steps)
                .evaluationBatches(1)
                .threads(1)
                .training(trainer -> trainer.checkpoints(CheckpointConfig.in(checkpoints)
                        .withEvery(10)
                        .withKeepLast(5)
                        .withResume(true)))
                .train(Corpus.ofText("the cat sat on the mat. ".repeat(30)))
                .close();
    }

    /** Every file below a folder with its content and the time of its last change. */
    private static Map<String, String> content(Path folder) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                content.put(
                        folder.relativize(file).toString(),
                        HexFormat.of().formatHex(Files.readAllBytes(file)) + " " + Files.getLastModifiedTime(file));
            }
        }
        return content;
    }
}
