package io.nanogpt.impl.train;

import io.nanogpt.NanogptInterruptedException;
import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.impl.train.TrainingRun.SampleWriter;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.Baselines;
import io.nanogpt.train.SampleConfig;
import io.nanogpt.train.TrainingConfig;
import io.nanogpt.train.TrainingDivergedException;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingReport.StopReason;
import io.nanogpt.train.TrainingStep;
import io.nanogpt.train.WeightHistogram;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Runs steps and evaluations until a stopping criterion is met. */
final class TrainingLoop implements TrainingStep {
    private static final System.Logger LOGGER = System.getLogger(TrainingLoop.class.getName());

    private static final List<StopReason> STOP_REASONS = List.of(StopReason.values());

    private final TrainingConfig config;
    private final TrainingPlan plan;
    private final ParameterStore parameters;
    private final StepRunner runner;
    private final Evaluator evaluator;
    private final CheckpointManager checkpoints;
    private final Workers workers;
    private final DivergenceDetector detector;
    private final Kept kept;
    private final BestWeights best;
    private final @Nullable AveragedWeights averaged;
    private final @Nullable SampleWriter samples;
    private final @Nullable CountedBaselines baselines;
    private final StepTimes times = new StepTimes();
    private final Evaluations evaluations = new Evaluations();
    private final TrainingListener[] listeners;
    private int step;
    private int rollbacks;
    private float loss;
    private double learningRate;
    private double stepSeconds;
    private double secondsBefore;
    private long begin;
    private boolean checkpointAsked;
    /** The number of a reason to stop, and whether a checkpoint is asked for: 0 if not. */
    private final int[] decisions = new int[2];

    /** The parts of a run. */
    record Parts(
            ParameterStore parameters,
            StepRunner runner,
            Evaluator evaluator,
            CheckpointManager checkpoints,
            Workers workers,
            Kept kept,
            @Nullable SampleWriter samples,
            @Nullable CountedBaselines baselines) {}

    TrainingLoop(TrainingConfig config, TrainingPlan plan, Parts parts) {
        this.config = config;
        this.plan = plan;
        parameters = parts.parameters();
        runner = parts.runner();
        evaluator = parts.evaluator();
        checkpoints = parts.checkpoints();
        workers = parts.workers();
        detector = new DivergenceDetector(config.divergencePolicy(), plan.vocabularySize());
        kept = parts.kept();
        best = kept.best();
        averaged = kept.averaged();
        samples = parts.samples();
        baselines = parts.baselines();
        listeners = workers.leads() ? config.listeners().toArray(new TrainingListener[0]) : new TrainingListener[0];
    }

    /** Runs from a state whose weights are already in the store. */
    TrainingReport run(Progress from) {
        try {
            return train(from);
        } catch (RuntimeException | Error e) {
            for (TrainingListener listener : listeners) {
                reportError(listener, e);
            }
            throw e;
        }
    }

    private static void reportError(TrainingListener listener, Throwable error) {
        try {
            listener.onError(error);
        } catch (RuntimeException e) {
            error.addSuppressed(e);
        }
    }

    private TrainingReport train(Progress from) {
        takeOver(from);
        secondsBefore = from.seconds();
        begin = System.nanoTime();
        for (TrainingListener listener : listeners) {
            listener.onStart(plan);
        }
        UnfinishedWarmups.of(config.optimization(), plan.steps()).forEach(this::notice);
        checkpoints.takeNotice().ifPresent(this::notice);
        StopReason reason = steps();
        if (step == 0 && reason == StopReason.TIME) {
            notice(
                    "the run ended before its first step, so the weights are those that it began with; give it more time");
        }
        Progress end = progress();
        if (!evaluations.isOf(step)) {
            evaluate().ifPresent(badLoss -> {
                throw diverged(step, badLoss);
            });
        }
        if (checkpoints.saveEnd(kept, end)) {
            tellCheckpoint();
        }
        checkpoints.takeNotice().ifPresent(this::notice);
        runner.showModel();
        if (keepsAverage()) {
            evaluateAverage();
        } else if (evaluations.best().step() == step) {
            best.keep();
        } else if (config.evaluation().keepBest()) {
            best.restore();
            if (evaluations.best().step() == 0) {
                notice(
                        "no step lowered the validation loss, so the weights are those that the run began with; the text may"
                                + " be too short, or the learning rate too high");
            }
            // The last evaluation of a report is of the final weights.
            evaluations.add(evaluations.best());
        }
        roundTables();
        double seconds = seconds();
        Optional<Baselines> counted = Optional.ofNullable(baselines)
                .map(losses -> losses.at(finalEvaluation().step()));
        TrainingReport report = new TrainingReport(
                plan,
                step,
                reason,
                evaluations.all(),
                evaluations.best().step(),
                times.medianMillis(),
                tokensPerSecond(from.step()),
                seconds,
                counted);
        for (TrainingListener listener : listeners) {
            listener.onEnd(report);
        }
        return report;
    }

    /** The tokens of the steps since one, by the mean duration of a step. */
    private double tokensPerSecond(int since) {
        return step == since
                ? 0
                : times.perSecond() * (plan.tokensAfter(step) - plan.tokensAfter(since)) / (step - since);
    }

    /** Whether the run ends with averaged weights, by its last evaluation. */
    private boolean keepsAverage() {
        OptionalDouble averagedLoss = finalEvaluation().averagedLoss();
        double rawLoss = config.evaluation().keepBest()
                ? evaluations.best().validationLoss()
                : finalEvaluation().validationLoss();
        return averaged != null && averagedLoss.isPresent() && averaged.isKept(rawLoss, averagedLoss.getAsDouble());
    }

    /** Replaces the weights by their average, and adds its evaluation, which is the last of the report. */
    private void evaluateAverage() {
        Objects.requireNonNull(averaged).exchange();
        OptionalDouble loss = finalEvaluation().averagedLoss();
        evaluations.add(point(step, evaluator.trainLoss(step), loss.getAsDouble(), loss));
    }

    /** Rounds the tables of n-grams, and adds an evaluation of the rounded weights. */
    private void roundTables() {
        if (RoundedTables.round(parameters, config.tableRounding())) {
            EvaluationPoint exact = finalEvaluation();
            evaluations.add(point(
                    exact.step(),
                    evaluator.trainLoss(exact.step()),
                    evaluator.validationLoss(exact.step()),
                    exact.averagedLoss()));
        }
    }

    private EvaluationPoint point(int at, double trainLoss, double validationLoss, OptionalDouble averagedLoss) {
        return new EvaluationPoint(
                at, trainLoss, validationLoss, seconds(), averagedLoss, evaluator.bitsPerByte(validationLoss));
    }

    private EvaluationPoint finalEvaluation() {
        List<EvaluationPoint> all = evaluations.all();
        return all.get(all.size() - 1);
    }

    private StopReason steps() {
        while (true) {
            if (step % config.evaluation().every() == 0 && !evaluations.isOf(step)) {
                OptionalDouble badLoss = evaluate();
                if (badLoss.isPresent()) {
                    rollBack(step, badLoss.getAsDouble());
                    continue;
                }
            }
            Optional<StopReason> reason = stopReason();
            if (reason.isPresent()) {
                return reason.get();
            }
            step();
        }
    }

    /**
     * Why to stop, if so: on time and listeners worker 0 decides, and an interrupt of any worker ends all. Tells all workers
     * whether a checkpoint is asked for, too.
     */
    private Optional<StopReason> stopReason() {
        decisions[0] = 1 + ownStopReason().map(STOP_REASONS::indexOf).orElse(-1);
        decisions[1] = isCheckpointAsked() ? 1 : 0;
        workers.agree(decisions);
        checkpointAsked = decisions[1] > 0;
        return decisions[0] == 0 ? Optional.empty() : Optional.of(STOP_REASONS.get(decisions[0] - 1));
    }

    private Optional<StopReason> ownStopReason() {
        if (step >= plan.steps()) {
            return Optional.of(StopReason.DONE);
        }
        if (Thread.currentThread().isInterrupted()) {
            return Optional.of(StopReason.INTERRUPTED);
        }
        for (TrainingListener listener : listeners) {
            if (listener.shouldStop()) {
                return Optional.of(StopReason.LISTENER);
            }
        }
        if (evaluations.sinceBest() >= config.stopping().patience()) {
            return Optional.of(StopReason.NO_PROGRESS);
        }
        if (workers.leads() && seconds() >= config.stopping().seconds()) {
            return Optional.of(StopReason.TIME);
        }
        return Optional.empty();
    }

    private void step() {
        long stepBegin = System.nanoTime();
        int next = step + 1;
        float nextLoss = runner.forwardAndBackward(next);
        if (!detector.isGood(nextLoss)) {
            rollBack(next, nextLoss);
            return;
        }
        keepGoodWeights();
        loss = nextLoss;
        learningRate = learningRate(step);
        runner.update(next, rateFactor(step), next == plan.steps());
        step = next;
        if (averaged != null && averaged.isDue(step)) {
            runner.showModel();
            averaged.sample(step);
        }
        long end = System.nanoTime();
        times.add(end - stepBegin);
        stepSeconds = (end - stepBegin) / 1e9;
        for (TrainingListener listener : listeners) {
            listener.onStep(this);
        }
    }

    /** Called before an update, when the loss has shown that the current weights are good. */
    private void keepGoodWeights() {
        boolean isBest = evaluations.isOf(step) && evaluations.best().step() == step;
        if (isBest) {
            runner.showModel();
            best.keep();
        }
        if (checkpointAsked && !checkpoints.exist()) {
            notice("a checkpoint was asked for, but the run has no folder for checkpoints");
        }
        if (checkpoints.isDue(step, isBest || (checkpointAsked && checkpoints.exist()))) {
            checkpoints.save(kept, progress());
            checkpoints.takeNotice().ifPresent(this::notice);
            tellCheckpoint();
        }
    }

    private boolean isCheckpointAsked() {
        boolean isAsked = false;
        for (TrainingListener listener : listeners) {
            isAsked |= step > 0 && listener.wantsCheckpoint();
        }
        return isAsked;
    }

    private void tellCheckpoint() {
        if (checkpoints.writes() && step > 0) {
            for (TrainingListener listener : listeners) {
                listener.onCheckpoint(step);
            }
        }
    }

    private double learningRate(int taken) {
        return config.optimization().groups().rest().learningRate() * rateFactor(taken);
    }

    private double rateFactor(int taken) {
        double factor = config.optimization().rateFactor(taken, plan.steps());
        return factor * StrictMath.pow(config.divergencePolicy().rollbackFactor(), rollbacks);
    }

    /** Evaluates the current weights; returns the loss that indicates divergence, if any. */
    private OptionalDouble evaluate() {
        runner.showModel();
        double trainLoss = evaluator.trainLoss(step);
        double validationLoss = evaluator.validationLoss(step);
        if (!detector.isGood(trainLoss)) {
            return OptionalDouble.of(trainLoss);
        }
        if (!detector.isGood(validationLoss)) {
            return OptionalDouble.of(validationLoss);
        }
        EvaluationPoint point = point(step, trainLoss, validationLoss, averagedLoss());
        evaluations.add(point);
        boolean complete = !Thread.currentThread().isInterrupted();
        for (TrainingListener listener : listeners) {
            listener.onEvaluation(point);
        }
        showWeights();
        if (!writeSamples() || !complete) {
            evaluations.cutShort();
        }
        return OptionalDouble.empty();
    }

    private void showWeights() {
        List<WeightHistogram> histograms = List.of();
        for (TrainingListener listener : listeners) {
            if (listener.wantsWeights()) {
                histograms = histograms.isEmpty() ? WeightHistograms.of(parameters) : histograms;
                listener.onWeights(step, histograms);
            }
        }
    }

    /** The validation loss of the averaged weights; the weights in the store are the same afterwards. */
    private OptionalDouble averagedLoss() {
        if (averaged == null || !averaged.exists(step)) {
            return OptionalDouble.empty();
        }
        averaged.exchange();
        try {
            return OptionalDouble.of(evaluator.validationLoss(step));
        } finally {
            averaged.exchange();
        }
    }

    /** Writes the samples of an evaluation; returns false if an interrupt cut them short. */
    private boolean writeSamples() {
        if (samples == null || config.samples().isEmpty()) {
            return true;
        }
        SampleConfig settings = config.samples().get();
        try {
            for (String prompt : settings.prompts()) {
                writeSample(samples, settings, prompt);
            }
        } catch (NanogptInterruptedException e) {
            return false; // The interrupt flag stays set and ends the run.
        }
        return true;
    }

    private void writeSample(SampleWriter texts, SampleConfig settings, String prompt) {
        String text = texts.write(parameters, prompt);
        for (TrainingListener listener : listeners) {
            listener.onSample(step, prompt, text);
        }
        if (settings.attention()) {
            AttentionMaps maps = texts.attention(parameters, prompt);
            for (TrainingListener listener : listeners) {
                listener.onAttention(step, maps);
            }
        }
    }

    private void rollBack(int at, double badLoss) {
        if (rollbacks >= config.divergencePolicy().rollbacks()) {
            throw diverged(at, badLoss);
        }
        takeOver(checkpoints.restoreLast(kept).orElseThrow(() -> diverged(at, badLoss)));
        rollbacks++;
        notice("the loss of step " + at + " was " + Divergence.rounded(badLoss) + ", so the run rolled back to step "
                + step + " with a learning rate of " + Divergence.rounded(learningRate(step)));
    }

    private void notice(String message) {
        if (Arrays.stream(listeners).noneMatch(TrainingListener::showsNotices)) {
            LOGGER.log(System.Logger.Level.WARNING, message);
        }
        for (TrainingListener listener : listeners) {
            listener.onNotice(message);
        }
    }

    private TrainingDivergedException diverged(int at, double badLoss) {
        return Divergence.exception(config, at, badLoss, detector.lastGood(), learningRate(Math.max(0, at - 1)));
    }

    private void takeOver(Progress progress) {
        step = progress.step();
        evaluations.replace(progress.evaluations());
        rollbacks = Math.max(rollbacks, progress.rollbacks());
    }

    private Progress progress() {
        return new Progress(
                step,
                evaluations.complete(),
                rollbacks,
                seconds(),
                runner.cursor(step),
                evaluator.fingerprint(),
                ListenerStates.of(config.listeners()));
    }

    @Override
    public int number() {
        return step;
    }

    @Override
    public float loss() {
        return loss;
    }

    @Override
    public double learningRate() {
        return learningRate;
    }

    @Override
    public double gradientNorm() {
        return runner.gradientNorm();
    }

    @Override
    public long tokens() {
        return plan.tokensAfter(step);
    }

    @Override
    public double stepSeconds() {
        return stepSeconds;
    }

    @Override
    public double seconds() {
        return secondsBefore + (System.nanoTime() - begin) / 1e9;
    }
}
