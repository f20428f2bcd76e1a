package io.nanogpt.examples.systems;

import io.nanogpt.LanguageModel;
import io.nanogpt.chart.Chart;
import io.nanogpt.chart.Report;
import io.nanogpt.data.Corpus;
import io.nanogpt.examples.cli.console.CommandLines;
import io.nanogpt.examples.cli.console.Relauncher;
import io.nanogpt.examples.samples.SampleCaptions;
import io.nanogpt.experiment.Grid;
import io.nanogpt.experiment.ResultTable;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.RunLog;
import io.nanogpt.experiment.Trial;
import io.nanogpt.train.TrainingListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The common part of the five programs: the options of text, results and size, and their output. */
@Command(mixinStandardHelpOptions = true, sortOptions = false)
abstract class Study implements Callable<Integer> {
    /** Stands between the captions of the caption notebook. */
    static final String NOTEBOOK_SEPARATOR = "\n<ENDC>\n";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything else happens
    private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "PATH",
            description = "text to train on (default: a small study on the sample captions)")
    private @Nullable Path data;

    @Option(names = "--out", paramLabel = "DIR", description = "folder of the results (default: study)")
    private Path out = Path.of("study");

    @Option(names = "--steps", paramLabel = "N", description = "optimizer steps of a run (default: the study's own)")
    private @Nullable Integer steps;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "threads; they do not change the results (default: all processors)")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--page",
            paramLabel = "FILE",
            description = "page of docs whose tables and figures are replaced by those of this study")
    private @Nullable Path page;

    @Option(
            names = "--finished-only",
            description = "train nothing: tables and figures of the runs that an earlier start has finished")
    private boolean finishedOnly;

    /** Runs a study with the vector module, prints errors as one line, and exits. */
    static void run(Study study, String[] arguments) {
        if (Relauncher.isNeeded()) {
            System.exit(Relauncher.relaunch(study.getClass(), arguments));
        }
        Relauncher.endWithParent();
        System.exit(CommandLines.of(study).execute(arguments));
    }

    @Override
    public final Integer call() throws IOException {
        requireAtLeast("--steps", 1, steps);
        requireAtLeast("--threads", 1, threads);
        Map<String, String> shared = shared();
        if (!finishedOnly || Files.exists(out)) {
            StudyFolder.claim(out, shared);
        }
        study();
        return 0;
    }

    /** Trains what is not finished, and prints and draws the results. */
    abstract void study() throws IOException;

    /** What all runs of this study share, by name: its text, and what else makes them others but is no setting of a run. */
    Map<String, String> shared() throws IOException {
        return Map.of("study", spec.name(), "text", fingerprint("--data", data, "the samples"));
    }

    /**
     * What stands for a file among what runs share.
     *
     * @param otherwise what stands there if the option was not given
     */
    static String fingerprint(String option, @Nullable Path file, String otherwise) throws IOException {
        return file == null ? otherwise : StudyFolder.fingerprint(option, file);
    }

    /** Refuses to train a model that is no run of {@link #experiment}, if nothing is to be trained and the model is not there. */
    final void requireTrained(Path model) {
        if (finishedOnly && !Files.exists(model)) {
            throw notFinished("the model is not");
        }
    }

    private IllegalArgumentException notFinished(String what) {
        return new IllegalArgumentException("--finished-only trains nothing, but " + what + " finished in " + out
                + "; give the --out of an earlier start, or leave out --finished-only");
    }

    /** The value of {@code --data}; empty in a small study. */
    final Optional<Path> data() {
        return Optional.ofNullable(data);
    }

    /** The path of a result. */
    final Path out(String name) {
        return out.resolve(name);
    }

    final int threads() {
        return threads;
    }

    /**
     * A size of the study.
     *
     * @param whole with a text that was given
     * @param small on the sample captions, so that all of it takes seconds
     */
    final int size(int whole, int small) {
        return data == null ? small : whole;
    }

    /** Optimizer steps of a run. */
    final int steps(int whole, int small) {
        return steps == null ? size(whole, small) : steps;
    }

    /** The first sample captions, joined as the caption notebook joins them. */
    static Corpus sample(int captions) {
        return asInTheNotebook(Corpus.ofStrings(SampleCaptions.captions().subList(0, captions)));
    }

    /** With the separator of the caption notebook, past which a model goes on. */
    static Corpus asInTheNotebook(Corpus captions) {
        return captions.withSeparator(NOTEBOOK_SEPARATOR).withRecordEnd(false);
    }

    /** Refuses a number that is too small; null where the option was not given. */
    static void requireAtLeast(String option, int least, @Nullable Integer value) {
        if (value != null && value < least) {
            throw new IllegalArgumentException(option + " must be at least " + least + ", but is " + value);
        }
    }

    /** Refuses a text that is empty or has characters that models of a corpus do not learn, before they are trained. */
    static void requireCharacters(String option, String text, Corpus corpus) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException(option + " must have a character, but is empty");
        }
        String learned = corpus.text();
        text.codePoints()
                .filter(character -> learned.indexOf(character) < 0)
                .findFirst()
                .ifPresent(character -> {
                    throw new IllegalArgumentException(
                            option + " must have characters of the text that the models learn, but \"" + text
                                    + "\" has " + Character.toString(character) + "; give another " + option);
                });
    }

    final TrainingListener progress() {
        return TrainingListener.progress(spec.commandLine().getErr());
    }

    /** Prints a line. */
    final void print(String format, Object... values) {
        PrintWriter writer = spec.commandLine().getOut();
        writer.println(String.format(Locale.ROOT, format, values));
        writer.flush();
    }

    /**
     * Runs a grid, except for runs that the log of this study has already, prints its table, and writes its report
     * as {@code NAME.html}.
     *
     * @param name of the experiment, for people
     * @throws IllegalArgumentException if nothing is to be trained, and no run of the experiment is finished
     */
    final List<Run> experiment(String name, Grid grid, Function<Trial, LanguageModel> recipe) {
        // Runs of another length are other runs.
        Grid counted = steps == null ? grid : grid.base("given-steps", steps);
        if (!finishedOnly) {
            print(
                    "%n%s, %d runs: a line tells of each that ends; a study that is stopped goes on where it was",
                    name, counted.ids().size());
        }
        List<Run> runs = finishedOnly
                ? finished(name, counted)
                : counted.onRun(run -> print("%s", progress(run))).run(out("runs"), recipe);
        print("%n%s%n%n%s", name, ResultTable.of(runs).format(ResultTable.Format.MARKDOWN));
        Report.of(name, runs).write(out(name.replace(' ', '-') + ".html"));
        return runs;
    }

    private List<Run> finished(String name, Grid grid) {
        List<String> ids = grid.ids();
        List<Run> runs = RunLog.open(out("runs")).list().stream()
                .filter(run -> ids.contains(run.id()) && run.state() != Run.State.UNFINISHED)
                .sorted(Comparator.comparingInt(run -> ids.indexOf(run.id())))
                .toList();
        if (runs.isEmpty()) {
            throw notFinished("no run of \"" + name + "\" is");
        }
        return runs;
    }

    private static String progress(Run run) {
        return run.label().replace("\n", "\\n") + ": "
                + run.error()
                        .orElseGet(() -> String.format(
                                Locale.ROOT,
                                "validation loss %.4f after %.1f s",
                                run.finalValidationLoss().orElse(Double.NaN),
                                run.measures().seconds()));
    }

    /** The model of a run of {@link #experiment} that finished. */
    final LanguageModel model(Run run) {
        return LanguageModel.load(out("runs").resolve("models").resolve(run.id()), threads());
    }

    /** Writes a chart as {@code NAME.svg} and {@code NAME.png}, and beside the page if it shows it. */
    final void draw(String name, Chart chart) {
        chart.writeSvg(out(name + ".svg"));
        chart.writePng(out(name + ".png"));
        if (page != null) {
            new StudyPage(page).draw(name, chart);
        }
    }

    /** Prints a result, and writes it to its place on the page. */
    final void result(String name, String markdown) {
        print("%n%s", markdown.strip());
        if (page != null) {
            new StudyPage(page).write(name, markdown);
        }
    }

    /** A setting that all runs of a study have. */
    static String setting(Run run, String name) {
        return Objects.requireNonNull(run.settings().get(name), name);
    }

    static String number(String format, Object value) {
        return String.format(Locale.ROOT, format, value);
    }

    /** A line for below a table: where, when and how long its runs ran. */
    static String provenance(List<Run> runs) {
        double seconds =
                runs.stream().mapToDouble(run -> run.measures().seconds()).sum();
        Instant newest =
                runs.stream().map(Run::startedAt).max(Comparator.naturalOrder()).orElseThrow();
        return String.format(
                Locale.ROOT,
                runs.size() == 1
                        ? "%d run on %s, %s; %s of training."
                        : "%d runs on %s, %s; %s of training in all, the sum over runs.",
                runs.size(),
                machine(),
                LocalDate.ofInstant(newest, ZoneOffset.UTC),
                duration(seconds));
    }

    /** A time for people. */
    static String duration(double seconds) {
        return seconds < 120
                ? String.format(Locale.ROOT, "%.0f seconds", seconds)
                : seconds < 7_200
                        ? String.format(Locale.ROOT, "%.0f minutes", seconds / 60)
                        : String.format(Locale.ROOT, "%.1f hours", seconds / 3_600);
    }

    /** The kind of this machine. */
    static String machine() {
        String processor = System.getProperty("os.arch");
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            processor = lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse(processor);
        } catch (IOException e) {
            // Only Linux has this file; elsewhere the name of the architecture says enough.
        }
        return processor + ", " + Runtime.getRuntime().availableProcessors() + " processors, JDK "
                + Runtime.version().feature();
    }

    /** The index of the largest number. */
    static int mostLikely(float[] scores) {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            if (scores[i] > scores[best]) {
                best = i;
            }
        }
        return best;
    }
}
