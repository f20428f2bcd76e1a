package io.nanogpt.examples;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.backend.Compute;
import io.nanogpt.experiment.RunLog;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** Trains a model and saves it. */
@Command(name = "train", description = "Trains a model on text and saves it; Ctrl-C saves what there is.")
final class TrainCommand extends TrainingVerb {

    /** The options that change nothing about the model. */
    private static final Set<String> NOT_SETTINGS = Set.of(
            "out",
            "runs",
            "label",
            "json",
            "threads",
            "backend",
            "device",
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

    /**
     * The verb as it is after {@code train --out OUT} with an option for each setting: a flag that is true is given, a list
     * gives its option several times.
     *
     * @throws IllegalArgumentException if a name is no option of train, or one that is no setting of a run
     */
    static TrainCommand of(Map<String, Object> settings, Path out) {
        TrainCommand command = new TrainCommand();
        CommandLine line = new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true);
        List<String> arguments = new ArrayList<>(List.of("--out=" + out));
        settings.forEach((name, value) -> {
            OptionSpec option = line.getCommandSpec().findOption("--" + name);
            if (option == null || NOT_SETTINGS.contains(name)) {
                throw new IllegalArgumentException(
                        option == null
                                ? "\"" + name + "\" is no option of train, see train --help"
                                : "\"" + name + "\" cannot be set in a grid"
                                        + (name.equals("seed") ? "; list \"seeds\" beside \"base\"" : ""));
            }
            arguments.addAll(arguments(option, name, value));
        });
        try {
            line.parseArgs(arguments.toArray(String[]::new));
        } catch (CommandLine.ParameterException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return command;
    }

    private static List<String> arguments(OptionSpec option, String name, Object value) {
        boolean flag = option.arity().max() == 0;
        if (flag && value instanceof Boolean on) {
            return on ? List.of("--" + name) : option.negatable() ? List.of("--no-" + name) : List.of();
        }
        if (flag) {
            throw new IllegalArgumentException("\"" + name + "\" must be true or false, but is " + value);
        }
        List<?> values = value instanceof List<?> list ? list : List.of(value);
        return values.stream().map(one -> "--" + name + "=" + one).toList();
    }

    /** What the options describe. */
    GPT.Builder builder() {
        GPT.Builder builder = GPT.builder().training(trainer -> settings.apply(trainer, out));
        return describe(builder, settings.replacesSteps());
    }

    @Override
    public Integer call() throws IOException {
        GPT.Builder builder = builder();
        Function<GPT.Builder, LanguageModel> training = training();
        requireWritable(out); // Known before the run rather than after it.
        if (runs != null) {
            builder.listener(
                    RunLog.open(runs).recorder(label == null ? String.valueOf(out.getFileName()) : label, told()));
        }
        try (SaveOnShutdown shutdown = new SaveOnShutdown()) {
            builder.listener(TrainingListener.progress(err())).listener(shutdown);
            try (LanguageModel trained = training.apply(builder)) {
                boolean interrupted = shutdown.beginSaving();
                trained.save(out);
                TrainingReport report = trained.report().orElseThrow();
                if (interrupted) {
                    err().println("interrupted after step " + report.steps() + "; the model is saved in " + out);
                }
                print(report, trained.compute());
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

    private void print(TrainingReport report, Compute compute) {
        TrainingPlan plan = report.plan();
        if (json()) {
            out().println(json(report, compute));
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

    static JsonLine json(TrainingReport report, Compute compute) {
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
                .put("kernels", compute.kernels().toString());
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
