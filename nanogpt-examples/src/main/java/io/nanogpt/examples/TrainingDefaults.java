package io.nanogpt.examples;

import io.nanogpt.model.Preset;

/**
 * How a preset is trained where no option says otherwise.
 *
 * @param batchSize sequences a step
 * @param steps optimizer steps
 * @param evaluateEvery steps between evaluations
 * @param evaluationBatches batches of each split that an evaluation averages over
 */
record TrainingDefaults(int batchSize, int steps, int evaluateEvery, int evaluationBatches) {
    static TrainingDefaults of(Preset preset) {
        return switch (preset) {
            case CAPTIONS_GPU -> new TrainingDefaults(64, 2_000, 250, 200);
            case ALGOPATH -> new TrainingDefaults(64, 5_000, 500, 200);
            case TINY_TRANSFORMER -> new TrainingDefaults(64, 2_000, 200, 50);
            default -> new TrainingDefaults(12, 2_000, 200, 50);
        };
    }
}
