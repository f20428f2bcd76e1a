package io.nanogpt.examples.cli.options;

import io.nanogpt.GPT;
import io.nanogpt.examples.cli.console.Heading;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.DivergencePolicy;
import io.nanogpt.train.Muon;
import io.nanogpt.train.Optimizer;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.ParameterSelector;
import io.nanogpt.train.SampleConfig;
import io.nanogpt.train.Schedule;
import io.nanogpt.train.Sgd;
import io.nanogpt.train.TableRounding;
import io.nanogpt.train.TrainingSettings;
import io.nanogpt.train.WeightAveraging;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a training run: its optimizer, its end, its evaluations, and what it writes. */
@Heading("Optimization")
public final class TrainingOptions {
    private static final String DURATION = "Duration and evaluation";
    private static final String CHECKPOINTS = "Checkpoints";
    private static final String LOGS = "Logs and samples";

    enum Rule {
        ADAMW,
        SGD,
        MUON
    }

    enum ScheduleKind {
        CONSTANT,
        COSINE,
        LINEAR,
        WSD,
        INVERSE_SQRT,
        ONE_CYCLE
    }

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            description =
                    "${COMPLETION-CANDIDATES}; muon updates the matrices of the layers at its own rate of 0.02, and"
                            + " adamw the rest (default: adamw)")
    private @Nullable Rule optimizer;

    @Option(
            names = "--learning-rate",
            paramLabel = "X",
            description =
                    "learning rate of adamw or sgd, the highest of the schedule (default: 0.001, or 0.01 of sgd, or"
                            + " 0.0001 of adamw with --from and without --lora-rank)")
    private @Nullable Double learningRate;

    @Option(
            names = "--betas",
            split = ",",
            arity = "1",
            paramLabel = "BETA",
            description = "decay of the two moments of adamw (default: 0.9,0.999)")
    private List<Double> betas = new ArrayList<>();

    @Option(names = "--momentum", paramLabel = "X", description = "momentum of sgd (default: 0)")
    private @Nullable Double momentum;

    @Option(
            names = "--momentum-warmup",
            paramLabel = "N",
            description = "steps in which the momentum of muon or sgd rises from 0.85 (default: 0)")
    private @Nullable Integer momentumWarmup;

    @Option(
            names = "--schedule",
            paramLabel = "KIND",
            description = "of the learning rate: ${COMPLETION-CANDIDATES} (default: the preset's, constant in most)")
    private @Nullable ScheduleKind schedule;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            description =
                    "steps in which the learning rate rises, of cosine, linear, wsd and inverse-sqrt (default: 0)")
    private @Nullable Integer warmup;

    @Option(
            names = "--floor",
            paramLabel = "X",
            description = "share of the learning rate that cosine, linear and wsd end with (default: 0)")
    private @Nullable Double floor;

    @Option(
            names = "--decay-share",
            paramLabel = "X",
            description = "share of the run in which the learning rate of wsd falls (default: 0.6)")
    private @Nullable Double decayShare;

    @Option(
            names = "--average-decay",
            paramLabel = "X",
            description = "average the weights too, each sample of them times 1 - X (default: no average)")
    private @Nullable Double averageDecay;

    @Option(
            names = "--average-every",
            paramLabel = "N",
            description = "steps between the samples of --average-decay (default: 10)")
    private @Nullable Integer averageEvery;

    @Option(
            names = "--average-keep",
            paramLabel = "WHICH",
            description = "weights to end with: ${COMPLETION-CANDIDATES} of both (default: best)")
    private WeightAveraging.@Nullable Keep averageKeep;

    @Option(
            names = "--table-rounding",
            paramLabel = "TYPE",
            description = "round tables of n-grams at the end, for a smaller file: ${COMPLETION-CANDIDATES} (default:"
                    + " none)")
    private @Nullable TableRounding tableRounding;

    @Option(names = "--accumulate", paramLabel = "N", description = "batches that make one step (default: 1)")
    private @Nullable Integer accumulate;

    @Option(
            names = "--batch-warmup",
            paramLabel = "N",
            description = "steps in which the batches of a step rise from 1 to those of --accumulate (default: 0)")
    private @Nullable Integer batchWarmup;

    @Option(
            names = "--context-warmup",
            paramLabel = "N",
            description = "steps in which sequences are cut, into 4 in the first half of them and into 2 in the second"
                    + " (default: 0)")
    private @Nullable Integer contextWarmup;

    @Option(
            names = "--rollbacks",
            paramLabel = "N",
            description = "times to go back and halve the learning rate when the loss explodes (default: 0)")
    private int rollbacks;

    @Heading(DURATION)
    @Option(names = "--steps", paramLabel = "N", description = "optimizer steps (default: the preset's)")
    private @Nullable Integer steps;

    @Heading(DURATION)
    @Option(
            names = "--epochs",
            paramLabel = "X",
            description = "passes over the training split, in place of the preset's steps")
    private @Nullable Double epochs;

    @Heading(DURATION)
    @Option(names = "--max-minutes", paramLabel = "X", description = "stop after this time")
    private @Nullable Double maxMinutes;

    @Heading(DURATION)
    @Option(
            names = "--early-stop",
            paramLabel = "N",
            description = "stop after this many evaluations without a lower validation loss")
    private @Nullable Integer earlyStop;

    @Heading(DURATION)
    @Option(
            names = "--eval-every",
            paramLabel = "N",
            description = "steps between evaluations (default: the preset's, 200 in most)")
    private @Nullable Integer evaluateEvery;

    @Heading(DURATION)
    @Option(
            names = "--eval-batches",
            paramLabel = "N",
            description =
                    "random batches of each split that an evaluation averages (default: the preset's, 50 in most)")
    private @Nullable Integer evaluationBatches;

    @Heading(DURATION)
    @Option(names = "--eval-full", description = "evaluate on the whole validation split, not on random batches of it")
    private boolean evaluateFully;

    @Heading(DURATION)
    @Option(names = "--no-baselines", description = "do not count n-grams to compare their loss with the model's")
    private boolean noBaselines;

    @Heading(DURATION)
    @Option(names = "--keep-best", description = "end with the weights of the lowest validation loss")
    private boolean keepBest;

    @Heading(CHECKPOINTS)
    @Option(names = "--checkpoint-every", paramLabel = "N", description = "steps between checkpoints")
    private @Nullable Integer checkpointEvery;

    @Heading(CHECKPOINTS)
    @Option(names = "--epoch-checkpoints", description = "write a checkpoint after each epoch too, and keep it")
    private boolean epochCheckpoints;

    @Heading(CHECKPOINTS)
    @Option(
            names = "--checkpoints",
            paramLabel = "DIR",
            description = "folder of the checkpoints (default: checkpoints in --out)")
    private @Nullable Path checkpoints;

    @Heading(CHECKPOINTS)
    @Option(
            names = "--keep-checkpoints",
            paramLabel = "N",
            description = "newest checkpoints to keep beside the best one (default: 2)")
    private @Nullable Integer keepCheckpoints;

    @Heading(CHECKPOINTS)
    @Option(names = "--resume", description = "continue from the newest checkpoint, if there is one")
    private boolean resume;

    @Heading(LOGS)
    @Option(
            names = "--log",
            split = ",",
            paramLabel = "KIND=PLACE",
            description = "log metrics to csv=FILE, jsonl=FILE, tensorboard=DIR or mlflow=URL; repeatable")
    private Map<String, String> logs = new LinkedHashMap<>();

    @Heading(LOGS)
    @Option(
            names = "--peak-flops",
            paramLabel = "X",
            description = "peak FLOP/s of the machine: --log then has the model FLOPs utilization (mfu)")
    private @Nullable Double peakFlops;

    @Heading(LOGS)
    @Option(
            names = "--sample-prompt",
            paramLabel = "TEXT",
            description = "prompt to continue at every evaluation; repeatable")
    private List<String> prompts = new ArrayList<>();

    @Heading(LOGS)
    @Option(names = "--sample-attention", description = "log the attention maps of each --sample-prompt too")
    private boolean sampleAttention;

    /** Whether adamw has the learning rate of its defaults. */
    public boolean hasDefaultRate() {
        return learningRate == null && optimizer != Rule.SGD;
    }

    /**
     * Whether the run continues an earlier one, which left checkpoints.
     *
     * @param out the folder of the model
     */
    public boolean continues(Path out) throws IOException {
        Path folder = checkpointFolder(out);
        if (!resume || !Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.getFileName().toString().startsWith("step-"));
        }
    }

    private Path checkpointFolder(Path out) {
        return checkpoints == null ? out.resolve("checkpoints") : checkpoints;
    }

    /**
     * Sets everything on a builder.
     *
     * @param out the folder of the model
     */
    public void apply(GPT.Builder builder, TrainingDefaults defaults, Path out) {
        applyChosen(builder, out);
        builder.evaluateEvery(evaluateEvery == null ? defaults.evaluateEvery() : evaluateEvery)
                .evaluationBatches(evaluationBatches == null ? defaults.evaluationBatches() : evaluationBatches);
        if (steps != null || epochs == null) {
            builder.steps(steps == null ? defaults.steps() : steps);
        }
        if (learningRate != null) {
            builder.learningRate(learningRate);
        }
    }

    /**
     * Sets what was given on a builder that chooses its recipe.
     *
     * @param out the folder of the model
     */
    public void applyChosen(GPT.Builder builder, Path out) {
        requireEffect();
        if (evaluateEvery != null) {
            builder.evaluateEvery(evaluateEvery);
        }
        if (evaluationBatches != null) {
            builder.evaluationBatches(evaluationBatches);
        }
        if (keepBest) {
            builder.keepBest(true);
        }
        builder.training(trainer -> apply(trainer, out));
    }

    /** Whether an option was given that sets what a recipe has. */
    public boolean setsRecipe() {
        return optimizer != null
                || learningRate != null
                || !betas.isEmpty()
                || momentum != null
                || momentumWarmup != null
                || schedule != null
                || accumulate != null
                || batchWarmup != null
                || contextWarmup != null
                || steps != null
                || epochs != null
                || maxMinutes != null;
    }

    private void apply(TrainingSettings<?> trainer, Path out) {
        if (optimizer != null || momentum != null || !betas.isEmpty()) {
            trainer.optimizer(optimizers());
        }
        if (schedule != null) {
            trainer.schedule(schedule(schedule));
        }
        if (momentumWarmup != null) {
            trainer.momentumWarmup(momentumWarmup);
        }
        if (accumulate != null) {
            trainer.accumulate(accumulate);
        }
        if (batchWarmup != null) {
            trainer.batchWarmup(batchWarmup);
        }
        if (contextWarmup != null) {
            trainer.contextWarmup(contextWarmup);
        }
        trainer.divergencePolicy(DivergencePolicy.rollBack(rollbacks)).baselines(!noBaselines);
        if (evaluateFully) {
            trainer.evaluateFully(true);
        }
        if (epochs != null) {
            trainer.epochs(epochs);
        }
        if (tableRounding != null) {
            trainer.tableRounding(tableRounding);
        }
        if (averageDecay != null) {
            WeightAveraging averaging = WeightAveraging.ema(averageDecay);
            averaging = averageEvery == null ? averaging : averaging.withEvery(averageEvery);
            trainer.averaging(averageKeep == null ? averaging : averaging.withKeep(averageKeep));
        }
        if (maxMinutes != null) {
            trainer.maxTime(Duration.ofMillis(Math.round(maxMinutes * 60_000)));
        }
        if (earlyStop != null) {
            trainer.earlyStop(earlyStop);
        }
        if (writesCheckpoints()) {
            trainer.checkpoints(checkpoints(out));
        }
        if (!prompts.isEmpty()) {
            trainer.samples(
                    new SampleConfig(prompts, GenerationOptions.temperature(0.8).withMaxTokens(80), sampleAttention));
        }
        if (peakFlops != null) {
            trainer.peakFlops(peakFlops);
        }
        logs.forEach((kind, place) -> trainer.listener(Logs.of(kind, place)));
    }

    private boolean writesCheckpoints() {
        return checkpointEvery != null || resume || epochCheckpoints || checkpoints != null;
    }

    /** Refuses options that would change nothing beside the others. */
    private void requireEffect() {
        require(
                warmup == null
                        || (schedule != null
                                && schedule != ScheduleKind.CONSTANT
                                && schedule != ScheduleKind.ONE_CYCLE),
                "--warmup needs --schedule cosine, linear, wsd or inverse-sqrt");
        require(
                floor == null
                        || schedule == ScheduleKind.COSINE
                        || schedule == ScheduleKind.LINEAR
                        || schedule == ScheduleKind.WSD,
                "--floor needs --schedule cosine, linear or wsd");
        require(decayShare == null || schedule == ScheduleKind.WSD, "--decay-share needs --schedule wsd");
        require(
                averageDecay != null || (averageEvery == null && averageKeep == null),
                "--average-every and --average-keep need --average-decay");
        require(evaluationBatches == null || !evaluateFully, "give --eval-batches or --eval-full, not both");
        require(
                keepCheckpoints == null || writesCheckpoints(),
                "--keep-checkpoints needs checkpoints; give --checkpoint-every");
        require(peakFlops == null || !logs.isEmpty(), "--peak-flops needs --log, which has the utilization");
        require(!sampleAttention || !prompts.isEmpty(), "--sample-attention needs a text; give --sample-prompt");
        require(
                !sampleAttention || logs.containsKey("jsonl"),
                "--sample-attention needs --log jsonl=FILE for the maps");
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    private ParameterGroups optimizers() {
        ParameterGroups groups = ParameterGroups.of(optimizer());
        return optimizer == Rule.MUON ? groups.with(ParameterSelector.hidden(), Muon.defaults()) : groups;
    }

    private Optimizer optimizer() {
        if (optimizer == Rule.SGD) {
            if (!betas.isEmpty()) {
                throw new IllegalArgumentException("--betas needs --optimizer adamw");
            }
            return Sgd.of(1e-2).withMomentum(momentum == null ? 0 : momentum);
        }
        if (momentum != null) {
            throw new IllegalArgumentException("--momentum needs --optimizer sgd");
        }
        if (!betas.isEmpty() && betas.size() != 2) {
            throw new IllegalArgumentException("--betas needs two numbers, such as 0.9,0.98, but are " + betas);
        }
        return betas.isEmpty() ? AdamW.defaults() : AdamW.defaults().withBetas(betas.get(0), betas.get(1));
    }

    private Schedule schedule(ScheduleKind kind) {
        int rising = warmup == null ? 0 : warmup;
        double end = floor == null ? 0 : floor;
        return switch (kind) {
            case CONSTANT -> Schedule.constant();
            case COSINE -> Schedule.cosine(rising, end);
            case LINEAR -> Schedule.linear(rising, end);
            case WSD -> Schedule.warmupStableDecay(rising, decayShare == null ? 0.6 : decayShare, end);
            case INVERSE_SQRT -> Schedule.inverseSquareRoot(rising);
            case ONE_CYCLE -> Schedule.oneCycle(0.3);
        };
    }

    private CheckpointConfig checkpoints(Path out) {
        CheckpointConfig settings = CheckpointConfig.in(checkpointFolder(out))
                .withKeepLast(keepCheckpoints == null ? 2 : keepCheckpoints)
                .withEpochs(epochCheckpoints)
                .withResume(resume);
        return checkpointEvery == null ? settings : settings.withEvery(checkpointEvery);
    }
}
