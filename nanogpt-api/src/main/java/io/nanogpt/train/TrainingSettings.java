package io.nanogpt.train;

import io.nanogpt.backend.BackendChoice;
import io.nanogpt.backend.Backends;
import io.nanogpt.data.SplitOptions;
import io.nanogpt.spi.Collective;
import io.nanogpt.spi.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The settings of a training run that {@link Trainer.Builder} and {@link io.nanogpt.GPT.Builder} share. Every setter
 * validates its value.
 *
 * @param <B> the type of the builder, which every setter returns
 */
public abstract class TrainingSettings<B extends TrainingSettings<B>> {
    private static final int DEFAULT_STEPS = 2_000;

    int batchSize = 12;
    OptimizationConfig optimization = OptimizationConfig.defaults();
    StoppingCriteria stopping = StoppingCriteria.never();
    EvaluationConfig evaluation = EvaluationConfig.defaults();
    Optional<WeightAveraging> averaging = Optional.empty();
    TableRounding tableRounding = TableRounding.NONE;
    DivergencePolicy divergencePolicy = DivergencePolicy.stop();
    Optional<LoraConfig> lora = Optional.empty();
    Optional<CheckpointConfig> checkpoints = Optional.empty();
    Optional<SampleConfig> samples = Optional.empty();
    OptionalDouble peakFlops = OptionalDouble.empty();
    long seed = 1337;
    BackendChoice backend = Backends.auto();
    Optional<Collective> collective = Optional.empty();
    Optional<LocalSteps> localSteps = Optional.empty();
    int threads = Runtime.getRuntime().availableProcessors();
    SplitOptions split = SplitOptions.defaults();
    final List<TrainingListener> listeners = new ArrayList<>();
    /** Whether a learning rate was set, alone or with an optimizer. */
    boolean rateSet;

    private boolean recipeSet;
    private boolean evaluationSet;

    /** Creates settings with all defaults. */
    protected TrainingSettings() {}

    /** Returns this builder. */
    protected abstract B self();

    /** Sets the sequences per batch, from 1 to 65,536; 12 by default. */
    public final B batchSize(int value) {
        TrainingConfig.requireBatchSize(value);
        batchSize = value;
        recipeSet = true;
        return self();
    }

    /**
     * Sets the number of micro-batches whose gradients are accumulated per step, as if they were one batch, from 1 to
     * 65,536; 1 by default.
     */
    public final B accumulate(int value) {
        return optimization(optimization.withAccumulate(value));
    }

    /**
     * Sets the first steps, in which the micro-batches of a step rise from one to those of {@link #accumulate}; 0 by
     * default.
     */
    public final B batchWarmup(int value) {
        return optimization(optimization.withBatchWarmup(value));
    }

    /**
     * Sets the first steps, in which the sequences of a batch are cut, into four in the first half of these steps and
     * into two in the second, so that attention costs less while a model learns short contexts; 0 by default. The tokens
     * of a step are the same, and evaluations have the whole context, which 4 must divide.
     */
    public final B contextWarmup(int value) {
        return optimization(optimization.withContextWarmup(value));
    }

    /** Sets optimizers, schedule, clipping and accumulation; {@link OptimizationConfig#defaults()} by default. */
    public final B optimization(OptimizationConfig value) {
        Objects.requireNonNull(value, "optimization");
        rateSet |= !value.groups().equals(optimization.groups());
        optimization = value;
        recipeSet = true;
        return self();
    }

    /** Sets the optimizer of all parameters; {@link AdamW#defaults()} by default. */
    public final B optimizer(Optimizer value) {
        return optimizer(ParameterGroups.of(Objects.requireNonNull(value, "optimizer")));
    }

    /** Sets the optimizers of groups of parameters; {@link AdamW#defaults()} for all parameters by default. */
    public final B optimizer(ParameterGroups value) {
        rateSet = true;
        return optimization(optimization.withGroups(Objects.requireNonNull(value, "groups")));
    }

    /**
     * Sets the learning rate of the parameters that no group selects; 1e-3 by default, and
     * {@value TrainingConfig#CONTINUED_RATE} where a model is trained further without adapters.
     */
    public final B learningRate(double value) {
        ParameterGroups groups = optimization.groups();
        return optimizer(groups.withRest(groups.rest().withLearningRate(value)));
    }

    /** Sets the weight decay of the parameters that no group selects; 0.1 by default. */
    public final B weightDecay(double value) {
        ParameterGroups groups = optimization.groups();
        boolean setBefore = rateSet;
        optimizer(groups.withRest(groups.rest().withWeightDecay(value)));
        rateSet = setBefore;
        return self();
    }

    /** Sets the schedule of the learning rates; constant by default. */
    public final B schedule(Schedule value) {
        return optimization(optimization.withSchedule(Objects.requireNonNull(value, "schedule")));
    }

    /** Sets the maximum global norm of the gradients; no clipping by default. */
    public final B gradientClip(double value) {
        return optimization(optimization.withGradientClip(value));
    }

    /** Sets the first steps, in which the momentum of Muon and SGD rises from 0.85; 0 by default. */
    public final B momentumWarmup(int value) {
        return optimization(optimization.withMomentumWarmup(value));
    }

    /** Sets the number of optimizer steps; 2,000 by default, unless epochs, tokens or time are limited. */
    public final B steps(int value) {
        return stopping(stopping.withSteps(value));
    }

    /** Sets the number of passes over the training split, see {@link StoppingCriteria}; no limit by default. */
    public final B epochs(double value) {
        return stopping(stopping.withEpochs(value));
    }

    /** Sets all limits of the run, which ends at the first one reached. */
    public final B stopping(StoppingCriteria value) {
        stopping = Objects.requireNonNull(value, "stopping");
        return self();
    }

    /** Ends the run after this many consecutive evaluations without a lower validation loss; no limit by default. */
    public final B earlyStop(int evaluations) {
        return stopping(stopping.withPatience(evaluations));
    }

    /** Ends the run after this time; no limit by default. */
    public final B maxTime(Duration value) {
        return stopping(stopping.withTime(Objects.requireNonNull(value, "maxTime")));
    }

    /** Sets the steps between evaluations; 200 by default. */
    public final B evaluateEvery(int value) {
        return evaluation(evaluation.withEvery(value));
    }

    /** Sets the batches of each split that an evaluation averages over; 50 by default. */
    public final B evaluationBatches(int value) {
        return evaluation(evaluation.withBatches(value));
    }

    /** Sets whether the validation loss is over the whole split instead of random batches of it; false by default. */
    public final B evaluateFully(boolean value) {
        return evaluation(evaluation.withFull(value));
    }

    /**
     * Sets whether the run ends with the weights of the lowest validation loss instead of the last ones; false by
     * default.
     */
    public final B keepBest(boolean value) {
        return evaluation(evaluation.withKeepBest(value));
    }

    /**
     * Sets whether the report has the losses of counted models, see {@link Baselines}; true by default. They are counted
     * after the last step: about a second for a million tokens, and nothing above 16 million.
     */
    public final B baselines(boolean value) {
        evaluation = evaluation.withBaselines(value);
        return self();
    }

    /** Sets interval and extent of the evaluations. */
    public final B evaluation(EvaluationConfig value) {
        evaluation = Objects.requireNonNull(value, "evaluation");
        evaluationSet = true;
        return self();
    }

    /** Averages the weights beside those that are trained; no average by default. */
    public final B averaging(WeightAveraging value) {
        averaging = Optional.of(Objects.requireNonNull(value, "averaging"));
        return self();
    }

    /** Rounds the tables of n-grams after the last step; they are not rounded by default. */
    public final B tableRounding(TableRounding value) {
        tableRounding = Objects.requireNonNull(value, "tableRounding");
        return self();
    }

    /** Sets the reaction to a non-finite or exploding loss; by default the run ends. */
    public final B divergencePolicy(DivergencePolicy value) {
        divergencePolicy = Objects.requireNonNull(value, "divergencePolicy");
        return self();
    }

    /** Trains low-rank adapters of a model that is trained further, in place of its weights. */
    public final B lora(LoraConfig value) {
        lora = Optional.of(Objects.requireNonNull(value, "lora"));
        return self();
    }

    /** Sets folder, interval and retention of checkpoints; none are written by default. */
    public final B checkpoints(CheckpointConfig value) {
        checkpoints = Optional.of(Objects.requireNonNull(value, "checkpoints"));
        return self();
    }

    /** Sets the prompts to sample from at every evaluation; none by default. Listeners receive the samples. */
    public final B samples(SampleConfig value) {
        samples = Optional.of(Objects.requireNonNull(value, "samples"));
        return self();
    }

    /**
     * Sets the machine's peak floating-point operations per second, from which listeners compute the model FLOPs
     * utilization (Chowdhery et al. 2022); unknown by default.
     */
    public final B peakFlops(double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "peakFlops must be a finite number of operations per second above 0, but is " + value);
        }
        peakFlops = OptionalDouble.of(value);
        return self();
    }

    /** Sets the seed of initial weights, batches and dropout; 1337 by default. */
    public final B seed(long value) {
        seed = value;
        return self();
    }

    /** Sets the compute backend; {@link Backends#auto()} by default. */
    public final B backend(BackendChoice value) {
        backend = Objects.requireNonNull(value, "backend");
        return self();
    }

    /**
     * Trains as one of several workers, which divide the micro-batches of a step; alone by default. Weights and losses are those
     * of a run of one process, bit for bit, whatever the number of workers, which must not be more than {@link #accumulate}.
     * All workers need the same settings and data, and kernels of the same kind. Worker 0 alone evaluates, calls listeners,
     * writes samples and checkpoints, and reads those; each returns the trained model.
     */
    public final B collective(Collective value) {
        collective = Optional.of(Objects.requireNonNull(value, "collective"));
        return self();
    }

    /**
     * Trains a replica of the model with each micro-batch of {@link #accumulate}, and exchanges what the replicas have learned
     * only every so many steps, for workers behind a slow network; without replicas by default. The result is <em>not</em>
     * that of a run without local steps, and its loss is usually higher at the same number of tokens. It depends on the number
     * of replicas, not on the workers that they are divided among. Between two exchanges, evaluations, samples and the model of
     * a run that ends there are of the last exchange; there is one after the last planned step, too. Losses of steps are the
     * mean over all replicas. With checkpoints every worker has those of its own replicas, in a folder of its own.
     */
    public final B localSteps(LocalSteps value) {
        localSteps = Optional.of(Objects.requireNonNull(value, "localSteps"));
        return self();
    }

    /**
     * Sets the number of CPU threads, from 1 to 1024; all processors by default. The result does not depend on it with the CPU backend;
     * with DJL its last bits do.
     */
    public final B threads(int value) {
        threads = Threads.require(value);
        return self();
    }

    /** Sets the split of the corpus; by default the last tenth is for validation. */
    public final B split(SplitOptions value) {
        split = Objects.requireNonNull(value, "split");
        return self();
    }

    /** Adds a listener. */
    public final B listener(TrainingListener value) {
        listeners.add(Objects.requireNonNull(value, "listener"));
        return self();
    }

    /**
     * Returns an immutable copy of the current settings.
     *
     * @throws IllegalArgumentException if the run would have to end with its best weights and with averaged ones, or if the
     *     number of replicas would change during a warm-up of the batch
     */
    public final TrainingConfig config() {
        return new TrainingConfig(this);
    }

    /** Whether batch size, optimization, or the steps, epochs, tokens or time of the run were set. */
    protected final boolean setsRecipe() {
        return recipeSet || stopping.isBounded();
    }

    /** Returns the current settings with a chosen recipe; evaluations and patience that were set stay. */
    protected final TrainingConfig config(ChosenRecipe chosen) {
        return new TrainingConfig(this, chosen);
    }

    EvaluationConfig evaluation(ChosenRecipe chosen) {
        return evaluationSet ? evaluation : chosen.evaluation().withBaselines(evaluation.baselines());
    }

    /** Returns the limits of the run, with the default number of steps if there is no other. */
    final StoppingCriteria bounded() {
        return stopping.isBounded() ? stopping : stopping.withSteps(DEFAULT_STEPS);
    }
}
