package io.nanogpt.train;

import io.nanogpt.backend.BackendChoice;
import io.nanogpt.data.SplitOptions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Everything a training run is told, built by {@link Trainer#builder()}.
 *
 * @param batchSize sequences of a batch, B
 * @param optimization how batches become steps
 * @param stopping when the run ends
 * @param evaluating how the run measures itself
 * @param guards what it does when its loss explodes
 * @param checkpoints where it writes what it needs to go on after a crash
 * @param samples what the model is asked at every evaluation
 * @param peakFlops floating point operations a second that the machine could do, where it is known; listeners compare with it
 * @param seed of the initial weights, batches and dropout
 * @param backend what computes the run
 * @param threads of the processor, where it computes
 * @param split how the corpus is cut
 * @param listeners told of progress, in order, on the training thread
 */
public record TrainingConfig(
        int batchSize,
        OptimizationConfig optimization,
        StoppingCriteria stopping,
        EvaluationConfig evaluating,
        DivergencePolicy guards,
        Optional<CheckpointConfig> checkpoints,
        Optional<SampleConfig> samples,
        OptionalDouble peakFlops,
        long seed,
        BackendChoice backend,
        int threads,
        SplitOptions split,
        List<TrainingListener> listeners) {
    public TrainingConfig {
        positive("batchSize", batchSize);
        positive("threads", threads);
        Objects.requireNonNull(optimization, "optimization");
        Objects.requireNonNull(stopping, "stopping");
        Objects.requireNonNull(evaluating, "evaluating");
        Objects.requireNonNull(guards, "guards");
        Objects.requireNonNull(checkpoints, "checkpoints");
        Objects.requireNonNull(samples, "samples");
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(split, "split");
        if (peakFlops.isPresent() && !(peakFlops.getAsDouble() > 0 && Double.isFinite(peakFlops.getAsDouble()))) {
            throw new IllegalArgumentException(
                    "peakFlops must be operations a second, above 0, but is " + peakFlops.getAsDouble());
        }
        listeners = List.copyOf(listeners);
        if (!stopping.isBounded()) {
            throw new IllegalArgumentException("the run would not end; give it steps, epochs, tokens or a time");
        }
    }

    static void positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, but is " + value);
        }
    }
}
