package io.nanogpt.train;

import io.nanogpt.model.Activation;
import io.nanogpt.model.Biases;
import io.nanogpt.model.Initialization;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.NgramTables;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.Refinements;
import io.nanogpt.model.TransformerConfig;
import java.util.Objects;

/**
 * A model together with the optimization that was found for it: {@code GPT.builder().recipe(Recipe.MODERN)}. Immutable;
 * each part can be changed.
 *
 * @param model its vocabulary size is replaced by the tokenizer's
 * @param optimization optimizers, schedule, clipping and accumulation
 * @param batchSize sequences per batch
 * @param steps optimizer steps, over which the schedule extends
 */
public record Recipe(ModelConfig model, OptimizationConfig optimization, int batchSize, int steps) {
    /** The recipe of the caption notebook: nanoGPT, AdamW at a constant rate, 2,000 steps of 12 sequences. */
    public static final Recipe NOTEBOOK = new Recipe(transformer().build(), OptimizationConfig.defaults(), 12, 2_000);

    /**
     * A transformer of the same size with the {@linkplain Refinements refinements} of recent work, trained by
     * {@link Muon}: RMSNorm without weights, normalised queries, keys and embeddings, rotary positions, squared ReLU,
     * causal convolutions, a cap of the logits, initial weights by their inputs; a warm-up, then a linear cool-down over
     * the last 60 % of 700 steps of 12 sequences.
     */
    public static final Recipe MODERN = new Recipe(modern().build(), optimization(Muon.defaults(), 20), 12, 700);

    /** {@link #MODERN} with {@linkplain NgramTables tables of n-grams}, which make its file larger: 14 M parameters. */
    public static final Recipe MODERN_TABLES =
            MODERN.withModel(modern().ngramTables(tables()).build());

    /**
     * The recipe of the fewest seconds: one layer of {@link #MODERN} with {@linkplain NgramTables tables of n-grams},
     * without Muon, 100 steps of 12 sequences.
     */
    public static final Recipe TABLES =
            new Recipe(modern().layers(1).ngramTables(tables()).build(), optimization(adam(3e-3), 10), 12, 100);

    public Recipe {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(optimization, "optimization");
        TrainingConfig.positive("batchSize", batchSize);
        TrainingConfig.positive("steps", steps);
    }

    /** Returns a copy with this model. */
    public Recipe withModel(ModelConfig value) {
        return new Recipe(value, optimization, batchSize, steps);
    }

    /** Returns a copy with this optimization. */
    public Recipe withOptimization(OptimizationConfig value) {
        return new Recipe(model, value, batchSize, steps);
    }

    /** Returns a copy with this number of sequences per batch. */
    public Recipe withBatchSize(int value) {
        return new Recipe(model, optimization, value, steps);
    }

    /** Returns a copy with this number of steps. */
    public Recipe withSteps(int value) {
        return new Recipe(model, optimization, batchSize, value);
    }

    private static TransformerConfig.Builder transformer() {
        return TransformerConfig.builder().vocabularySize(1);
    }

    private static TransformerConfig.Builder modern() {
        return transformer()
                .norm(new NormConfig(NormConfig.Kind.RMS_UNWEIGHTED, 1e-6f, NormConfig.Placement.PRE))
                .positions(new Positions.Rotary(1_000, false))
                .activation(Activation.RELU_SQUARED)
                .biases(Biases.NONE)
                .initialization(new Initialization.FanIn(0.5f, 0.3f, false, false))
                .refinements(Refinements.NONE
                        .withQueryKeyNorm(true)
                        .withEmbeddingNorm(true)
                        .withConvolutionSize(4)
                        .withLogitCap(15));
    }

    private static NgramTables tables() {
        return NgramTables.of(32_768, 2, 3, 4, 5);
    }

    private static OptimizationConfig optimization(Optimizer hidden, int warmup) {
        return OptimizationConfig.defaults()
                .withGroups(ParameterGroups.of(adam(1e-2))
                        .with(ParameterSelector.hidden(), hidden)
                        .with(ParameterSelector.head(), adam(5e-3))
                        .with(ParameterSelector.tables(), RowwiseAdagrad.defaults()))
                .withSchedule(Schedule.warmupStableDecay(warmup, 0.6, 0.05));
    }

    private static AdamW adam(double learningRate) {
        return AdamW.defaults()
                .withLearningRate(learningRate)
                .withBetas(0.9, 0.95)
                .withWeightDecay(0);
    }
}
