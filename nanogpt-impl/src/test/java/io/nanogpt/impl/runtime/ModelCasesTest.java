package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.tokenizer.character.CharacterTokenizer;
import io.nanogpt.model.WeightsImportOptions;
import io.nanogpt.model.WeightsImportOptions.Layout;
import io.nanogpt.spi.Library;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers.UnknownCharacters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models and checkpoints as other people's programs write them, which the project does not ship. */
@Tag("any-jdk")
class ModelCasesTest {
    private static final String CASES = "shared/cases";

    /** Checkpoints that do not say how many heads their model has. */
    private static final Set<String> WITHOUT_HEADS = Set.of("lightning-model-prefix", "llms-from-scratch");

    /** Any that has fewer ids than the models: their logits are asked for by ids. */
    private static final Tokenizer TOKENIZER = CharacterTokenizer.train("ab", UnknownCharacters.ERROR);

    static Stream<Path> models() {
        try (Stream<Path> cases = Files.list(cases().resolve("models"))) {
            return cases.sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void aModelGivesItsLogits(Path model) throws IOException {
        WeightsImportOptions options = WeightsImportOptions.ofFolder().withTokenizer(TOKENIZER);
        Path weights = weights(model);
        if (WITHOUT_HEADS.contains(model.getFileName().toString())) {
            WeightsImportOptions without = options;
            assertThatThrownBy(() -> Library.get().importWeights(weights, without, 1))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("attention heads cannot be inferred from its tensors; give it");
            options = options.withHeads(4);
        }
        JsonValue expected = JsonValue.read(model.resolve("expected.json"), "logits");
        int[] tokens = expected.member("tokens").elements().stream()
                .mapToInt(token -> (int) token.integer(0, Integer.MAX_VALUE))
                .toArray();
        List<JsonValue> numbers = expected.member("logits_after_the_last").elements();
        float[] logits = new float[numbers.size()];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) numbers.get(i).number();
        }
        try (LanguageModel loaded = Library.get().importWeights(weights, options, 1)) {
            assertThat(loaded.logits(tokens)).containsExactly(logits, within(1e-5f));
        }
    }

    /** The folder of a model, or the one file beside the expected values. */
    private static Path weights(Path model) throws IOException {
        try (Stream<Path> files = Files.list(model)) {
            return files.filter(file -> !file.endsWith("expected.json"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void whatIsNotWeightsIsCalledByItsName() {
        Map<String, String> kinds = Map.of(
                "lfs.bin", "pointer of Git LFS",
                "lfs.safetensors", "git lfs pull",
                "model.gguf", "GGUF file",
                "page.pth", "web page");
        Path folder = cases().resolve("files/not-weights");
        for (WeightsImportOptions options :
                List.of(WeightsImportOptions.ofFolder(), WeightsImportOptions.of(Layout.GPT2))) {
            kinds.forEach(
                    (file, kind) -> assertThatThrownBy(() -> LanguageModel.importWeights(folder.resolve(file), options))
                            .isInstanceOf(NanogptException.class)
                            .hasMessageContainingAll(file, kind));
        }
    }

    /** Beside the repository, or above it. */
    private static Path cases() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path cases = folder.resolve(CASES);
            if (Files.isDirectory(cases)) {
                return cases;
            }
        }
        return Assumptions.abort("skipped: there is no " + CASES + " beside a folder above this one");
    }
}
