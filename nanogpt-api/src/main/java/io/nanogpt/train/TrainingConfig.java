package io.nanogpt.train;

import io.nanogpt.backend.BackendChoice;
import io.nanogpt.data.SplitOptions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The settings of a training run, checked and immutable; built by {@link Trainer#builder()}. */
public final class TrainingConfig {
    private final int batchSize;
    private final OptimizationConfig optimization;
    private final StoppingCriteria stopping;
    private final EvaluationConfig evaluation;
    private final DivergencePolicy divergencePolicy;
    private final Optional<CheckpointConfig> checkpoints;
    private final Optional<SampleConfig> samples;
    private final OptionalDouble peakFlops;
    private final long seed;
    private final BackendChoice backend;
    private final int threads;
    private final SplitOptions split;
    private final List<TrainingListener> listeners;

    TrainingConfig(TrainingSettings<?> settings) {
        batchSize = settings.batchSize;
        optimization = settings.optimization;
        stopping = settings.bounded();
        evaluation = settings.evaluation;
        divergencePolicy = settings.divergencePolicy;
        checkpoints = settings.checkpoints;
        samples = settings.samples;
        peakFlops = settings.peakFlops;
        seed = settings.seed;
        backend = settings.backend;
        threads = settings.threads;
        split = settings.split;
        listeners = List.copyOf(settings.listeners);
    }

    /** Sequences of a batch, B. */
    public int batchSize() {
        return batchSize;
    }

    /** Optimizer, schedule, clipping and gradient accumulation. */
    public OptimizationConfig optimization() {
        return optimization;
    }

    /** When the run ends; bounded by steps, epochs, tokens or time. */
    public StoppingCriteria stopping() {
        return stopping;
    }

    /** How the run measures itself. */
    public EvaluationConfig evaluation() {
        return evaluation;
    }

    /** What the run does when its loss explodes. */
    public DivergencePolicy divergencePolicy() {
        return divergencePolicy;
    }

    /** Where the run writes what it needs to go on after a crash. */
    public Optional<CheckpointConfig> checkpoints() {
        return checkpoints;
    }

    /** Prompts to sample from at every evaluation. */
    public Optional<SampleConfig> samples() {
        return samples;
    }

    /** The machine's peak FLOP/s, if configured; listeners compare with it. */
    public OptionalDouble peakFlops() {
        return peakFlops;
    }

    /** Of the initial weights, batches and dropout. */
    public long seed() {
        return seed;
    }

    /** Selects the compute backend of the run. */
    public BackendChoice backend() {
        return backend;
    }

    /** Threads of the processor, where it computes. */
    public int threads() {
        return threads;
    }

    /** How the corpus is cut. */
    public SplitOptions split() {
        return split;
    }

    /** Called in order, on the training thread. */
    public List<TrainingListener> listeners() {
        return listeners;
    }

    static void positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, but is " + value);
        }
    }
}
