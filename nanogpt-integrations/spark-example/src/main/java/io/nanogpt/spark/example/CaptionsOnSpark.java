package io.nanogpt.spark.example;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.experiment.Experiment;
import io.nanogpt.experiment.Grid;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.Trial;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.spark.SparkNanogpt;
import io.nanogpt.spark.SparkTokenization.TokenFile;
import io.nanogpt.spark.SparkTraining;
import io.nanogpt.spark.Worker;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.train.LocalSteps;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Tokenizes, trains, generates and sweeps on a cluster, or trains and sweeps in this process alone, with the same results.
 * URIs are absolute:
 *
 * <pre>
 * tokenize TEXTS FOLDER            token files of all texts that match, by a tokenizer that is trained on them
 * train TEXT FOLDER WORKERS        a model, with 4 micro-batches in each step
 * local-steps TEXT FOLDER WORKERS  the same with 4 replicas that exchange what they have learned every 20 steps
 * generate MODEL FOLDER            400 captions
 * sweep TEXT FOLDER                6 models
 * alone train|local-steps|sweep TEXT FOLDER
 * </pre>
 */
public final class CaptionsOnSpark {
    private static final int SHARDS = 4;
    private static final int CHECKPOINTS = 40;
    private static final int CAPTIONS = 400;
    private static final LocalSteps LOCAL_STEPS = LocalSteps.defaults().withEvery(20);

    private CaptionsOnSpark() {}

    /** Runs a job. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length == 4 && arguments[0].equals("alone")) {
            alone(arguments[1], arguments[2], arguments[3]);
            return;
        }
        if (arguments.length < 3) {
            throw new IllegalArgumentException(
                    "give a job, and what it reads and writes: tokenize TEXTS FOLDER, train TEXT FOLDER WORKERS,"
                            + " local-steps TEXT FOLDER WORKERS, generate MODEL FOLDER, sweep TEXT FOLDER or alone"
                            + " train|local-steps|sweep TEXT FOLDER");
        }
        try (SparkSession spark = SparkSession.builder().appName("captions").getOrCreate()) {
            SparkNanogpt nano = SparkNanogpt.on(spark);
            String from = arguments[1];
            String to = arguments[2];
            switch (arguments[0]) {
                case "tokenize" -> tokenize(nano, from, to);
                case "train" -> train(nano.training(), from, to, arguments[3]);
                case "local-steps" -> train(nano.training().localSteps(LOCAL_STEPS.every()), from, to, arguments[3]);
                case "generate" -> generate(nano, from, to);
                case "sweep" -> sweep(nano, from, to);
                default -> throw new IllegalArgumentException("there is no job " + arguments[0]);
            }
        }
    }

    private static void tokenize(SparkNanogpt nano, String texts, String folder) {
        Tokenizer tokenizer = nano.tokenizer().vocabularySize(2_000).trainFiles(texts);
        List<TokenFile> files = nano.tokens(tokenizer).write(texts, folder);
        long tokens = files.stream().mapToLong(TokenFile::tokens).sum();
        System.out.printf(Locale.ROOT, "%d files, %d tokens%n", files.size(), tokens);
    }

    /** What is trained, on one machine and on many. */
    private static GPT.Builder model() {
        return GPT.builder()
                .layers(2)
                .heads(2)
                .embeddingSize(32)
                .contextLength(32)
                .batchSize(8)
                .accumulate(SHARDS)
                .gradientClip(1)
                .steps(200)
                .evaluateEvery(100)
                .evaluationBatches(5)
                .baselines(false);
    }

    private static void train(SparkTraining training, String text, String folder, String workers) {
        try (LanguageModel model = training.workers(Integer.parseInt(workers))
                .shards(SHARDS)
                .checkpoints(folder, CHECKPOINTS)
                .train(worker -> trained(worker, text))) {
            System.out.println(model.report().orElseThrow().plan());
            training.statistics().forEach(System.out::println);
        }
    }

    private static LanguageModel trained(Worker worker, String text) {
        return model().training(worker::prepare).train(Corpus.ofFiles(worker.local(text)));
    }

    private static void generate(SparkNanogpt nano, String model, String folder) {
        Dataset<Row> prompts = nano.session()
                .range(CAPTIONS)
                .repartition(8)
                .selectExpr("id", "concat('The ', array('model', 'file', 'run', 'text')[int(id % 4)]) as prompt");
        nano.generator(model, () -> GenerationOptions.temperature(0.8).withMaxTokens(150))
                .transform(prompts, "id", "prompt", "caption")
                .write()
                .mode("overwrite")
                .json(folder);
    }

    private static Grid grid() {
        return Experiment.grid()
                .vary("learning-rate", 3e-3, 1e-3, 3e-4)
                .seeds(1, 2)
                .checkpointEvery(CHECKPOINTS);
    }

    private static LanguageModel trial(Trial trial, Path text) {
        return model().accumulate(1)
                .learningRate(trial.number("learning-rate"))
                .training(trial::prepare)
                .train(Corpus.ofFiles(text));
    }

    private static void sweep(SparkNanogpt nano, String text, String folder) {
        // A folder that all machines share; otherwise a file that each has.
        List<Run> runs = nano.sweep(grid()).run(folder, trial -> trial(trial, Path.of(URI.create(text))));
        System.out.printf(Locale.ROOT, "%d runs%n", runs.size());
    }

    private static void alone(String job, String text, String folder) {
        Path file = Path.of(URI.create(text));
        Path target = Path.of(URI.create(folder));
        if (job.equals("sweep")) {
            grid().run(target, trial -> trial(trial, file));
            return;
        }
        GPT.Builder builder = job.equals("local-steps") ? model().localSteps(LOCAL_STEPS) : model();
        try (LanguageModel model = builder.train(Corpus.ofFiles(file))) {
            model.save(target.resolve("model"));
        }
    }
}
