package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.WeightsImportOptions;
import io.nanogpt.spi.Library;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints of other training programs, whose layout is recognised by their names and shapes. */
@Tag("any-jdk")
class CheckpointsTest {
    private static final Path CHECKPOINTS = Path.of("src/test/resources/weights/checkpoints");
    private static final JsonValue EXPECTED = JsonValue.read(CHECKPOINTS.resolve("expected.json"), "logits");

    @TempDir
    Path folder;

    /** With 0 heads, the checkpoint says how many there are. */
    @ParameterizedTest
    @CsvSource({
        "objects.pt, 0",
        "nested-prefixes.ckpt, 0",
        "other-attribute.ckpt, 0",
        "wrapped-twice.pth, 0",
        "min-gpt.pt, 2",
        "lit-gpt.pth, 2",
        "tied-config-own-head, 0"
    })
    void theLogitsAreThoseOfPyTorch(String name, int heads) {
        WeightsImportOptions options = WeightsImportOptions.ofFolder();
        if (heads > 0) {
            assertThatThrownBy(() -> open(name, WeightsImportOptions.ofFolder()))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContainingAll(name, "attention heads cannot be inferred", "embedding size is 8");
            options = options.withHeads(heads);
        }
        try (LanguageModel model = open(name, options)) {
            assertThat(model.logits(tokens())).containsExactly(logits(name), within(1e-5f));
            model.save(folder);
            try (LanguageModel loaded = LanguageModel.load(folder, 1)) {
                assertThat(loaded.logits(tokens())).isEqualTo(model.logits(tokens()));
            }
        }
    }

    private static LanguageModel open(String name, WeightsImportOptions options) {
        return Library.get().importWeights(CHECKPOINTS.resolve(name), options, 1);
    }

    private static int[] tokens() {
        return EXPECTED.member("tokens").elements().stream()
                .mapToInt(token -> (int) token.integer(0, 100))
                .toArray();
    }

    private static float[] logits(String name) {
        List<JsonValue> numbers = EXPECTED.member("logits").member(name).elements();
        float[] logits = new float[numbers.size()];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) numbers.get(i).number();
        }
        return logits;
    }

    /** A head in the file that is not the embedding counts, as in transformers, and is saved as such. */
    @Test
    void aTiedConfigurationDoesNotDropTheHeadOfTheFile() {
        try (LanguageModel model = open("tied-config-own-head", WeightsImportOptions.ofFolder())) {
            assertThat(Zoo.transformer(model.architecture()).orElseThrow().tiedHead())
                    .isFalse();
            model.save(folder);
        }
        assertThat(JsonValue.read(folder.resolve("config.json"), "a model")
                        .member("tie_word_embeddings")
                        .bool())
                .isFalse();
    }

    @Test
    void filesWithoutWeightsAreCalledByWhatTheyAre() throws IOException {
        refuses("whole-module.pt", "holds no dict of tensors", "torch.nn.modules.linear.Linear", "nothing was run");
        refuses("arrays.npz", "npz archive of NumPy");
        refuses(folder.resolve("nowhere"), "nowhere does not exist");
        Map<String, String> starts = Map.of(
                "version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 5\n", "pointer of Git LFS",
                "GGUF\3\0\0\0", "GGUF file",
                "\n<!DOCTYPE HTML><html>", "web page",
                "<HTML>", "web page",
                "PAR1....PAR1", "Parquet file",
                "\u0093NUMPY\1\0", "array of NumPy",
                "\u0089HDF\r\n\u001a\n", "HDF5 file",
                "(\u00b5/\u00fd$", "compressed by zstd",
                "\u0089PNG\r\n\u001a\n\0\0\0", "PNG image");
        for (String name : List.of("model.safetensors", "pytorch_model.bin", "model.pth", "model.dat")) {
            Path file = folder.resolve(name);
            for (Map.Entry<String, String> start : starts.entrySet()) {
                Files.write(file, start.getKey().getBytes(StandardCharsets.ISO_8859_1));
                refuses(file, file.toString(), start.getValue());
            }
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
                out.write(new byte[100]);
            }
            Files.write(file, packed.toByteArray());
            refuses(file, file.toString(), "compressed by gzip");
        }
    }

    /** In a folder too, and as one of several files. */
    @Test
    void pointersOfGitInAFolderOfTransformersAreCalledByWhatTheyAre() throws IOException {
        Path from = FamilyFigures.FOLDER.resolve("qwen3");
        Files.copy(from.resolve("config.json"), folder.resolve("config.json"));
        String pointer = "version https://git-lfs.github.com/spec/v1\n";
        Files.writeString(folder.resolve("model.safetensors"), pointer);
        refuses(folder, "model.safetensors", "git lfs pull");
        Files.move(folder.resolve("model.safetensors"), folder.resolve("model-00001-of-00001.safetensors"));
        Files.writeString(
                folder.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {\"lm_head.weight\": \"model-00001-of-00001.safetensors\"}}");
        refuses(folder, "model-00001-of-00001.safetensors", "git lfs pull");
    }

    /** safetensors under the name of a pickle, and a pickle under that of safetensors. */
    @Test
    void theFormatFollowsFromTheContent() throws IOException {
        Path pickle = Files.copy(CHECKPOINTS.resolve("objects.pt"), folder.resolve("weights.safetensors"));
        Path other = Files.copy(CHECKPOINTS.resolve("objects.pt"), folder.resolve("weights.model"));
        for (Path file : List.of(pickle, other)) {
            try (LanguageModel model = Library.get().importWeights(file, WeightsImportOptions.ofFolder(), 1)) {
                assertThat(model.logits(tokens())).containsExactly(logits("objects.pt"), within(1e-5f));
            }
        }
        Path from = FamilyFigures.FOLDER.resolve("gpt-neox");
        Files.copy(from.resolve("config.json"), folder.resolve("config.json"));
        Files.copy(from.resolve("model.safetensors"), folder.resolve("pytorch_model.bin"));
        FamilyFigures figures = new FamilyFigures(from);
        try (LanguageModel model = Library.get().importWeights(folder, WeightsImportOptions.ofFolder(), 1)) {
            assertThat(figures.logits(model)).isLessThan(1e-5f);
        }
    }

    /** OPT has no layout that its names tell, and no tensor tells the heads. */
    @Test
    void aConfigBesideTheFileDescribesIt() throws IOException {
        Path from = FamilyFigures.FOLDER.resolve("opt");
        Path file = Files.copy(from.resolve("model.safetensors"), folder.resolve("any name.safetensors"));
        Files.copy(from.resolve("config.json"), folder.resolve("config.json"));
        FamilyFigures figures = new FamilyFigures(from);
        try (LanguageModel model = Library.get().importWeights(file, WeightsImportOptions.ofFolder(), 1)) {
            assertThat(figures.logits(model)).isLessThan(1e-5f);
        }
        // LitGPT keeps the config.json of the model that it converted, whose names are others.
        Files.copy(
                FamilyFigures.FOLDER.resolve("llama-yarn/config.json"),
                folder.resolve("config.json"),
                StandardCopyOption.REPLACE_EXISTING);
        refuses(file, "tensors of no known layout");
        Path other = Files.copy(CHECKPOINTS.resolve("lit-gpt.pth"), folder.resolve("lit-gpt.pth"));
        WeightsImportOptions heads = WeightsImportOptions.ofFolder().withHeads(2);
        try (LanguageModel model = Library.get().importWeights(other, heads, 1)) {
            assertThat(model.logits(tokens())).containsExactly(logits("lit-gpt.pth"), within(1e-5f));
        }
    }

    /** As in transformers, the head of the file counts, whatever the config beside it says. */
    @Test
    void theHeadOfAFileBesideATiedConfigCounts() throws IOException {
        Path from = CHECKPOINTS.resolve("tied-config-own-head");
        Files.copy(from.resolve("config.json"), folder.resolve("config.json"));
        Path file = Files.copy(from.resolve("model.safetensors"), folder.resolve("weights.safetensors"));
        try (LanguageModel model = Library.get().importWeights(file, WeightsImportOptions.ofFolder(), 1)) {
            assertThat(model.logits(tokens())).containsExactly(logits("tied-config-own-head"), within(1e-5f));
        }
    }

    @Test
    void tensorsOfNoKnownLayoutAreListed() {
        assertThatThrownBy(() -> Library.get()
                        .importWeights(
                                Path.of("src/test/resources/weights/checkpoint.pt"),
                                WeightsImportOptions.ofFolder(),
                                1))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll("tensors of no known layout: 0.weight", "nano-gpt", "llms-from-scratch");
    }

    private static void refuses(String name, String... messages) {
        refuses(CHECKPOINTS.resolve(name), messages);
    }

    private static void refuses(Path file, String... messages) {
        assertThatThrownBy(() -> Library.get().importWeights(file, WeightsImportOptions.ofFolder(), 1))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll(messages);
    }
}
