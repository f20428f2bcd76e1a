package io.nanogpt.examples;

import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.DivergencePolicy;
import io.nanogpt.train.Optimizer;
import io.nanogpt.train.SampleConfig;
import io.nanogpt.train.Schedule;
import io.nanogpt.train.Sgd;
import io.nanogpt.train.TrainingSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how a run goes and ends, and where it is written down. */
final class TrainingOptions {
    enum Rule {
        ADAMW,
        SGD
    }

    @Option(names = "--optimizer", description = "${COMPLETION-CANDIDATES}; adamw by default")
    private @Nullable Rule optimizer;

    @Option(
            names = "--betas",
            split = ",",
            arity = "1",
            paramLabel = "BETA",
            description = "of adamw, the decays of its two means; 0.9,0.999 by default")
    private List<Double> betas = new ArrayList<>();

    @Option(names = "--momentum", description = "of sgd; 0 by default")
    private @Nullable Double momentum;

    @Option(
            names = "--schedule",
            description = "of the learning rate: constant (the default), cosine, linear, inverse-sqrt or one-cycle")
    private String schedule = "constant";

    @Option(names = "--warmup", description = "steps in which the learning rate rises; 0 by default")
    private int warmup;

    @Option(names = "--floor", description = "share of the learning rate that cosine and linear end with; 0 by default")
    private double floor;

    @Option(names = "--accumulate", description = "batches that make one step together; 1 by default")
    private int accumulate = 1;

    @Option(names = "--epochs", description = "end after so many passes over the training split; replaces --steps")
    private @Nullable Double epochs;

    @Option(names = "--max-minutes", description = "end after this time")
    private @Nullable Double maxMinutes;

    @Option(names = "--eval-full", description = "evaluate the whole validation split instead of random batches of it")
    private boolean evaluateFully;

    @Option(names = "--early-stop", description = "end after so many evaluations without a lower validation loss")
    private @Nullable Integer earlyStop;

    @Option(
            names = "--rollbacks",
            description = "go back so often, with half the learning rate, when the loss explodes")
    private int rollbacks;

    @Option(names = "--checkpoint-every", description = "write what a run needs to go on every so many steps")
    private @Nullable Integer checkpointEvery;

    @Option(names = "--checkpoints", paramLabel = "DIR", description = "where to write it; OUT/checkpoints by default")
    private @Nullable Path checkpoints;

    @Option(names = "--keep-checkpoints", description = "how many of the newest stay beside the best; 2 by default")
    private int keepCheckpoints = 2;

    @Option(names = "--epoch-checkpoints", description = "write one at the end of each epoch, too, which stays")
    private boolean epochCheckpoints;

    @Option(names = "--resume", description = "go on from the newest checkpoint, where there is one")
    private boolean resume;

    @Option(
            names = "--log",
            split = ",",
            paramLabel = "KIND=PLACE",
            description = "write the numbers of the run: csv=FILE, jsonl=FILE, tensorboard=DIR, mlflow=URL")
    private Map<String, String> logs = new LinkedHashMap<>();

    @Option(names = "--sample-prompt", description = "continue this at every evaluation; may be given several times")
    private List<String> prompts = new ArrayList<>();

    @Option(names = "--sample-attention", description = "log what the tokens of each --sample-prompt look at, too")
    private boolean sampleAttention;

    @Option(
            names = "--peak-flops",
            description = "operations a second that the machine could do; logs the model FLOPs utilization (mfu)")
    private @Nullable Double peakFlops;

    /** Whether something else than steps ends the run. */
    boolean replacesSteps() {
        return epochs != null;
    }

    /**
     * Tells a trainer everything.
     *
     * @param out the folder of the model
     */
    void apply(TrainingSettings<?> trainer, Path out) {
        if (optimizer != null || momentum != null || !betas.isEmpty()) {
            trainer.optimizer(optimizer());
        }
        trainer.schedule(schedule()).accumulate(accumulate).guards(DivergencePolicy.rollBack(rollbacks));
        trainer.evaluateFully(evaluateFully);
        if (epochs != null) {
            trainer.epochs(epochs);
        }
        if (maxMinutes != null) {
            trainer.maxTime(Duration.ofMillis(Math.round(maxMinutes * 60_000)));
        }
        if (earlyStop != null) {
            trainer.earlyStop(earlyStop);
        }
        if (checkpointEvery != null || resume || epochCheckpoints || checkpoints != null) {
            trainer.checkpoints(checkpoints(out));
        }
        if (!prompts.isEmpty()) {
            trainer.samples(
                    new SampleConfig(prompts, GenerationOptions.temperature(0.8).withMaxTokens(80), sampleAttention));
        } else if (sampleAttention) {
            throw new IllegalArgumentException("--sample-attention needs a text to look at; give --sample-prompt");
        }
        if (peakFlops != null) {
            trainer.peakFlops(peakFlops);
        }
        logs.forEach((kind, place) -> trainer.listener(Logs.of(kind, place)));
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

    private Schedule schedule() {
        return switch (schedule) {
            case "constant" -> Schedule.constant();
            case "cosine" -> Schedule.cosine(warmup, floor);
            case "linear" -> Schedule.linear(warmup, floor);
            case "inverse-sqrt" -> Schedule.inverseSquareRoot(warmup);
            case "one-cycle" -> Schedule.oneCycle(0.3);
            default ->
                throw new IllegalArgumentException("--schedule must be constant, cosine, linear, inverse-sqrt or"
                        + " one-cycle, but is " + schedule);
        };
    }

    private CheckpointConfig checkpoints(Path out) {
        CheckpointConfig settings = CheckpointConfig.in(checkpoints == null ? out.resolve("checkpoints") : checkpoints)
                .withKeepLast(keepCheckpoints)
                .withEpochs(epochCheckpoints)
                .withResume(resume);
        return checkpointEvery == null ? settings : settings.withEvery(checkpointEvery);
    }
}
