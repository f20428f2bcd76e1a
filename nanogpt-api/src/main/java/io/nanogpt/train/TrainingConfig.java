package io.nanogpt.train;

import io.nanogpt.data.SplitOptions;
import java.util.List;
import java.util.Objects;

/**
 * Everything a training run is told, built by {@link Trainer#builder()}.
 *
 * @param batchSize sequences a step, B
 * @param steps optimizer steps
 * @param optimizer how gradients become steps
 * @param gradientClip the largest norm of all gradients together; infinite for no clipping
 * @param evaluateEvery steps between evaluations
 * @param evaluationBatches random batches of each split that an evaluation averages over
 * @param keepBest whether the model ends with the weights of the lowest validation loss
 * @param seed of the initial weights, batches and dropout
 * @param threads of the CPU backend
 * @param split how the corpus is cut
 * @param listeners told of progress, in order, on the training thread
 */
public record TrainingConfig(
        int batchSize,
        int steps,
        AdamW optimizer,
        double gradientClip,
        int evaluateEvery,
        int evaluationBatches,
        boolean keepBest,
        long seed,
        int threads,
        SplitOptions split,
        List<TrainingListener> listeners) {
    public TrainingConfig {
        positive("batchSize", batchSize);
        positive("steps", steps);
        positive("evaluateEvery", evaluateEvery);
        positive("evaluationBatches", evaluationBatches);
        positive("threads", threads);
        Objects.requireNonNull(optimizer, "optimizer");
        Objects.requireNonNull(split, "split");
        listeners = List.copyOf(listeners);
        if (!(gradientClip > 0)) {
            throw new IllegalArgumentException("gradientClip must be above 0, but is " + gradientClip);
        }
    }

    static void positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, but is " + value);
        }
    }
}
