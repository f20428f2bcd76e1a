package io.nanogpt.examples.systems;

import io.nanogpt.model.Activation;
import io.nanogpt.model.Biases;
import io.nanogpt.model.Initialization;
import io.nanogpt.model.NgramTables;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.Refinements;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.Muon;
import io.nanogpt.train.OptimizationConfig;
import io.nanogpt.train.Optimizer;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.ParameterSelector;
import io.nanogpt.train.Recipe;
import io.nanogpt.train.RowwiseAdagrad;
import io.nanogpt.train.Schedule;
import io.nanogpt.train.WeightAveraging;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A piece of a recipe left out, replaced or added.
 *
 * @param label what differs from the recipe
 * @param change of the recipe
 * @param averaging of the weights, which is no part of a recipe
 */
record RecipePiece(String label, UnaryOperator<Recipe> change, Optional<WeightAveraging> averaging) {
    /** The recipe as it is. */
    static final String NOTHING = "nothing";

    /**
     * What the recipes have, one piece at a time left out or replaced.
     *
     * @param warmup steps of the recipe's warm-up
     */
    static List<RecipePiece> parts(int warmup) {
        return List.of(
                recipe(NOTHING, recipe -> recipe),
                refined("no norm of queries and keys", refinements -> refinements.withQueryKeyNorm(false)),
                refined("no norm of embeddings", refinements -> refinements.withEmbeddingNorm(false)),
                refined("no convolutions", refinements -> refinements.withConvolutionSize(0)),
                refined("no cap of logits", refinements -> refinements.withLogitCap(0)),
                model("GELU for squared ReLU", model -> model.activation(Activation.GELU)),
                model(
                        "outputs and head not zero at first",
                        model -> model.initialization(transformer(Recipe.MODERN).initialization())),
                scheduled("constant rate after the warm-up", Schedule.warmupStableDecay(warmup, 0, 1)),
                scheduled("cosine for the linear cool-down", Schedule.cosine(warmup, 0.05)));
    }

    /** What old models have in place of refinements that cost no computation. */
    static List<RecipePiece> olderParts() {
        return List.of(
                model(
                        "LayerNorm with weights for RMSNorm",
                        model -> model.norm(new NormConfig(NormConfig.Kind.LAYER, 1e-5f, NormConfig.Placement.PRE))),
                model("learned positions for rotary ones", model -> model.positions(new Positions.Learned())),
                model("biases", model -> model.biases(Biases.ALL_BUT_HEAD)),
                model(
                        "all weights normal, deviation 0.02",
                        model -> model.initialization(new Initialization.Normal(0.02f))));
    }

    /** Muon left out, and its options. */
    static List<RecipePiece> muon() {
        return List.of(
                withoutMuon(),
                hidden("Muon at half its rate", Muon.defaults().withLearningRate(0.01)),
                hidden("Muon at twice its rate", Muon.defaults().withLearningRate(0.04)),
                hidden(
                        "five iterations of Newton and Schulz",
                        Muon.defaults().withIterations(Muon.Coefficients.NEWTON_SCHULZ, 5)),
                hidden("NorMuon", Muon.defaults().withNormalizedRows(true)),
                hidden(
                        "cautious weight decay of 0.1",
                        Muon.defaults().withWeightDecay(0.1).withCautious(true)));
    }

    static RecipePiece withoutMuon() {
        return recipe("AdamW at 3e-3 for Muon", recipe -> {
            Optimizer adam = recipe.optimization().groups().rest();
            return recipe.withOptimization(withHidden(recipe.optimization(), adam.withLearningRate(3e-3)));
        });
    }

    /** What other recipes have besides. */
    static List<RecipePiece> additions() {
        return List.of(
                refined("input mixing", refinements -> refinements.withInputMixing(true)),
                model("value embeddings in the first and the last layer", model -> {
                    TransformerConfig config = model.build();
                    // They are added to values that have a matrix of their own.
                    model.fused(false)
                            .refinements(config.refinements()
                                    .withValueEmbeddings(
                                            List.of(0, config.size().layers() - 1)));
                }),
                new RecipePiece(
                        "average of the weights",
                        recipe -> recipe,
                        Optional.of(WeightAveraging.ema(0.9).withEvery(5).withKeep(WeightAveraging.Keep.AVERAGED))),
                recipe(
                        "shorter contexts in the first half of the steps",
                        recipe -> recipe.withOptimization(recipe.optimization().withContextWarmup(recipe.steps() / 2))),
                adamRates("half the rates of AdamW", 0.5),
                adamRates("twice the rates of AdamW", 2));
    }

    /** Other sizes of the model and the batch. */
    static List<RecipePiece> sizes() {
        List<RecipePiece> pieces = new ArrayList<>();
        for (int layers : new int[] {1, 2, 4, 6}) {
            pieces.add(model(layers + (layers == 1 ? " layer" : " layers"), model -> model.layers(layers)));
        }
        for (int width : new int[] {96, 192}) {
            pieces.add(model(
                    "width " + width,
                    model -> model.embeddingSize(width).heads(width / 32).hiddenRatio(4)));
        }
        for (int batch : new int[] {6, 24}) {
            pieces.add(recipe("batch of " + batch, recipe -> recipe.withBatchSize(batch)));
        }
        for (int context : new int[] {32, 128}) {
            pieces.add(recipe(
                    "context of " + context + ", as many tokens a step",
                    recipe -> changed(recipe, model -> model.contextLength(context))
                            .withBatchSize(recipe.batchSize()
                                    * transformer(recipe).size().contextLength()
                                    / context)));
        }
        return pieces;
    }

    /** Other tables of n-grams. */
    static List<RecipePiece> tables() {
        return List.of(
                withoutTables(),
                tables("tables of orders 2 and 3", NgramTables.of(32_768, 2, 3)),
                tables("tables of orders 2 to 4", NgramTables.of(32_768, 2, 3, 4)),
                tables("tables of orders 2 to 6", NgramTables.of(32_768, 2, 3, 4, 5, 6)),
                tables("tables of 8,192 rows", NgramTables.of(8_192, 2, 3, 4, 5)),
                tables("tables of 8,192 x 32", NgramTables.of(8_192, 2, 3, 4, 5).withWidth(32)),
                tables(
                        "tables of 32,768 x 32",
                        NgramTables.of(32_768, 2, 3, 4, 5).withWidth(32)),
                rowRate("half the rate of the tables", 0.5),
                rowRate("twice the rate of the tables", 2),
                hidden("Muon for AdamW", Muon.defaults()));
    }

    /** The tables of the recipes that have some. */
    static RecipePiece withTables() {
        return tables("tables of n-grams", transformer(Recipe.TABLES).ngramTables());
    }

    static RecipePiece withoutTables() {
        return tables("no tables", NgramTables.NONE);
    }

    /** Whether it leaves a recipe as it is. */
    boolean isIn(Recipe recipe) {
        return averaging.isEmpty() && change.apply(recipe).equals(recipe);
    }

    private static RecipePiece recipe(String label, UnaryOperator<Recipe> change) {
        return new RecipePiece(label, change, Optional.empty());
    }

    private static RecipePiece model(String label, Consumer<TransformerConfig.Builder> change) {
        return recipe(label, recipe -> changed(recipe, change));
    }

    /** A recipe with another model. */
    static Recipe changed(Recipe recipe, Consumer<TransformerConfig.Builder> change) {
        TransformerConfig.Builder model = transformer(recipe).toBuilder();
        change.accept(model);
        return recipe.withModel(model.build());
    }

    private static RecipePiece refined(String label, UnaryOperator<Refinements> change) {
        return recipe(label, recipe -> refined(recipe, change));
    }

    private static Recipe refined(Recipe recipe, UnaryOperator<Refinements> change) {
        TransformerConfig model = transformer(recipe);
        return changed(recipe, builder -> builder.refinements(change.apply(model.refinements())));
    }

    private static RecipePiece tables(String label, NgramTables tables) {
        return model(label, model -> model.ngramTables(tables));
    }

    private static RecipePiece scheduled(String label, Schedule schedule) {
        return recipe(
                label, recipe -> recipe.withOptimization(recipe.optimization().withSchedule(schedule)));
    }

    private static RecipePiece hidden(String label, Optimizer optimizer) {
        return recipe(label, recipe -> recipe.withOptimization(withHidden(recipe.optimization(), optimizer)));
    }

    /** The first group that selects a parameter updates it. */
    private static OptimizationConfig withHidden(OptimizationConfig optimization, Optimizer optimizer) {
        ParameterGroups groups = optimization.groups();
        ParameterGroups changed = ParameterGroups.of(groups.rest()).with(ParameterSelector.hidden(), optimizer);
        for (ParameterGroups.Group group : groups.groups()) {
            if (!group.selector().equals(ParameterSelector.hidden())) {
                changed = changed.with(group.selector(), group.optimizer());
            }
        }
        return optimization.withGroups(changed);
    }

    private static RecipePiece adamRates(String label, double factor) {
        return optimizers(label, AdamW.class, adam -> adam.withLearningRate(factor * adam.learningRate()));
    }

    private static RecipePiece rowRate(String label, double factor) {
        return optimizers(label, RowwiseAdagrad.class, rows -> rows.withLearningRate(factor * rows.learningRate()));
    }

    private static <O extends io.nanogpt.train.Optimizer> RecipePiece optimizers(
            String label, Class<O> kind, UnaryOperator<O> change) {
        return recipe(
                label,
                recipe -> recipe.withOptimization(recipe.optimization()
                        .withGroups(recipe.optimization()
                                .groups()
                                .map(optimizer ->
                                        kind.isInstance(optimizer) ? change.apply(kind.cast(optimizer)) : optimizer))));
    }

    static TransformerConfig transformer(Recipe recipe) {
        return (TransformerConfig) recipe.model();
    }
}
