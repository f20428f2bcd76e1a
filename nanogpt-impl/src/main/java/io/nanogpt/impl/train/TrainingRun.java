package io.nanogpt.impl.train;

import io.nanogpt.NanogptException;
import io.nanogpt.data.Examples;
import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.graph.Graph;
import io.nanogpt.impl.accounting.Accountant;
import io.nanogpt.impl.data.Batches;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.impl.graph.Packing;
import io.nanogpt.model.Architecture;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.BatchSchedule;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.TrainingConfig;
import io.nanogpt.train.TrainingDivergedException;
import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingReport;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One training run. Its weights are a function of the model, the tokens and the configuration alone: not of the
 * number of threads, the listeners, the time that anything took or how often it was interrupted and resumed.
 */
public final class TrainingRun implements AutoCloseable {
    /** Learning rates that are checked before a run begins; those of later steps are checked when they are used. */
    private static final int CHECKED_STEPS = 1_000_000;

    /** How long steps and evaluations are measured at most, for the estimated duration of a run. */
    private static final int STEP_MILLIS = 300;

    private static final int EVALUATION_MILLIS = 50;

    /** The end of the names of backends, in which workers may differ. */
    private static final Pattern THREADS = Pattern.compile(", \\d+ threads?$");

    private final Backend backend;
    private final Model model;
    private final Architecture architecture;
    private final Data data;
    private final TrainingConfig config;
    private final ParameterStore parameters;
    private final Trained trained;
    private final ContextStages training;
    private final Executable evaluation;
    private final StepRunner runner;
    private final Evaluator evaluator;
    private final Workers workers;
    private final @Nullable CountedBaselines baselines;
    private final long tokensPerBatch;
    private final long tokensPerEpoch;

    /**
     * The model of a run.
     *
     * @param weights that it begins with; empty for random ones
     */
    public record Model(Architecture architecture, Optional<GivenWeights> weights) {
        /** A model that begins with random weights. */
        public static Model of(Architecture architecture) {
            return new Model(architecture, Optional.empty());
        }
    }

    /**
     * The examples of a run.
     *
     * @param train training examples
     * @param validation validation examples
     * @param tokensPerByte validation tokens divided by the bytes of their text; empty if it is not known
     */
    public record Data(Examples train, Examples validation, OptionalDouble tokensPerByte) {
        /** Examples of which the text is not known. */
        public Data(Examples train, Examples validation) {
            this(train, validation, OptionalDouble.empty());
        }
    }

    /**
     * The services of other packages to a run; each is null if the configuration does not request it.
     *
     * @param checkpoints storage for checkpoints
     * @param samples generates samples
     */
    public record Services(
            @Nullable CheckpointStore checkpoints, @Nullable SampleWriter samples) {
        /** No services. */
        public static Services none() {
            return new Services(null, null);
        }
    }

    /**
     * The result of a run.
     *
     * @param parameters the trained weights, in a store of the backend that trained them
     * @param report of the run
     */
    public record Result(ParameterStore parameters, TrainingReport report) {}

    private TrainingRun(Backend backend, Model model, Data data, TrainingConfig config) {
        this.backend = backend;
        this.model = model;
        this.architecture = model.architecture();
        this.data = data;
        this.config = config;
        Batches.Size size =
                new Batches.Size(config.batchSize(), architecture.contextLength(), architecture.vocabularySize());
        Keys keys = new Keys(config.seed());
        // Rejects unusable data before anything is allocated.
        Batches batches = Batches.of(data.train(), size, keys.trainingBatches());
        EvaluatedSplit trainSplit = EvaluatedSplit.random(data.train(), size, keys.trainEvaluation());
        EvaluatedSplit validationSplit = config.evaluation().full()
                ? EvaluatedSplit.whole(data.validation(), size)
                : EvaluatedSplit.random(data.validation(), size, keys.validationEvaluation());
        boolean packed = Batches.packed(data.train()) || Batches.packed(data.validation());
        if (packed && !backend.supportsPacking()) {
            throw new IllegalArgumentException("the backend " + backend.name()
                    + " cannot train on packed examples; use withPacking(false), or another backend");
        }
        requireContext(config, size.context(), packed);
        Graph logits = packed ? Packing.of(architecture.graph()) : architecture.graph();
        workers = new Workers(config.collective());
        config.optimization().groups().requireFit(logits.trainedParameters());
        MemoryCheck memory = new MemoryCheck(backend, logits, config, size.context());
        parameters = memory.allocate();
        InitialWeights.write(parameters, keys.initialWeights(), model.weights());
        memory.requireFit(parameters);
        trained = memory.allocate(() -> new Trained(parameters, LocalReplicas.of(config, parameters, workers)));
        Graph step = Gradients.training(logits);
        training = new ContextStages(
                memory.allocate(() -> backend.compile(step, parameters, size.batch(), size.context())),
                pieces -> memory.allocate(
                        () -> backend.compile(step, parameters, size.batch() * pieces, size.context() / pieces)));
        try {
            evaluation = memory.allocate(
                    () -> backend.compile(Gradients.loss(logits), parameters, size.batch(), size.context()));
        } catch (RuntimeException | Error e) {
            training.close();
            throw e;
        }
        BatchInputs inputs = new BatchInputs(size.tokens(), packed);
        runner = new StepRunner(training, trained, config.optimization(), batches, inputs, keys, workers.collective());
        evaluator = new Evaluator(
                evaluation,
                new Evaluator.Splits(trainSplit, validationSplit, data.tokensPerByte()),
                config.evaluation().batches(),
                inputs,
                workers);
        baselines = config.evaluation().baselines() && workers.leads()
                ? new CountedBaselines(
                        data.train(), validationSplit, config.evaluation().batches())
                : null;
        tokensPerBatch = size.tokens();
        tokensPerEpoch = batches.epochTokens().orElse(data.train().tokens());
    }

    /**
     * Trains from initial weights, random or given, or from the newest checkpoint. An interrupt of the thread ends the run after the
     * current step, with the flag kept.
     *
     * @param backend stays open
     * @param services of other packages
     * @throws NanogptException if the thread is interrupted already, if a text is not longer than the context or has
     *     ids beyond the vocabulary
     * @throws IllegalArgumentException if the run does not fit in memory, naming the batch size that would
     * @throws TrainingDivergedException if the loss diverges; the update of that step was not made
     */
    public static Result run(Backend backend, Model model, Data data, TrainingConfig config, Services services) {
        if (Thread.currentThread().isInterrupted()) {
            throw new NanogptException("the thread \"" + Thread.currentThread().getName()
                    + "\" is interrupted, so that the training would end before its first step; clear the interrupt"
                    + " with Thread.interrupted() first");
        }
        try (TrainingRun run = new TrainingRun(backend, model, data, config)) {
            return new Result(run.parameters, run.train(services));
        }
    }

    /**
     * The seconds of a step on this machine once its kernels are compiled.
     *
     * @param millis the time to take steps for
     */
    public static double stepSeconds(
            Backend backend, Architecture architecture, Data data, TrainingConfig config, int millis) {
        try (TrainingRun run = new TrainingRun(backend, Model.of(architecture), data, config)) {
            return Calibration.seconds(run.runner::rehearse, millis, Double.POSITIVE_INFINITY);
        }
    }

    /** Refuses a warm-up of a context that cannot be cut. */
    private static void requireContext(TrainingConfig config, int context, boolean packed) {
        if (config.optimization().batches().contextWarmup() == 0) {
            return;
        }
        int most = config.optimization().batches().pieces(0);
        if (context % most != 0) {
            throw new IllegalArgumentException("contextWarmup cuts sequences into " + most
                    + ", but the context length is " + context + "; take one that " + most
                    + " divides, or leave out contextWarmup");
        }
        if (packed) {
            throw new IllegalArgumentException("contextWarmup cannot cut packed examples; use withPacking(false), or"
                    + " leave out contextWarmup");
        }
    }

    /** Frees the compiled graphs; the parameters stay. */
    @Override
    public void close() {
        training.close();
        evaluation.close();
    }

    /** Refuses workers of which the results would differ, or one would wait for the others all the time. */
    private void requireSameRun() {
        if (workers.collective() == null) {
            return;
        }
        workers.requireSame("kernels", THREADS.matcher(backend.name()).replaceFirst(""));
        workers.requireSame(
                "settings",
                RunSettings.of(architecture, config, model.weights().map(GivenWeights::identity))
                        + ", checkpoints every "
                        + config.checkpoints().map(CheckpointConfig::every).orElse(0));
        workers.requireSame("training examples", runner.cursor(0).data());
        workers.requireSame("validation examples", evaluator.fingerprint());
    }

    private TrainingReport train(Services services) {
        requireSameRun();
        BatchSchedule batches = config.optimization().batches();
        long tokensPerStep = tokensPerBatch * batches.most();
        int steps = config.stopping().plannedSteps(tokensPerEpoch, tokensPerBatch, batches);
        for (int step = 0; step < Math.min(steps, CHECKED_STEPS); step++) {
            config.optimization().rateFactor(step, steps);
        }
        double stepSeconds = Calibration.seconds(runner::rehearse, STEP_MILLIS, steps);
        double evaluationSeconds = Calibration.seconds(evaluator::rehearse, EVALUATION_MILLIS, evaluations(steps));
        try (CheckpointManager checkpoints =
                new CheckpointManager(config, trained, workers, services.checkpoints(), this::epochs)) {
            Kept kept = new Kept(
                    new BestWeights(parameters, config.evaluation().keepBest()),
                    config.averaging()
                            .map(settings -> new AveragedWeights(parameters, settings))
                            .orElse(null));
            Progress start = checkpoints.resume(kept);
            if (start.step() > 0 && workers.leads()) {
                runner.requireSame(start.cursor());
                evaluator.requireSame(start.validation());
            }
            ListenerStates.restore(start.listeners(), config.listeners());
            int taken = start.step();
            int left = Math.max(0, steps - taken);
            long batchesLeft = Math.max(0, batches.before(steps) - batches.before(taken));
            TrainingPlan.Builder builder = TrainingPlan.builder()
                    .compute(backend.compute())
                    .choice(config.choice())
                    .parameters(architecture.graph().parameterCount())
                    .vocabularySize(architecture.vocabularySize())
                    .trainTokens(data.train().tokens())
                    .validationTokens(data.validation().tokens())
                    .firstStep(taken + 1)
                    .steps(steps)
                    .tokensPerStep(tokensPerStep)
                    .flopsPerToken(flopsPerToken())
                    .stepsPerEpoch((double) tokensPerEpoch / tokensPerStep)
                    .epochs(epochs(steps))
                    .estimatedSeconds(Math.min(
                            (double) batchesLeft / batches.most() * stepSeconds + evaluations(left) * evaluationSeconds,
                            Math.max(0, config.stopping().seconds() - start.seconds())))
                    .estimatedBytes(MemoryCheck.modelBytes(config, architecture.graph())
                            + training.whole().bytes()
                            + evaluation.bytes())
                    .settings(
                            RunSettings.of(architecture, config, model.weights().map(GivenWeights::identity)));
            config.peakFlops().ifPresent(builder::peakFlops);
            TrainingPlan plan = builder.build();
            TrainingLoop.Parts parts = new TrainingLoop.Parts(
                    parameters,
                    runner,
                    evaluator,
                    checkpoints,
                    workers,
                    kept,
                    workers.leads() ? services.samples() : null,
                    baselines);
            return new TrainingLoop(config, plan, parts).run(start);
        }
    }

    /** The epochs of the first steps. */
    private double epochs(int taken) {
        return (double) config.optimization().batches().before(taken) * tokensPerBatch / tokensPerEpoch;
    }

    private long flopsPerToken() {
        int context = architecture.contextLength();
        return Accountant.account(architecture.graph(), context).trainingFlops() / context;
    }

    /** The number of batches of all evaluations. */
    private double evaluations(int steps) {
        int every = config.evaluation().every();
        long count = 1L + steps / every + (steps % every == 0 ? 0 : 1);
        return (double) count * evaluator.batchesPerEvaluation();
    }

    /** Storage for the checkpoints of one run, which keeps other runs out from the reading on until it is closed. */
    public interface CheckpointStore extends AutoCloseable {
        /**
         * The steps of the checkpoints that have what a snapshot needs, in order.
         *
         * @throws io.nanogpt.NanogptException if another run keeps its checkpoints there, or they are of other replicas
         */
        List<Integer> steps(Snapshot snapshot);

        /**
         * Reads a checkpoint.
         *
         * @throws io.nanogpt.NanogptException if it is of another model, tokenizer, data or settings, naming which
         */
        void read(int step, Snapshot snapshot);

        /** What differs from the run that wrote the checkpoint and is no reason to refuse it; empty if nothing. */
        Optional<String> difference();

        /**
         * Writes a checkpoint atomically, and deletes those that need not be kept.
         *
         * @param epochEnd whether to keep it as the end of an epoch
         */
        void write(Snapshot snapshot, boolean epochEnd);

        /** Lets other runs in. */
        @Override
        void close();
    }

    /** Generates samples during training. */
    public interface SampleWriter {
        /** Continues a prompt with the current weights. */
        String write(ParameterStore parameters, String prompt);

        /** Computes the attention maps of a prompt with the current weights. */
        AttentionMaps attention(ParameterStore parameters, String prompt);
    }
}
