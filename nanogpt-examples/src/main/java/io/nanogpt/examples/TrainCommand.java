package io.nanogpt.examples;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.experiment.RunLog;
import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a model and saves it. */
@Command(name = "train", description = "Trains a model on text and saves it; Ctrl-C saves what there is.")
final class TrainCommand extends TrainingVerb {
    private static final Pattern KERNELS = Pattern.compile("^\\w+\\W+(\\w+)");

    /** The options that change nothing about the model. */
    private static final Set<String> NOT_SETTINGS = Set.of(
            "out",
            "runs",
            "label",
            "json",
            "threads",
            "seed",
            "log",
            "resume",
            "checkpoints",
            "checkpoint-every",
            "keep-checkpoints",
            "epoch-checkpoints");

    @Mixin
    private TrainingOptions settings = new TrainingOptions();

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "the folder to save the model in")
    @SuppressWarnings("NullAway.Init") // required
    private Path out;

    @Option(names = "--runs", paramLabel = "DIR", description = "a log of runs to add this one to, for the verb runs")
    private @Nullable Path runs;

    @Option(names = "--label", description = "of the run in the log; the name of --out by default")
    private @Nullable String label;

    @Override
    public Integer call() throws IOException {
        GPT.Builder builder = GPT.builder().training(trainer -> settings.apply(trainer, out));
        describe(builder, settings.replacesSteps());
        Function<GPT.Builder, LanguageModel> training = training();
        requireWritable(out); // Known before the run rather than after it.
        if (runs != null) {
            builder.listener(
                    RunLog.open(runs).recorder(label == null ? String.valueOf(out.getFileName()) : label, told()));
        }
        try (SaveOnShutdown shutdown = new SaveOnShutdown()) {
            builder.listener(ProgressBar.on(err())).listener(shutdown);
            try (LanguageModel trained = training.apply(builder)) {
                boolean interrupted = shutdown.beginSaving();
                trained.save(out);
                TrainingReport report = trained.report().orElseThrow();
                if (interrupted) {
                    err().println("interrupted after step " + report.steps() + "; the model is saved in " + out);
                }
                print(report);
            }
        }
        return 0;
    }

    /** What the options say about data, model and training; not where anything is written. */
    private Map<String, String> told() {
        Map<String, String> told = given();
        told.keySet().removeAll(NOT_SETTINGS);
        return told;
    }

    private void print(TrainingReport report) {
        TrainingPlan plan = report.plan();
        if (json()) {
            out().println(json(report));
            out().flush();
            return;
        }
        out().printf(
                        Locale.ROOT,
                        "%,d parameters, vocabulary %d, %,d training and %,d validation tokens%n"
                                + "%,d steps in %.1f s: train loss %.4f, validation loss %.4f%n"
                                + "%.1f ms a step, %,.0f tokens/s on %s%nsaved in %s%n",
                        plan.parameters(),
                        plan.vocabularySize(),
                        plan.trainTokens(),
                        plan.validationTokens(),
                        report.steps(),
                        report.seconds(),
                        report.last().trainLoss(),
                        report.last().validationLoss(),
                        report.stepMillisMedian(),
                        report.tokensPerSecond(),
                        plan.backend(),
                        out);
        out().flush();
    }

    static JsonLine json(TrainingReport report) {
        TrainingPlan plan = report.plan();
        return new JsonLine()
                .put("parameters", plan.parameters())
                .put("vocabulary", plan.vocabularySize())
                .put("trainTokens", plan.trainTokens())
                .put("validationTokens", plan.validationTokens())
                .put("steps", report.steps())
                .put("trainLoss", report.last().trainLoss())
                .put("validationLoss", report.last().validationLoss())
                .put("stepMillisMedian", report.stepMillisMedian())
                .put("tokensPerSecond", report.tokensPerSecond())
                .put("seconds", report.seconds())
                .put("kernels", kernels(plan.backend()));
    }

    /** The second word: {@code vector} of {@code cpu (vector, 512 bits, 2 threads)}. */
    static String kernels(String backend) {
        Matcher matcher = KERNELS.matcher(backend);
        return matcher.find() ? matcher.group(1) : backend;
    }

    private static void requireWritable(Path folder) throws IOException {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new IllegalArgumentException("--out must be a folder, but " + folder + " is a file");
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new IOException("cannot create the folder " + folder + " (" + e + "); give another --out", e);
        }
        if (!Files.isWritable(folder)) {
            throw new IllegalArgumentException(
                    "cannot write into " + folder + "; change its permissions or give another" + " --out");
        }
    }
}
