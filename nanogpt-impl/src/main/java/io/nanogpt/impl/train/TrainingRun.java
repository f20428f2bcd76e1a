package io.nanogpt.impl.train;

import io.nanogpt.NanogptException;
import io.nanogpt.data.Examples;
import io.nanogpt.graph.Graph;
import io.nanogpt.impl.data.Batches;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.model.Architecture;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.EvaluationPoint;
import io.nanogpt.train.TrainingConfig;
import io.nanogpt.train.TrainingDivergedException;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingReport;
import java.util.ArrayList;
import java.util.List;

/**
 * One training run. Its weights are a function of the architecture, the tokens and the configuration alone: not of the
 * number of threads, the listeners or the time that anything took.
 */
public final class TrainingRun {
    private static final System.Logger LOGGER = System.getLogger(TrainingRun.class.getName());

    /** As PyTorch adds to a norm before it divides by it. */
    private static final double CLIP_EPSILON = 1e-6;

    private final TrainingConfig config;
    private final Keys keys;
    private final ParameterStore parameters;
    private final Executable training;
    private final Batches batches;
    private final int[] inputs;
    private final int[] targets;
    private final Evaluator evaluator;
    private final BestWeights best;
    private final StepTimes times;
    private final List<EvaluationPoint> evaluations = new ArrayList<>();
    private final TrainingListener[] listeners;
    private float lastGoodLoss = Float.NaN;
    private long begin;

    private TrainingRun(
            TrainingConfig config,
            Batches.Size size,
            ParameterStore parameters,
            Executable training,
            Executable evaluation,
            Examples train,
            Examples validation) {
        this.config = config;
        this.parameters = parameters;
        this.training = training;
        int tokensPerStep = Math.multiplyExact(size.batch(), size.context());
        keys = new Keys(config.seed());
        batches = Batches.of(train, size, keys.trainingBatches());
        inputs = new int[tokensPerStep];
        targets = new int[tokensPerStep];
        evaluator = new Evaluator(
                evaluation,
                Batches.random(train, size, keys.trainEvaluation()),
                Batches.random(validation, size, keys.validationEvaluation()),
                config.evaluationBatches(),
                tokensPerStep);
        best = new BestWeights(parameters, config.keepBest());
        times = new StepTimes(config.steps());
        listeners = config.listeners().toArray(new TrainingListener[0]);
    }

    /**
     * What a run leaves behind.
     *
     * @param parameters the trained weights, in a store of the backend that trained them
     * @param report what was done
     */
    public record Result(ParameterStore parameters, TrainingReport report) {}

    /**
     * Trains from initial weights. An interrupt of the thread ends the run after the current step, with the flag kept.
     *
     * @param backend computes; stays open
     * @param train examples to learn from
     * @param validation examples to be measured on
     * @throws NanogptException if a text is not longer than the context or has ids beyond the vocabulary
     * @throws TrainingDivergedException if a loss is not finite; the update of that step was not made
     */
    public static Result run(
            Backend backend, Architecture architecture, Examples train, Examples validation, TrainingConfig config) {
        long begin = System.nanoTime();
        int contextLength = architecture.contextLength();
        Batches.Size size = new Batches.Size(config.batchSize(), contextLength, architecture.vocabularySize());
        Graph logits = architecture.graph();
        ParameterStore parameters = backend.allocate(logits.parameters());
        InitialWeights.write(parameters, new Keys(config.seed()).initialWeights());
        Executable training =
                backend.compile(Gradients.training(logits), parameters, config.batchSize(), contextLength);
        Executable evaluation = backend.compile(Gradients.loss(logits), parameters, config.batchSize(), contextLength);
        TrainingRun run = new TrainingRun(config, size, parameters, training, evaluation, train, validation);
        double seconds = run.estimateSeconds();
        // Weights, gradients and the two moments of AdamW, four bytes each.
        long bytes = 16 * logits.parameterCount() + training.bytes() + evaluation.bytes();
        long tokensPerStep = (long) config.batchSize() * contextLength;
        TrainingPlan plan = new TrainingPlan(
                backend.name(),
                logits.parameterCount(),
                architecture.vocabularySize(),
                train.tokens(),
                validation.tokens(),
                config.steps(),
                tokensPerStep,
                (double) train.tokens() / tokensPerStep,
                (double) config.steps() * tokensPerStep / train.tokens(),
                seconds,
                bytes);
        return new Result(parameters, run.train(plan, begin));
    }

    /** Times steps and evaluations before the first one. Leaves weights and moments as they are. */
    private double estimateSeconds() {
        double step = Calibration.seconds(() -> {
            forwardAndBackward(1);
            // With all gradients scaled to zero and moments that are zero, an update of rate zero changes nothing.
            parameters.update(config.optimizer(), 1, 0, 0);
        });
        double evaluation = Calibration.seconds(evaluator::rehearse);
        int every = config.evaluateEvery();
        int evaluationCount = 1 + config.steps() / every + (config.steps() % every == 0 ? 0 : 1);
        return config.steps() * step + evaluationCount * 2.0 * config.evaluationBatches() * evaluation;
    }

    private TrainingReport train(TrainingPlan plan, long runBegin) {
        LOGGER.log(
                System.Logger.Level.DEBUG,
                "training {0} parameters on {1}, about {2} s",
                plan.parameters(),
                plan.backend(),
                plan.estimatedSeconds());
        for (TrainingListener listener : listeners) {
            listener.onStart(plan);
        }
        begin = System.nanoTime();
        evaluate(0);
        int steps = 0;
        while (steps < config.steps() && !Thread.currentThread().isInterrupted()) {
            steps++;
            step(steps);
            if (steps % config.evaluateEvery() == 0) {
                evaluate(steps);
            }
        }
        if (last().step() != steps) {
            evaluate(steps);
        }
        if (config.keepBest() && best.best().step() != steps) {
            best.restore();
            evaluations.add(best.best()); // The last evaluation of a report is of the final weights.
        }
        TrainingReport report = new TrainingReport(
                plan,
                steps,
                evaluations,
                best.best().step(),
                times.medianMillis(),
                steps == 0 ? 0 : steps * plan.tokensPerStep() / times.totalSeconds(),
                (System.nanoTime() - runBegin) / 1e9);
        for (TrainingListener listener : listeners) {
            listener.onEnd(report);
        }
        return report;
    }

    /** Allocates nothing. */
    private void step(int step) {
        long stepBegin = System.nanoTime();
        float loss = forwardAndBackward(step);
        requireFinite(step, loss);
        lastGoodLoss = loss;
        parameters.update(config.optimizer(), step, config.optimizer().learningRate(), gradientScale());
        long end = System.nanoTime();
        times.add(end - stepBegin);
        double seconds = (end - begin) / 1e9;
        for (TrainingListener listener : listeners) {
            listener.onStep(step, loss, seconds);
        }
    }

    private float forwardAndBackward(int step) {
        batches.fill(step, inputs, targets);
        training.input(Graph.TOKENS, inputs);
        training.input(Graph.TARGETS, targets);
        training.run(keys.dropout(step));
        return training.scalar(Graph.LOSS);
    }

    private double gradientScale() {
        double clip = config.gradientClip();
        return Double.isInfinite(clip) ? 1 : Math.min(1, clip / (parameters.gradientNorm() + CLIP_EPSILON));
    }

    private void evaluate(int step) {
        double trainLoss = evaluator.trainLoss(step);
        double validationLoss = evaluator.validationLoss(step);
        requireFinite(step, (float) trainLoss);
        requireFinite(step, (float) validationLoss);
        EvaluationPoint point = new EvaluationPoint(step, trainLoss, validationLoss, (System.nanoTime() - begin) / 1e9);
        evaluations.add(point);
        best.offer(point);
        for (TrainingListener listener : listeners) {
            listener.onEvaluation(point);
        }
    }

    private void requireFinite(int step, float loss) {
        if (!Float.isFinite(loss)) {
            throw new TrainingDivergedException(
                    step, loss, lastGoodLoss, config.optimizer().learningRate());
        }
    }

    private EvaluationPoint last() {
        return evaluations.get(evaluations.size() - 1);
    }
}
