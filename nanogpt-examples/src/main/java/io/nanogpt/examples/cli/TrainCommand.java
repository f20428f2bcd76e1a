package io.nanogpt.examples.cli;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.backend.Compute;
import io.nanogpt.examples.cli.console.CommandLines;
import io.nanogpt.examples.cli.console.ErrorLines;
import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.console.LossUnits;
import io.nanogpt.examples.cli.console.SaveOnShutdown;
import io.nanogpt.examples.cli.options.BaseModelOptions;
import io.nanogpt.examples.cli.options.ChatOptions;
import io.nanogpt.examples.cli.options.Destinations;
import io.nanogpt.examples.cli.options.EffortOptions;
import io.nanogpt.examples.cli.options.OptimizationOptions;
import io.nanogpt.examples.cli.options.OptionArguments;
import io.nanogpt.examples.cli.options.SavedModelOptions;
import io.nanogpt.examples.cli.options.TrainingDefaults;
import io.nanogpt.examples.cli.options.TrainingOptions;
import io.nanogpt.examples.cli.options.WatchOptions;
import io.nanogpt.experiment.RunLog;
import io.nanogpt.model.Preset;
import io.nanogpt.train.Baselines;
import io.nanogpt.train.TrainingConfig;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** The {@code train} verb. */
@Command(
        name = "train",
        description =
                "Train a model on text, and save it. Ctrl-C ends the run after its current step, and saves the model.",
        footer = {
            "  nanogpt train --sample --out my-model",
            "  nanogpt train --data captions.json --budget 5 --out my-model",
            "  nanogpt train --data captions.json --layers 6 --steps 5000 --schedule cosine --out my-model",
            "  nanogpt train --data story.txt --tokenizer tokenizer.json --preset llama --out my-llama",
            "  nanogpt train --chats questions.jsonl --context-length 256 --out my-chat",
            "  nanogpt train --sample --watch --sample-prompt H&E --out my-model",
            "  nanogpt train --sample --checkpoint-every 500 --resume --out my-model",
            "  nanogpt train --from my-model --data story.txt --steps 200 --out my-tuned-model",
            "  nanogpt train --from my-model --data story.txt --lora-rank 8 --steps 200 --out my-adapted-model"
        })
final class TrainCommand extends TrainingVerb {

    /** The options that are no settings of a run: they do not change the model. */
    private static final Set<String> NOT_SETTINGS = Set.of(
            "out",
            "overwrite",
            "chats",
            "chat-template",
            "runs",
            "label",
            "json",
            "threads",
            "backend",
            "device",
            "seed",
            "log",
            "no-baselines",
            "resume",
            "checkpoints",
            "checkpoint-every",
            "keep-checkpoints",
            "epoch-checkpoints");

    private static boolean isSetting(String name) {
        return !NOT_SETTINGS.contains(name) && !WatchOptions.NAMES.contains(name);
    }

    /** The folder in that of the model with the adapter alone. */
    private static final String ADAPTER = "adapter";

    /** The settings of one run alone: a grid would load the model for each of its runs. */
    private static final Set<String> NOT_IN_GRIDS = Set.of(
            "from",
            "special-tokens",
            "lora-rank",
            "lora-alpha",
            "lora-dropout",
            "lora-targets",
            "lora-rank-stabilized");

    @Mixin
    private ChatOptions chats = new ChatOptions();

    @Mixin
    private SavedModelOptions out = new SavedModelOptions();

    @Mixin
    private BaseModelOptions base = new BaseModelOptions();

    @Mixin
    private EffortOptions effort = new EffortOptions();

    @Mixin
    private OptimizationOptions optimization = new OptimizationOptions();

    @Mixin
    private TrainingOptions settings = new TrainingOptions();

    @Mixin
    private WatchOptions watch = new WatchOptions();

    @Option(names = "--runs", paramLabel = "DIR", description = "run log to add this run to, for nanogpt runs")
    private @Nullable Path runs;

    @Option(
            names = "--label",
            paramLabel = "TEXT",
            description = "name of the run in the log (default: the name of --out)")
    private @Nullable String label;

    /**
     * The verb of {@code train --out OUT} with an option for each setting.
     *
     * @param settings names of options, and values as {@link OptionArguments#of} takes them
     * @throws IllegalArgumentException if a name is no option of train, or is no setting of a run
     */
    static TrainCommand of(Map<String, Object> settings, Path out) {
        TrainCommand command = new TrainCommand();
        CommandLine line = CommandLines.of(command);
        List<String> arguments = new ArrayList<>(List.of("--out=" + out));
        settings.forEach((name, value) -> {
            OptionSpec option = line.getCommandSpec().findOption("--" + name);
            if (option == null || !isSetting(name) || NOT_IN_GRIDS.contains(name)) {
                throw new IllegalArgumentException(
                        option == null
                                ? "\"" + name + "\" is no option of train, see train --help"
                                : "\"" + name + "\" cannot be set in a grid"
                                        + (name.equals("seed") ? "; list \"seeds\" beside \"base\"" : ""));
            }
            arguments.addAll(OptionArguments.of(option, name, value));
        });
        try {
            line.parseArgs(arguments.toArray(String[]::new));
        } catch (CommandLine.ParameterException e) {
            throw new IllegalArgumentException(ErrorLines.message(e), e);
        }
        return command;
    }

    /** The options of this verb. */
    static CommandSpec options() {
        return CommandSpec.forAnnotatedObject(new TrainCommand());
    }

    /** The run that the options describe. */
    GPT.Builder builder() {
        GPT.Builder builder = GPT.builder();
        boolean sets = chats.isGiven() || setsModel() || optimization.setsRecipe() || settings.setsRecipe();
        if (!sets) {
            describeChosen(builder);
            effort.apply(builder);
            settings.applyChosen(builder, out.folder());
            optimization.applyChosen(builder);
            return builder;
        }
        require(
                !effort.isGiven(),
                "--quality, --budget and --max-bytes choose the model and its training; leave them out, or the other"
                        + " options of the model, its optimization and the duration of its training");
        TrainingDefaults defaults = describe(builder).training();
        settings.apply(builder, defaults, out.folder());
        optimization.apply(builder, defaults);
        return builder;
    }

    /** The run that goes on from a model. */
    private GPT.Builder builder(LanguageModel from) {
        refuseBesideFrom();
        GPT.Builder builder = GPT.builder().from(from);
        describeChosen(builder);
        TrainingDefaults defaults = TrainingDefaults.of(Preset.CAPTIONS);
        settings.apply(builder, defaults, out.folder());
        optimization.apply(builder, defaults);
        base.lora().ifPresent(builder::lora);
        boolean slow = base.lora().isEmpty() && settings.hasDefaultRate();
        return slow ? builder.learningRate(TrainingConfig.CONTINUED_RATE) : builder;
    }

    @Override
    public Integer call() throws IOException {
        require(label == null || runs != null, "--label needs --runs");
        try (LanguageModel from = base.open()) {
            if (from == null) {
                train(builder(), training(chats));
            } else {
                train(builder(from), training(chats, from));
            }
        }
        return 0;
    }

    private void train(GPT.Builder builder, Function<GPT.Builder, LanguageModel> training) throws IOException {
        dataPaths().forEach(path -> Destinations.refuseModelOver(out.folder(), "--data", path));
        Path read = base.folder();
        if (read != null) {
            Destinations.refuseSame(out.folder(), "--from", read);
        }
        boolean continues = settings.continues(out.folder());
        out.create(continues).fill(() -> trainIn(out.folder(), continues, builder, training));
    }

    private void trainIn(
            Path folder, boolean continues, GPT.Builder builder, Function<GPT.Builder, LanguageModel> training)
            throws IOException {
        if (runs != null) {
            builder.listener(RunLog.open(runs)
                    .recorder(label == null ? String.valueOf(folder.getFileName()) : label, recorded()));
        }
        String name = String.valueOf(folder.getFileName());
        try (SaveOnShutdown shutdown = new SaveOnShutdown();
                WatchOptions.Watch page = watch.open("Training " + name, err())) {
            page.page().ifPresent(live -> builder.listener(live.listener(label == null ? name : label)));
            builder.listener(TrainingListener.progress(progress())).listener(shutdown);
            try (LanguageModel trained = training.apply(builder)) {
                boolean interrupted = shutdown.beginSaving();
                Path saved = out.free(continues);
                trained.save(saved);
                if (base.lora().isPresent()) {
                    trained.saveAdapter(saved.resolve(ADAPTER));
                }
                TrainingReport report = trained.report().orElseThrow();
                if (!saved.equals(folder)) {
                    err().println("a model was saved in " + folder + " during this run; this one is saved in " + saved);
                }
                if (interrupted) {
                    err().println(
                                    report.steps() == 0
                                            ? "interrupted before the first step; the model in " + saved
                                                    + " has learned nothing yet"
                                            : "interrupted after step " + report.steps() + "; the model is saved in "
                                                    + saved);
                }
                print(report, trained.compute(), saved);
            }
        }
    }

    /** The settings of data, model and training that were given, for the run log. */
    private Map<String, String> recorded() {
        Map<String, String> recorded = given();
        recorded.keySet().removeIf(name -> !isSetting(name));
        return recorded;
    }

    private void print(TrainingReport report, Compute compute, Path saved) {
        TrainingPlan plan = report.plan();
        if (json()) {
            out().println(json(report, compute));
            out().flush();
            return;
        }
        out().printf(
                        Locale.ROOT,
                        "%,d parameters, vocabulary %d, %,d training and %,d validation tokens%n"
                                + "%,d steps in %.1f s: train loss %.4f, validation loss %.4f%s%n%s"
                                + "%.1f ms a step, %,.0f tokens/s on %s%nsaved in %s%n",
                        plan.parameters(),
                        plan.vocabularySize(),
                        plan.trainTokens(),
                        plan.validationTokens(),
                        report.steps(),
                        report.seconds(),
                        report.last().trainLoss(),
                        report.last().validationLoss(),
                        LossUnits.bitsPerByte(", ", report.last().bitsPerByte()),
                        averaged(report)
                                + report.baselines()
                                        .map(baselines -> baselines(baselines, report))
                                        .orElse(""),
                        report.stepMillisMedian(),
                        report.tokensPerSecond(),
                        plan.compute().backend(),
                        saved);
        out().flush();
    }

    /** {@code validation loss of the last weights 1.0345, of their average 1.0213}; nothing without averages. */
    private static String averaged(TrainingReport report) {
        OptionalDouble averaged = report.last().averagedLoss();
        if (averaged.isEmpty()) {
            return "";
        }
        double raw = report.evaluations().stream()
                .filter(point -> point.step() == report.steps())
                .findFirst()
                .orElseThrow()
                .validationLoss();
        return String.format(
                Locale.ROOT,
                "validation loss of the last weights %.4f, of their average %.4f%n",
                raw,
                averaged.getAsDouble());
    }

    /** {@code on the same tokens: uniform 4.6913, unigram 3.2041, 8-gram counts 0.8254, 1.1903 bits per byte}. */
    private static String baselines(Baselines baselines, TrainingReport report) {
        StringBuilder line =
                new StringBuilder(String.format(Locale.ROOT, "on the same tokens: uniform %.4f", baselines.uniform()));
        baselines.unigram().ifPresent(loss -> line.append(String.format(Locale.ROOT, ", unigram %.4f", loss)));
        baselines.ngram().ifPresent(loss -> {
            int order = baselines.bestOrder().orElseThrow();
            line.append(String.format(Locale.ROOT, ", %d-gram counts %.4f", order, loss));
            line.append(LossUnits.bitsPerByte(", ", report.bitsPerByte(loss)));
        });
        String note = baselines.note().isEmpty() ? "" : " (" + baselines.note() + ")";
        return line + note + System.lineSeparator();
    }

    static JsonLine json(TrainingReport report, Compute compute) {
        TrainingPlan plan = report.plan();
        JsonLine line = new JsonLine()
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
        report.last().averagedLoss().ifPresent(loss -> line.put("averagedLoss", loss));
        report.last().bitsPerByte().ifPresent(bits -> line.put("bitsPerByte", bits));
        report.baselines().ifPresent(baselines -> {
            line.put("uniformLoss", baselines.uniform());
            baselines.unigram().ifPresent(loss -> line.put("unigramLoss", loss));
            baselines.ngram().ifPresent(loss -> {
                line.put("ngramLoss", loss);
                report.bitsPerByte(loss).ifPresent(bits -> line.put("ngramBitsPerByte", bits));
            });
            baselines.bestOrder().ifPresent(order -> line.put("ngramOrder", order));
        });
        return line;
    }
}
