package io.nanogpt.train;

import io.nanogpt.backend.BackendChoice;
import io.nanogpt.backend.Backends;
import io.nanogpt.data.SplitOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The settings of a training run, which {@link Trainer.Builder} and {@link io.nanogpt.GPT.Builder} share. Every setter
 * checks its value.
 *
 * @param <B> the builder, which every setter returns
 */
public abstract class TrainingSettings<B extends TrainingSettings<B>> {
    private static final int DEFAULT_STEPS = 2_000;

    int batchSize = 12;
    OptimizationConfig optimization = OptimizationConfig.defaults();
    StoppingCriteria stopping = StoppingCriteria.never();
    EvaluationConfig evaluation = EvaluationConfig.defaults();
    DivergencePolicy divergencePolicy = DivergencePolicy.stop();
    Optional<CheckpointConfig> checkpoints = Optional.empty();
    Optional<SampleConfig> samples = Optional.empty();
    OptionalDouble peakFlops = OptionalDouble.empty();
    long seed = 1337;
    BackendChoice backend = Backends.auto();
    int threads = Runtime.getRuntime().availableProcessors();
    SplitOptions split = SplitOptions.defaults();
    final List<TrainingListener> listeners = new ArrayList<>();

    /** Settings with all of their defaults. */
    protected TrainingSettings() {}

    /** This builder. */
    protected abstract B self();

    /** Sequences of a batch; 12 by default. */
    public final B batchSize(int value) {
        TrainingConfig.positive("batchSize", value);
        batchSize = value;
        return self();
    }

    /** Batches whose gradients make one step together, as one batch so many times as large would; 1 by default. */
    public final B accumulate(int value) {
        optimization = optimization.withAccumulate(value);
        return self();
    }

    /** AdamW by default, see {@link AdamW#defaults()}. */
    public final B optimizer(Optimizer value) {
        optimization = optimization.withOptimizer(Objects.requireNonNull(value, "optimizer"));
        return self();
    }

    /** The optimizer's learning rate; 1e-3 by default. */
    public final B learningRate(double value) {
        return optimizer(optimization.optimizer().withLearningRate(value));
    }

    /** The optimizer's weight decay; 0.1 by default. */
    public final B weightDecay(double value) {
        return optimizer(optimization.optimizer().withWeightDecay(value));
    }

    /** Of the learning rate; constant by default. */
    public final B schedule(Schedule value) {
        optimization = optimization.withSchedule(Objects.requireNonNull(value, "schedule"));
        return self();
    }

    /** The largest norm of all gradients together; no clipping by default. */
    public final B gradientClip(double value) {
        optimization = optimization.withGradientClip(value);
        return self();
    }

    /** The run ends after so many optimizer steps; 2,000 by default, where no other limit is given. */
    public final B steps(int value) {
        return stopping(stopping.withSteps(value));
    }

    /** The run ends after so many passes over the training split, see {@link StoppingCriteria}. */
    public final B epochs(double value) {
        return stopping(stopping.withEpochs(value));
    }

    /** When the run ends: at whichever limit comes first. */
    public final B stopping(StoppingCriteria value) {
        stopping = Objects.requireNonNull(value, "stopping");
        return self();
    }

    /** The run ends when so many evaluations in a row brought no lower validation loss. */
    public final B earlyStop(int evaluations) {
        return stopping(stopping.withPatience(evaluations));
    }

    /** The run ends after this time. */
    public final B maxTime(Duration value) {
        return stopping(stopping.withTime(Objects.requireNonNull(value, "maxTime")));
    }

    /** Steps between evaluations; 200 by default. */
    public final B evaluateEvery(int value) {
        return evaluation(evaluation.withEvery(value));
    }

    /** Batches of each split that an evaluation averages over; 50 by default. */
    public final B evaluationBatches(int value) {
        return evaluation(evaluation.withBatches(value));
    }

    /** Whether the validation loss is over the whole split instead of random batches of it; not by default. */
    public final B evaluateFully(boolean value) {
        return evaluation(evaluation.withFull(value));
    }

    /** Ends with the weights of the lowest validation loss instead of the last ones. */
    public final B keepBest(boolean value) {
        return evaluation(evaluation.withKeepBest(value));
    }

    /** How the run measures itself. */
    public final B evaluation(EvaluationConfig value) {
        evaluation = Objects.requireNonNull(value, "evaluation");
        return self();
    }

    /** What the run does when its loss explodes; by default it ends. */
    public final B divergencePolicy(DivergencePolicy value) {
        divergencePolicy = Objects.requireNonNull(value, "divergencePolicy");
        return self();
    }

    /** Where the run writes what it needs to go on after a crash; nowhere by default. */
    public final B checkpoints(CheckpointConfig value) {
        checkpoints = Optional.of(Objects.requireNonNull(value, "checkpoints"));
        return self();
    }

    /** What the model is asked at every evaluation; nothing by default. Listeners hear the answers. */
    public final B samples(SampleConfig value) {
        samples = Optional.of(Objects.requireNonNull(value, "samples"));
        return self();
    }

    /**
     * The floating point operations a second that the machine could do at best, so that listeners can tell how much
     * of it the model's own come to (model FLOPs utilization, Chowdhery et al. 2022); not known by default.
     */
    public final B peakFlops(double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("peakFlops must be operations a second, above 0, but is " + value);
        }
        peakFlops = OptionalDouble.of(value);
        return self();
    }

    /** Of the initial weights, batches and dropout; 1337 by default. */
    public final B seed(long value) {
        seed = value;
        return self();
    }

    /** What computes the run; {@link Backends#auto()} by default. */
    public final B backend(BackendChoice value) {
        backend = Objects.requireNonNull(value, "backend");
        return self();
    }

    /**
     * Threads of the processor; all processors by default. On the CPU backend the result does not depend on it, through
     * DJL its last bits do.
     */
    public final B threads(int value) {
        TrainingConfig.positive("threads", value);
        threads = value;
        return self();
    }

    /** How the corpus is cut; the last tenth validates by default. */
    public final B split(SplitOptions value) {
        split = Objects.requireNonNull(value, "split");
        return self();
    }

    /** Adds a listener. */
    public final B listener(TrainingListener value) {
        listeners.add(Objects.requireNonNull(value, "listener"));
        return self();
    }

    /** The settings as they are now. */
    public final TrainingConfig config() {
        return new TrainingConfig(this);
    }

    /** Steps end the run where nothing else does. */
    final StoppingCriteria bounded() {
        return stopping.isBounded() ? stopping : stopping.withSteps(DEFAULT_STEPS);
    }
}
