package io.nanogpt.examples.cli.options;

import io.nanogpt.examples.presets.StudyPresets;
import io.nanogpt.model.Preset;
import java.util.Map;

/**
 * How a preset is trained by default.
 *
 * @param batchSize sequences a step
 * @param steps optimizer steps
 * @param evaluateEvery steps between evaluations
 * @param evaluationBatches batches of each split that an evaluation averages over
 */
public record TrainingDefaults(int batchSize, int steps, int evaluateEvery, int evaluationBatches) {
    private static final TrainingDefaults OTHERS = new TrainingDefaults(12, 2_000, 200, 50);

    private static final Map<String, TrainingDefaults> NAMED = Map.of(
            Preset.CAPTIONS_GPU.name(), new TrainingDefaults(64, 2_000, 250, 200),
            StudyPresets.ALGOPATH.name(), new TrainingDefaults(64, 5_000, 500, 200),
            StudyPresets.TINY_TRANSFORMER.name(), new TrainingDefaults(64, 2_000, 200, 50));

    static TrainingDefaults of(Preset preset) {
        return NAMED.getOrDefault(preset.name(), OTHERS);
    }
}
