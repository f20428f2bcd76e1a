package io.nanogpt.train;

import io.nanogpt.backend.BackendChoice;
import io.nanogpt.data.SplitOptions;
import io.nanogpt.spi.Collective;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The settings of a training run, checked and immutable; built by {@link Trainer#builder()}. */
public final class TrainingConfig {
    /** The most sequences of a batch: the first step, before which nothing is shown, would take hours. */
    static final int LARGEST_BATCH = 65_536;

    /** The learning rate of a model that is trained further, where no learning rate was set. */
    public static final double CONTINUED_RATE = 1e-4;

    private final int batchSize;
    private final OptimizationConfig optimization;
    private final StoppingCriteria stopping;
    private final EvaluationConfig evaluation;
    private final Optional<WeightAveraging> averaging;
    private final TableRounding tableRounding;
    private final Optional<String> choice;
    private final DivergencePolicy divergencePolicy;
    private final Optional<LoraConfig> lora;
    private final Optional<CheckpointConfig> checkpoints;
    private final Optional<SampleConfig> samples;
    private final OptionalDouble peakFlops;
    private final long seed;
    private final BackendChoice backend;
    private final Optional<Collective> collective;
    private final Optional<LocalSteps> localSteps;
    private final int threads;
    private final SplitOptions split;
    private final List<TrainingListener> listeners;
    private final boolean rateSet;

    TrainingConfig(TrainingSettings<?> settings) {
        this(settings, settings.evaluation, Optional.empty());
    }

    TrainingConfig(TrainingSettings<?> settings, ChosenRecipe chosen) {
        this(settings, settings.evaluation(chosen), Optional.of(chosen));
    }

    private TrainingConfig(TrainingSettings<?> settings, EvaluationConfig evaluation, Optional<ChosenRecipe> chosen) {
        Optional<Recipe> recipe = chosen.map(ChosenRecipe::recipe);
        batchSize = recipe.map(Recipe::batchSize).orElse(settings.batchSize);
        optimization = recipe.map(Recipe::optimization).orElse(settings.optimization);
        stopping = chosen.map(by -> settings.stopping.patience() < Integer.MAX_VALUE
                        ? by.stopping().withPatience(settings.stopping.patience())
                        : by.stopping())
                .orElseGet(settings::bounded);
        this.evaluation = evaluation;
        averaging = settings.averaging;
        if (evaluation.keepBest()
                && averaging.map(WeightAveraging::keep).orElse(WeightAveraging.Keep.RAW)
                        == WeightAveraging.Keep.AVERAGED) {
            throw new IllegalArgumentException("a run ends either with the weights of its lowest validation loss"
                    + " (keepBest) or with averaged ones; keep the best of both, or do not set keepBest");
        }
        tableRounding = settings.tableRounding != TableRounding.NONE
                ? settings.tableRounding
                : chosen.map(ChosenRecipe::tableRounding).orElse(TableRounding.NONE);
        choice = chosen.map(ChosenRecipe::reason);
        divergencePolicy = settings.divergencePolicy;
        lora = settings.lora;
        checkpoints = settings.checkpoints;
        samples = settings.samples;
        peakFlops = settings.peakFlops;
        seed = settings.seed;
        backend = settings.backend;
        collective = settings.collective;
        localSteps = settings.localSteps;
        if (localSteps.isPresent() && optimization.batches().warmup() > 0) {
            throw new IllegalArgumentException(
                    "a run with local steps has as many replicas as a step has micro-batches,"
                            + " which may not change, but batchWarmup is "
                            + optimization.batches().warmup() + "; leave out one of the two");
        }
        threads = settings.threads;
        split = settings.split;
        listeners = List.copyOf(settings.listeners);
        rateSet = settings.rateSet || chosen.isPresent();
    }

    private TrainingConfig(TrainingConfig of, OptimizationConfig optimization) {
        batchSize = of.batchSize;
        this.optimization = optimization;
        stopping = of.stopping;
        evaluation = of.evaluation;
        averaging = of.averaging;
        tableRounding = of.tableRounding;
        choice = of.choice;
        divergencePolicy = of.divergencePolicy;
        lora = of.lora;
        checkpoints = of.checkpoints;
        samples = of.samples;
        peakFlops = of.peakFlops;
        seed = of.seed;
        backend = of.backend;
        collective = of.collective;
        localSteps = of.localSteps;
        threads = of.threads;
        split = of.split;
        listeners = of.listeners;
        rateSet = true;
    }

    /**
     * Returns the settings of a run that trains a model further: at {@link #CONTINUED_RATE} where no learning rate was set and
     * its weights are trained.
     */
    public TrainingConfig continued() {
        if (rateSet || lora.isPresent()) {
            return this;
        }
        ParameterGroups groups = optimization.groups();
        return new TrainingConfig(
                this, optimization.withGroups(groups.withRest(groups.rest().withLearningRate(CONTINUED_RATE))));
    }

    /** Returns the sequences per batch, B. */
    public int batchSize() {
        return batchSize;
    }

    /** Returns optimizer, schedule, clipping and gradient accumulation. */
    public OptimizationConfig optimization() {
        return optimization;
    }

    /** Returns the limits of the run; bounded by steps, epochs, tokens or time. */
    public StoppingCriteria stopping() {
        return stopping;
    }

    /** Returns interval and extent of the evaluations. */
    public EvaluationConfig evaluation() {
        return evaluation;
    }

    /** Returns the average of the weights, if any. */
    public Optional<WeightAveraging> averaging() {
        return averaging;
    }

    /** Returns what the tables of n-grams are rounded to after the last step. */
    public TableRounding tableRounding() {
        return tableRounding;
    }

    /** Returns what was chosen for the run and why, if its recipe was {@linkplain ChosenRecipe chosen}. */
    public Optional<String> choice() {
        return choice;
    }

    /** Returns the reaction to a non-finite or exploding loss. */
    public DivergencePolicy divergencePolicy() {
        return divergencePolicy;
    }

    /** Returns the low-rank adapters that are trained in place of the weights, if any. */
    public Optional<LoraConfig> lora() {
        return lora;
    }

    /** Returns the configuration of checkpoints, if any. */
    public Optional<CheckpointConfig> checkpoints() {
        return checkpoints;
    }

    /** Returns the prompts to sample from at every evaluation, if any. */
    public Optional<SampleConfig> samples() {
        return samples;
    }

    /** Returns the machine's peak FLOP/s, if configured, from which listeners compute the model FLOPs utilization. */
    public OptionalDouble peakFlops() {
        return peakFlops;
    }

    /** Returns the seed of initial weights, batches and dropout. */
    public long seed() {
        return seed;
    }

    /** Returns the choice of the compute backend. */
    public BackendChoice backend() {
        return backend;
    }

    /** Returns the workers that train together, if this is one of several. */
    public Optional<Collective> collective() {
        return collective;
    }

    /** Returns the steps that replicas take by themselves, if the run has replicas. */
    public Optional<LocalSteps> localSteps() {
        return localSteps;
    }

    /** Returns the number of CPU threads. */
    public int threads() {
        return threads;
    }

    /** Returns the split of the corpus. */
    public SplitOptions split() {
        return split;
    }

    /** Returns the listeners, which are called in order on the training thread. */
    public List<TrainingListener> listeners() {
        return listeners;
    }

    static void requireBatchSize(int value) {
        if (value < 1 || value > LARGEST_BATCH) {
            throw new IllegalArgumentException("batchSize must be from 1 to " + LARGEST_BATCH + ", but is " + value
                    + "; for more sequences per step accumulate several batches");
        }
    }

    static void positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, but is " + value);
        }
    }
}
