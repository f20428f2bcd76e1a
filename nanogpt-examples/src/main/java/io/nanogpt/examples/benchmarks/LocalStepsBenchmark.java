package io.nanogpt.examples.benchmarks;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.examples.cli.console.Relauncher;
import io.nanogpt.train.LocalSteps;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Trains the captions model with replicas that take local steps, and prints the validation loss over the whole split now and
 * then: {@code --data FILE [--replicas N] [--batch-size N] [--every N] [--steps N] [--seed N] [--threads N]}. With {@code
 * --every 0} the micro-batches of the replicas are one batch, as exact training has them. All runs with the same replicas and steps see
 * the same tokens.
 */
public final class LocalStepsBenchmark {
    private static final int EVALUATIONS = 4;

    @Option(names = "--data", required = true)
    private Path data = Path.of("");

    @Option(names = "--replicas")
    private int replicas = 4;

    @Option(names = "--every")
    private int every;

    @Option(names = "--batch-size")
    private int batchSize = 3;

    @Option(names = "--steps")
    private int steps = 2_000;

    @Option(names = "--seed")
    private long seed = 1;

    @Option(names = "--threads")
    private int threads = 1;

    private LocalStepsBenchmark() {}

    /** Prints one line. */
    public static void main(String[] arguments) {
        if (Relauncher.isNeeded()) {
            System.exit(Relauncher.relaunch(LocalStepsBenchmark.class, arguments));
        }
        LocalStepsBenchmark benchmark = new LocalStepsBenchmark();
        new CommandLine(benchmark).parseArgs(arguments);
        benchmark.run();
    }

    private void run() {
        GPT.Builder builder = GPT.builder()
                .layers(4)
                .heads(4)
                .embeddingSize(128)
                .contextLength(64)
                .batchSize(batchSize)
                .accumulate(replicas)
                .steps(steps)
                .seed(seed)
                .threads(threads)
                .evaluateEvery(Math.max(1, steps / EVALUATIONS))
                .evaluateFully(true)
                .evaluationBatches(1)
                .baselines(false);
        if (every > 0) {
            builder.localSteps(LocalSteps.defaults().withEvery(every));
        }
        try (LanguageModel model = builder.train(Corpus.ofJson(data))) {
            TrainingReport report = model.report().orElseThrow();
            StringBuilder losses = new StringBuilder();
            for (EvaluationPoint point : report.evaluations()) {
                losses.append(String.format(Locale.ROOT, " %d: %.4f", point.step(), point.validationLoss()));
            }
            System.out.printf(
                    Locale.ROOT,
                    "%d replicas, %s, seed %d, %d parameters, %d tokens; validation loss by step%s%n",
                    replicas,
                    every > 0 ? "exchange every " + every + " steps" : "exchange in each step",
                    seed,
                    report.plan().parameters(),
                    report.plan().tokensAfter(report.steps()),
                    losses);
        }
    }
}
