package io.nanogpt.examples.cli.options;

import io.nanogpt.examples.presets.StudyPresets;
import io.nanogpt.model.Preset;
import io.nanogpt.train.OptimizationConfig;
import io.nanogpt.train.Recipe;
import java.util.Map;

/**
 * How a preset is trained by default.
 *
 * @param batchSize sequences a step
 * @param steps optimizer steps
 * @param evaluateEvery steps between evaluations
 * @param evaluationBatches batches of each split that an evaluation averages over
 * @param optimization optimizers, schedule, clipping and accumulation
 */
public record TrainingDefaults(
        int batchSize, int steps, int evaluateEvery, int evaluationBatches, OptimizationConfig optimization) {
    private static final TrainingDefaults OTHERS = notebook(12, 2_000, 200, 50);

    private static final Map<String, TrainingDefaults> NAMED = Map.of(
            Preset.CAPTIONS_GPU.name(), notebook(64, 2_000, 250, 200),
            StudyPresets.ALGOPATH.name(), notebook(64, 5_000, 500, 200),
            StudyPresets.TINY_TRANSFORMER.name(), notebook(64, 2_000, 200, 50),
            StudyPresets.MODERN.name(), of(Recipe.MODERN),
            StudyPresets.MODERN_TABLES.name(), of(Recipe.MODERN_TABLES),
            StudyPresets.TABLES.name(), of(Recipe.TABLES));

    private static TrainingDefaults notebook(int batchSize, int steps, int evaluateEvery, int evaluationBatches) {
        return new TrainingDefaults(batchSize, steps, evaluateEvery, evaluationBatches, OptimizationConfig.defaults());
    }

    private static TrainingDefaults of(Recipe recipe) {
        return new TrainingDefaults(recipe.batchSize(), recipe.steps(), 50, 50, recipe.optimization());
    }

    /** The defaults of a preset. */
    public static TrainingDefaults of(Preset preset) {
        return NAMED.getOrDefault(preset.name(), OTHERS);
    }
}
