package io.nanogpt.impl.recipe;

import io.nanogpt.accounting.Account;
import io.nanogpt.model.NgramTables;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.train.Effort;
import io.nanogpt.train.Quality;
import io.nanogpt.train.Recipe;
import java.util.List;
import java.util.Locale;

/**
 * Chooses a recipe: the {@link Shape} for the computation, or a larger one for a text too short for it, which teaches that
 * one more; steps that use the computation up, but no more than the text has tokens for, since tables of n-grams overfit
 * after few epochs; the largest tables whose file is small enough. A function of its arguments alone.
 */
public final class RecipeChooser {
    /** Epochs after which a model with tables begins to overfit. */
    private static final double EPOCHS = 1.2;

    private static final int FEWEST_STEPS = 75;

    /** The fewest steps of a model that is not the smallest. */
    private static final int STEPS_OF_LARGER = 300;

    /** The convolutions of the recipes reach over so many tokens. */
    private static final int SHORTEST_CONTEXT = 4;

    /** A row of tables in a file has its index and its factor beside its 8-bit elements. */
    private static final int BYTES_BESIDE_ROW = 8;

    /** Names, shape and place of a parameter and of its rows and factors in the header of a file, at most. */
    private static final int HEADER_BYTES = 512;

    private static final int LARGEST_NGRAM_VOCABULARY = 1 << 16;

    /** The tables, from the best to none. */
    private static final List<NgramTables> TABLES = List.of(
            NgramTables.of(32_768, 2, 3, 4, 5),
            NgramTables.of(16_384, 2, 3, 4, 5).withWidth(32),
            NgramTables.of(8_192, 2, 3, 4, 5).withWidth(32),
            NgramTables.NONE);

    private RecipeChooser() {}

    /**
     * What is known of a corpus.
     *
     * @param trainTokens tokens of the training split
     * @param validationTokens tokens of the validation split
     * @param vocabularySize of the tokenizer
     */
    public record Text(long trainTokens, long validationTokens, int vocabularySize) {}

    /**
     * A choice.
     *
     * @param flops of the whole run
     * @param epochs of the whole run
     * @param bytes of the file of weights at most
     * @param limitedByText whether more steps would read the text too often
     */
    public record Choice(Recipe recipe, double flops, double epochs, long bytes, boolean limitedByText) {
        /** The choice in words. */
        public String describe() {
            TransformerConfig model = (TransformerConfig) recipe.model();
            String tables = model.ngramTables().isEmpty()
                    ? "without tables of n-grams"
                    : "with tables of n-grams of "
                            + model.ngramTables().orders().get(0) + " to "
                            + model.ngramTables()
                                    .orders()
                                    .get(model.ngramTables().orders().size() - 1)
                            + " tokens";
            return String.format(
                    Locale.ROOT,
                    "%d layer%s of width %d %s, %,d steps of %d x %d tokens (%.2g TFLOP, %.2f epochs%s), and a file of at most"
                            + " %.1f MB",
                    model.size().layers(),
                    model.size().layers() == 1 ? "" : "s",
                    model.size().embeddingSize(),
                    tables,
                    recipe.steps(),
                    recipe.batchSize(),
                    model.contextLength(),
                    flops / 1e12,
                    epochs,
                    limitedByText ? ", more of which would overfit" : "",
                    bytes / 1e6);
        }
    }

    /** The FLOPs of a run of a quality. */
    public static double flops(Quality quality) {
        return switch (quality) {
            case FAST -> 2.5e11;
            case GOOD -> 1e12;
            case BEST -> 8e12;
        };
    }

    /**
     * Chooses a recipe.
     *
     * @param flops of the run
     * @param effort its largest file
     * @throws IllegalArgumentException if no model has so small a file, or a split of the text has fewer tokens than the
     *     shortest context needs
     */
    public static Choice choose(Text text, double flops, Effort effort) {
        if (Math.min(text.trainTokens(), text.validationTokens()) <= SHORTEST_CONTEXT) {
            throw new IllegalArgumentException("the text is too short to choose a model for: " + text.trainTokens()
                    + " tokens for training and " + text.validationTokens() + " for validation, of which each needs "
                    + (SHORTEST_CONTEXT + 1) + "; give a longer text");
        }
        List<Shape> shapes = Shape.all(text.vocabularySize());
        Choice choice = choose(text, flops, effort, shapes.get(0));
        for (Shape larger : shapes.subList(1, shapes.size())) {
            if (choice.limitedByText() || flops >= larger.leastFlops()) {
                Choice next = choose(text, flops, effort, larger);
                if (next.recipe().steps() >= STEPS_OF_LARGER && next.bytes() <= effort.maxBytes()) {
                    choice = next;
                }
            }
        }
        if (choice.bytes() > effort.maxBytes()) {
            throw new IllegalArgumentException("the smallest model for a vocabulary of " + text.vocabularySize()
                    + " has a file of " + choice.bytes() + " bytes, but maxBytes is " + effort.maxBytes()
                    + "; give more, a smaller tokenizer, or the model itself");
        }
        return choice;
    }

    private static Choice choose(Text text, double flops, Effort effort, Shape shape) {
        Recipe recipe = shape.recipe(text.vocabularySize(), longestContext(text));
        TransformerConfig bare = (TransformerConfig) recipe.model();
        TransformerConfig model = bare;
        long bytes = 0;
        for (NgramTables tables : TABLES) {
            if (!tables.isEmpty() && text.vocabularySize() > LARGEST_NGRAM_VOCABULARY) {
                continue;
            }
            model = bare.toBuilder().ngramTables(tables).build();
            bytes = bytes(model);
            if (bytes <= effort.maxBytes()) {
                break;
            }
        }
        int context = model.contextLength();
        double flopsPerToken =
                (double) Account.of(model.architecture(), context).trainingFlops() / context;
        long tokensPerStep = (long) recipe.batchSize() * context;
        // A time that was given is kept; without one, some steps are needed to learn anything.
        double byFlops =
                Math.max(effort.budget().isPresent() ? 1 : FEWEST_STEPS, flops / flopsPerToken / tokensPerStep);
        double byText = Math.max(FEWEST_STEPS, EPOCHS * text.trainTokens() / tokensPerStep);
        int steps = (int) Math.min(1_000_000, Math.min(byFlops, byText));
        double taken = (double) steps * tokensPerStep;
        return new Choice(
                recipe.withModel(model).withSteps(steps),
                taken * flopsPerToken,
                taken / text.trainTokens(),
                bytes,
                byText < byFlops);
    }

    /** The longest context, a power of two, of which both splits have more tokens where they can. */
    private static int longestContext(Text text) {
        long tokens = Math.min(text.trainTokens(), text.validationTokens());
        return (int) Math.min(1 << 16, Long.highestOneBit(Math.max(SHORTEST_CONTEXT, tokens - 1)));
    }

    /** The bytes of saved weights of which every row of a table was touched. */
    private static long bytes(TransformerConfig model) {
        NgramTables tables = model.ngramTables();
        long rows = 0;
        for (int order : tables.orders()) {
            rows += tables.rows(order, model.vocabularySize());
        }
        int width = tables.width(model.size().embeddingSize());
        long others = model.architecture().graph().parameterCount() - rows * width;
        return Float.BYTES * others
                + rows * (width + BYTES_BESIDE_ROW)
                + HEADER_BYTES * (1L + model.architecture().graph().parameters().size());
    }
}
