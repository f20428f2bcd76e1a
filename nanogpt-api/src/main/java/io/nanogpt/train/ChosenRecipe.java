package io.nanogpt.train;

import io.nanogpt.data.Corpus;
import io.nanogpt.spi.Library;
import io.nanogpt.tokenizer.Tokenizer;
import java.util.Objects;
import java.util.Optional;

/**
 * A recipe that was chosen for a corpus, as {@code GPT.builder().train(corpus)} does where nothing else is set. Immutable.
 *
 * @param recipe model, optimization, batch size and steps
 * @param tokenizer of characters or byte pairs, trained on the corpus
 * @param tableRounding what the tables of n-grams are rounded to after training
 * @param evaluation its evaluations, with the best weights at the end where the run may overfit
 * @param stopping its steps, the beginning of overfitting, and the time where there is a budget
 * @param reason what was chosen and why, in sentences for people
 */
public record ChosenRecipe(
        Recipe recipe,
        Tokenizer tokenizer,
        TableRounding tableRounding,
        EvaluationConfig evaluation,
        StoppingCriteria stopping,
        String reason) {
    public ChosenRecipe {
        Objects.requireNonNull(recipe, "recipe");
        Objects.requireNonNull(tokenizer, "tokenizer");
        Objects.requireNonNull(tableRounding, "tableRounding");
        Objects.requireNonNull(evaluation, "evaluation");
        Objects.requireNonNull(stopping, "stopping");
        Objects.requireNonNull(reason, "reason");
    }

    /**
     * Chooses a recipe by the size of a corpus, its vocabulary and the effort. A {@link Effort#budget} measures this
     * machine for a second or two; otherwise the same corpus has the same recipe everywhere.
     *
     * @throws IllegalArgumentException if the corpus is empty, or no model fits {@link Effort#maxBytes}
     */
    public static ChosenRecipe of(Corpus corpus, Effort effort) {
        Objects.requireNonNull(corpus, "corpus");
        Objects.requireNonNull(effort, "effort");
        return Library.get()
                .choose(corpus, effort, Optional.empty(), Trainer.builder().config());
    }
}
