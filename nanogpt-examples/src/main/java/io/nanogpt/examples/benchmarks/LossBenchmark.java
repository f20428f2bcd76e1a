package io.nanogpt.examples.benchmarks;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.SplitOptions;
import io.nanogpt.examples.cli.console.Relauncher;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.train.Recipe;
import io.nanogpt.train.TrainingReport;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Trains with one recipe, and prints the validation loss over the whole split with the seconds since the JVM started, the
 * steps, the tokens and the FLOPs that it took: {@code --recipe NAME --data FILE [--steps N] [--batch-size N] [--layers N]
 * [--seed N] [--threads N]}.
 */
public final class LossBenchmark {
    private static final Map<String, Recipe> RECIPES = Map.of(
            "notebook", Recipe.NOTEBOOK,
            "modern", Recipe.MODERN,
            "modern-tables", Recipe.MODERN_TABLES,
            "tables", Recipe.TABLES);
    private static final String SEPARATOR = "\n<ENDC>\n";

    @Option(names = "--recipe", required = true)
    private String recipe = "";

    @Option(names = "--data", required = true)
    private Path data = Path.of("");

    @Option(names = "--steps")
    private @Nullable Integer steps;

    @Option(names = "--batch-size")
    private @Nullable Integer batchSize;

    @Option(names = "--layers")
    private @Nullable Integer layers;

    @Option(names = "--embedding-size")
    private @Nullable Integer embeddingSize;

    @Option(names = "--context-length")
    private @Nullable Integer contextLength;

    @Option(names = "--seed")
    private long seed = 1;

    @Option(names = "--threads")
    private int threads = 2;

    private LossBenchmark() {}

    /** Prints one line. */
    public static void main(String[] arguments) {
        if (Relauncher.isNeeded()) {
            System.exit(Relauncher.relaunch(LossBenchmark.class, arguments));
        }
        LossBenchmark benchmark = new LossBenchmark();
        new CommandLine(benchmark).parseArgs(arguments);
        benchmark.run();
    }

    private void run() {
        Recipe used = changed(RECIPES.get(recipe));
        Corpus corpus = corpus();
        LanguageModel model = GPT.builder()
                .recipe(used)
                .seed(seed)
                .threads(threads)
                .evaluateEvery(used.steps())
                .evaluationBatches(1)
                .baselines(false)
                .train(corpus);
        double loss = model.evaluate(corpus.split(SplitOptions.defaults()).validation())
                .loss();
        double seconds = (System.currentTimeMillis()
                        - ManagementFactory.getRuntimeMXBean().getStartTime())
                / 1e3;
        TrainingReport report = model.report().orElseThrow();
        long tokens = report.plan().tokensAfter(report.steps());
        System.out.printf(
                Locale.ROOT,
                "%s seed %d: loss %.4f, %.2f s since the start, %.2f s of steps, %d parameters, %d steps, %d tokens,"
                        + " %.3f TFLOP%n",
                recipe,
                seed,
                loss,
                seconds,
                report.steps() * report.stepMillisMedian() / 1e3,
                report.plan().parameters(),
                report.steps(),
                tokens,
                tokens * report.plan().flopsPerToken() / 1e12);
        model.close();
    }

    private Corpus corpus() {
        return data.toString().endsWith(".json") ? Corpus.ofJson(data).withSeparator(SEPARATOR) : Corpus.ofFiles(data);
    }

    private Recipe changed(@Nullable Recipe from) {
        if (from == null) {
            throw new IllegalArgumentException("--recipe must be one of " + RECIPES.keySet() + ", but is " + recipe);
        }
        TransformerConfig.Builder model = ((TransformerConfig) from.model()).toBuilder();
        if (layers != null) {
            model.layers(layers);
        }
        if (embeddingSize != null) {
            model.embeddingSize(embeddingSize).hiddenRatio(4);
        }
        if (contextLength != null) {
            model.contextLength(contextLength);
        }
        return from.withModel(model.build())
                .withSteps(steps == null ? from.steps() : steps)
                .withBatchSize(batchSize == null ? from.batchSize() : batchSize);
    }
}
