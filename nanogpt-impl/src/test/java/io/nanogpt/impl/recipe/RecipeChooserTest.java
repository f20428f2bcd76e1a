package io.nanogpt.impl.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.impl.recipe.RecipeChooser.Choice;
import io.nanogpt.impl.recipe.RecipeChooser.Text;
import io.nanogpt.model.NgramTables;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.train.Effort;
import io.nanogpt.train.Quality;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RecipeChooserTest {
    private static final Text CAPTIONS = new Text(875_000, 97_000, 109);
    private static final Effort EFFORT = Effort.defaults();

    private static Choice choose(Text text, double flops) {
        return RecipeChooser.choose(text, flops, EFFORT);
    }

    private static TransformerConfig model(Choice choice) {
        return (TransformerConfig) choice.recipe().model();
    }

    @Test
    void theComputationIsUsedWhereTheTextIsLongEnough() {
        for (Quality quality : Quality.values()) {
            double flops = RecipeChooser.flops(quality);
            Choice choice = choose(new Text(20_000_000, 2_000_000, 2_048), flops);
            assertThat(choice.flops()).isBetween(0.9 * flops, flops);
        }
    }

    @Test
    void moreComputationTakesALargerModel() {
        int parameters = 0;
        for (double flops : new double[] {1e11, 1e13, 1e14, 1e15}) {
            TransformerConfig model = model(choose(new Text(100_000_000, 10_000_000, 2_048), flops));
            int larger = model.size().layers() * model.size().embeddingSize();
            assertThat(larger).isGreaterThan(parameters);
            parameters = larger;
        }
    }

    @Test
    void aTextThatIsTooShortForTheComputationTakesALargerModel() {
        assertThat(model(choose(new Text(20_000_000, 2_000_000, 109), 8e12))
                        .size()
                        .layers())
                .isEqualTo(1);
        Choice choice = choose(CAPTIONS, 8e12);
        assertThat(model(choice).size().layers()).isEqualTo(2);
        assertThat(choice.epochs()).isBetween(1.1, 1.2);
    }

    @Test
    void aContextHasFewerTokensWhereTheyAreLonger() {
        assertThat(model(choose(new Text(400_000, 40_000, 512), 1e12)).contextLength())
                .isEqualTo(64);
    }

    @Test
    void aShortTextIsNotReadOften() {
        Choice choice = choose(new Text(54_000, 6_000, 60), 1e15);
        assertThat(choice.epochs()).isLessThan(2);
        // However short, some steps are needed to learn anything.
        assertThat(choose(new Text(500, 50, 30), 1e12).recipe().steps()).isGreaterThan(50);
    }

    @Test
    void theContextFitsIntoTheSmallerSplit() {
        assertThat(model(choose(new Text(500, 50, 30), 1e12)).contextLength()).isEqualTo(32);
        assertThat(model(choose(new Text(45, 5, 30), 1e12)).contextLength()).isEqualTo(4);
        assertThat(model(choose(CAPTIONS, 1e12)).contextLength()).isEqualTo(128);
    }

    @Test
    void aSmallerFileHasSmallerTablesAndThenNone() {
        assertThat(model(choose(CAPTIONS, 1e12)).ngramTables()).isEqualTo(NgramTables.of(32_768, 2, 3, 4, 5));
        long before = Long.MAX_VALUE;
        for (long bytes : new long[] {20_000_000, 5_000_000, 3_100_000, 2_000_000}) {
            Choice choice = RecipeChooser.choose(CAPTIONS, 1e12, EFFORT.withMaxBytes(bytes));
            assertThat(choice.bytes()).isLessThan(before).isLessThanOrEqualTo(bytes);
            before = choice.bytes();
        }
        assertThat(model(RecipeChooser.choose(CAPTIONS, 1e12, EFFORT.withMaxBytes(2_000_000)))
                        .ngramTables())
                .isEqualTo(NgramTables.NONE);
    }

    @Test
    void aTextThatIsTooShortIsRefused() {
        assertThatThrownBy(() -> choose(new Text(18, 2, 20), 1e12))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the text is too short to choose a model for: 18 tokens for training and 2 for validation, of"
                                + " which each needs 5; give a longer text");
    }

    @Test
    void aShortTimeHasFewerStepsThanAShortText() {
        assertThat(RecipeChooser.choose(CAPTIONS, 1e10, EFFORT.withBudget(Duration.ofSeconds(1)))
                        .recipe()
                        .steps())
                .isLessThan(20);
        assertThat(choose(CAPTIONS, 1e10).recipe().steps()).isEqualTo(75);
    }

    @Test
    void aChoiceTellsWhetherTheTextOrTheComputationIsItsLimit() {
        assertThat(choose(CAPTIONS, 1e12).describe()).doesNotContain("overfit");
        assertThat(choose(new Text(54_000, 6_000, 60), 1e12).describe())
                .contains("1.19 epochs, more of which would overfit)");
    }

    @Test
    void aFileThatNoModelHasIsRefused() {
        assertThatThrownBy(() -> RecipeChooser.choose(CAPTIONS, 1e12, EFFORT.withMaxBytes(1_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("vocabulary of 109", "but maxBytes is 1000");
    }

    @Test
    void theChoiceIsToldInWords() {
        assertThat(choose(CAPTIONS, 1e12).describe())
                .startsWith("1 layer of width 128 with tables of n-grams of 2 to 5 tokens, ")
                .contains(" steps of 6 x 128 tokens (1.0 TFLOP, ")
                .endsWith(" MB");
    }
}
