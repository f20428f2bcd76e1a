package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.LanguageModel;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.interop.SafetensorsFile;
import io.nanogpt.onnx.OnnxExportOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every family of transformers that is read gives its numbers, here, after saving and in ONNX Runtime. */
@Tag("any-jdk")
class FamiliesTest {
    private static final float TOLERANCE = 1e-5f;
    /** OPT's table of positions, whose first two rows no text uses; they are saved as zeros. */
    private static final String POSITIONS = "model.decoder.embed_positions.weight";

    /** Types whose padding, where it is left out, is an id that a small vocabulary does not have. */
    private static final Set<String> PADDED = Set.of("smollm3", "olmo2", "opt", "gemma", "gemma2", "gemma3_text");

    @TempDir
    Path temporary;

    static Stream<Path> folders() {
        return FamilyFigures.folders();
    }

    @ParameterizedTest
    @MethodSource("folders")
    void theLogitsAreThoseOfTransformers(Path folder) {
        FamilyFigures figures = new FamilyFigures(folder);
        try (LanguageModel model = figures.open()) {
            assertThat(figures.logits(model)).isLessThan(TOLERANCE);
        }
    }

    @ParameterizedTest
    @MethodSource("folders")
    void lossAndGradientsAreThoseOfPyTorch(Path folder) throws IOException {
        assertThat(new FamilyFigures(folder).gradients(temporary)).isLessThan(TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("folders")
    void whatIsSavedHasTheNamesAndNumbersOfTransformers(Path folder) {
        FamilyFigures figures = new FamilyFigures(folder);
        try (LanguageModel model = figures.open()) {
            model.save(temporary);
        }
        assertThat(type(temporary)).isEqualTo(type(folder));
        if (PADDED.contains(type(folder))) {
            assertThat(JsonValue.read(temporary.resolve("config.json"), "a model")
                            .member("pad_token_id")
                            .isNull())
                    .isTrue();
        }
        try (LanguageModel saved = LanguageModel.load(temporary, 1)) {
            assertThat(figures.logits(saved)).isLessThan(TOLERANCE);
        }
        try (SafetensorsFile theirs = SafetensorsFile.open(folder.resolve("model.safetensors"));
                SafetensorsFile ours = SafetensorsFile.open(temporary.resolve("model.safetensors"))) {
            assertThat(plain(ours.names())).isEqualTo(plain(theirs.names()));
            for (String name : theirs.names()) {
                String saved = ours.names().contains(name) ? name : name.replace("transformer.", "");
                assertThat(ours.shape(saved)).isEqualTo(theirs.shape(name));
                if (!name.equals(POSITIONS)) {
                    assertThat(ours.floats(saved))
                            .as(name)
                            .containsExactly(theirs.floats(name), org.assertj.core.api.Assertions.within(2e-7f));
                }
            }
        }
    }

    /** GPT-2's names, which are saved without a prefix, as the published model has them. */
    private static Set<String> plain(Set<String> names) {
        Set<String> plain = new HashSet<>();
        names.forEach(name -> plain.add(name.replace("transformer.", "")));
        return plain;
    }

    private static String type(Path folder) {
        return JsonValue.read(folder.resolve("config.json"), "a model")
                .member("model_type")
                .string();
    }

    @ParameterizedTest
    @MethodSource("folders")
    void onnxRuntimeGivesTheLogitsToo(Path folder) {
        FamilyFigures figures = new FamilyFigures(folder);
        try (LanguageModel model = figures.open()) {
            for (OnnxExportOptions.Flavour flavour : OnnxExportOptions.Flavour.values()) {
                Path to = temporary.resolve(flavour.name());
                assertThat(figures.onnx(model, to, flavour)).as(flavour.name()).isLessThan(2 * TOLERANCE);
            }
        }
    }
}
