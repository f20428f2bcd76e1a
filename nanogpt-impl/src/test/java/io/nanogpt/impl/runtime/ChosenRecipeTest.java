package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.ChosenRecipe;
import io.nanogpt.train.Effort;
import io.nanogpt.train.Quality;
import io.nanogpt.train.Trainer;
import io.nanogpt.train.TrainingReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("any-jdk")
class ChosenRecipeTest {
    private static final Corpus CORPUS =
            Corpus.ofText("The quick brown fox jumps over the lazy dog, and the dog sleeps. ".repeat(60));

    @TempDir
    private Path temporary;

    @Test
    void nothingNeedsToBeSet() throws Exception {
        Path folder = temporary.resolve("model");
        GPT.Builder builder = GPT.builder().quality(Quality.FAST).maxBytes(2_500_000);
        try (LanguageModel model = builder.loadIfPresent(folder).train(CORPUS)) {
            TrainingReport report = model.report().orElseThrow();
            assertThat(report.plan().choice().orElseThrow())
                    .contains("vocabulary of 30, quality FAST: 1 layer of width 128");
            double best = report.evaluations().stream()
                    .mapToDouble(TrainingReport.EvaluationPoint::validationLoss)
                    .min()
                    .orElseThrow();
            assertThat(report.last().validationLoss()).isCloseTo(best, within(0.02));
            assertThat(Files.size(folder.resolve("model.safetensors"))).isLessThan(2_500_000);
            // The tables are rounded to what the file holds, so that it has the same weights; and it is found again.
            GenerationOptions options = GenerationOptions.greedy().withMaxTokens(40);
            try (LanguageModel loaded = builder.train(CORPUS)) {
                assertThat(loaded.evaluate("the dog sleeps").loss())
                        .isEqualTo(model.evaluate("the dog sleeps").loss());
                assertThat(loaded.generate("The ", options)).isEqualTo(model.generate("The ", options));
            }
        }
    }

    @Test
    void theSmallestFileThatAnErrorNamesIsEnough() throws Exception {
        String refused = catchThrowable(() -> GPT.builder().maxBytes(1_000).train(CORPUS))
                .getMessage();
        Matcher bytes = Pattern.compile("has a file of (\\d+) bytes").matcher(refused);
        assertThat(bytes.find()).as(refused).isTrue();
        long most = Long.parseLong(bytes.group(1));
        try (LanguageModel model =
                GPT.builder().quality(Quality.FAST).maxBytes(most).train(CORPUS)) {
            model.save(temporary.resolve("small"));
        }
        assertThat(Files.size(temporary.resolve("small").resolve("model.safetensors")))
                .isLessThanOrEqualTo(most);
    }

    @Test
    void aBudgetOfTimeIsKept() {
        try (LanguageModel model = GPT.builder()
                .budget(Duration.ofSeconds(2))
                .maxBytes(2_000_000)
                .baselines(false)
                .train(CORPUS)) {
            TrainingReport report = model.report().orElseThrow();
            assertThat(report.plan().choice().orElseThrow())
                    .contains("PT2S, and ")
                    .contains(" GFLOP/s of this machine: ");
            assertThat(report.reason()).isNotEqualTo(TrainingReport.StopReason.INTERRUPTED);
        }
    }

    @Test
    void theSameCorpusHasTheSameRecipe() {
        ChosenRecipe first = ChosenRecipe.of(CORPUS, Effort.defaults());
        ChosenRecipe second = ChosenRecipe.of(CORPUS, Effort.defaults());
        assertThat(second.recipe()).isEqualTo(first.recipe());
        assertThat(second.reason()).isEqualTo(first.reason());
        assertThat(second.tokenizer().vocabularySize()).isEqualTo(30);
    }

    @Test
    void aGivenTokenizerIsUsed() {
        ChosenRecipe chosen = new NanogptLibrary()
                .choose(
                        CORPUS,
                        Effort.defaults(),
                        Optional.of(
                                Tokenizers.byteLevelBpe().vocabularySize(300).train(CORPUS)),
                        Trainer.builder().config());
        assertThat(chosen.tokenizer().vocabularySize()).isGreaterThan(256);
        assertThat(((TransformerConfig) chosen.recipe().model()).size().vocabularySize())
                .isEqualTo(chosen.tokenizer().vocabularySize());
    }

    @Test
    void whatIsSetIsNotChosenToo() {
        assertThatThrownBy(() -> GPT.builder().layers(2).quality(Quality.BEST).train(CORPUS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("of which some were set");
        assertThatThrownBy(() ->
                        GPT.builder().steps(5).budget(Duration.ofSeconds(9)).train(CORPUS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("of which some were set");
        assertThatThrownBy(() -> ChosenRecipe.of(Corpus.ofText(""), Effort.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the corpus is empty");
    }

    @Test
    void effortsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> GPT.builder().budget(Duration.ofMillis(999)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("budget must be at least a second, but is PT0.999S");
        assertThatThrownBy(() -> GPT.builder().maxBytes(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxBytes must be at least 1, but is 0");
    }
}
