package io.nanogpt.examples.cli;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.chart.LiveReport;
import io.nanogpt.examples.cli.console.LossUnits;
import io.nanogpt.examples.cli.console.OptionNames;
import io.nanogpt.examples.cli.console.SaveOnShutdown;
import io.nanogpt.examples.cli.options.Escapes;
import io.nanogpt.examples.cli.options.WatchOptions;
import io.nanogpt.experiment.Experiment;
import io.nanogpt.experiment.Grid;
import io.nanogpt.experiment.ResultTable;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.Trial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code sweep} verb. */
@Command(
        name = "sweep",
        description =
                "Train with each combination of options of train, and log the runs. After a crash or Ctrl-C, the same"
                        + " command continues.",
        footer = "  nanogpt sweep --grid grid.json --out my-sweep --parallel 2")
final class SweepCommand extends Verb {
    @Option(
            names = "--grid",
            required = true,
            paramLabel = "FILE",
            description = "options of train in JSON, such as {\"base\": {\"steps\": 500}, \"vary\": {\"learning-rate\":"
                    + " [1e-3, 1e-4]}, \"variants\": [{...}], \"seeds\": [1, 2]}")
    @SuppressWarnings("NullAway.Init") // required
    private Path file;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "folder of the run log and the models")
    @SuppressWarnings("NullAway.Init") // required
    private Path out;

    @Option(names = "--parallel", paramLabel = "N", description = "runs at a time (default: the number of processors)")
    private @Nullable Integer parallel;

    @Option(names = "--checkpoint-every", paramLabel = "N", description = "steps between checkpoints (default: 200)")
    private @Nullable Integer checkpointEvery;

    @Mixin
    private WatchOptions watch = new WatchOptions();

    @Override
    public Integer call() throws IOException {
        Grid grid = grid();
        List<Grid.Variant> points = grid.points();
        // Mistakes in options and data are found before the first run, not after the last.
        for (Grid.Variant point : points) {
            TrainCommand.of(point.settings(), out);
        }
        TrainCommand.of(points.get(0).settings(), out).training();
        int total = points.size() * grid.seeds().size();
        err().println(total + " runs of " + points.size() + (points.size() == 1 ? " point" : " points"));
        List<Run> runs;
        try (SaveOnShutdown shutdown = new SaveOnShutdown();
                WatchOptions.Watch page = watch.open("Sweep " + out.getFileName(), err())) {
            shutdown.begin();
            runs = grid.run(out, trial -> train(trial, page.page()));
            if (shutdown.beginSaving()) {
                err().println("interrupted; the same command continues");
            }
            print(runs);
        }
        return 0;
    }

    private Grid grid() {
        Grid grid = Experiment.grid(file).onRun(this::report);
        grid = parallel == null ? grid : grid.parallel(parallel);
        return checkpointEvery == null ? grid : grid.checkpointEvery(checkpointEvery);
    }

    private LanguageModel train(Trial trial, Optional<LiveReport> page) {
        try {
            TrainCommand command = TrainCommand.of(trial.settings(), out);
            GPT.Builder builder = command.builder().training(trial::prepare);
            page.ifPresent(live -> builder.listener(live.listener(trial.label() + ", seed " + trial.seed())));
            return command.training().apply(builder);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    private void report(Run run) {
        String end = run.error()
                .map(error -> "failed: " + OptionNames.in(error, TrainCommand.options()))
                .orElseGet(() -> String.format(
                        Locale.ROOT,
                        "%s, validation loss %.4f%s after step %d, %.1f s",
                        run.state() == Run.State.FINISHED ? "finished" : "cut off",
                        run.finalValidationLoss().orElse(Double.NaN),
                        LossUnits.bitsPerByte(", ", run.finalBitsPerByte()),
                        run.last().map(point -> point.step()).orElse(0),
                        run.measures().seconds()));
        err().println(Escapes.show(run.label()) + ", seed " + run.seed() + ": " + end);
        err().flush();
    }

    private void print(List<Run> runs) {
        ResultTable table = ResultTable.overSeeds(runs);
        out().print(table.format(json() ? ResultTable.Format.JSON : ResultTable.Format.MARKDOWN));
        out().flush();
    }
}
