package io.nanogpt.examples;

import io.nanogpt.LanguageModel;
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
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Trains with every combination of some options. */
@Command(
        name = "sweep",
        description = "Trains with every combination of options of train, and logs the runs; the same command goes on"
                + " after a crash or Ctrl-C.")
final class SweepCommand extends Verb {
    @Option(
            names = "--grid",
            required = true,
            paramLabel = "FILE",
            description =
                    "{\"base\": {\"steps\": 500}, \"vary\": {\"learning-rate\": [1e-3, 1e-4]}, \"variants\": [{...}],"
                            + " \"seeds\": [1, 2]}; the names are options of train")
    @SuppressWarnings("NullAway.Init") // required
    private Path file;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "the folder of log and models")
    @SuppressWarnings("NullAway.Init") // required
    private Path out;

    @Option(names = "--parallel", description = "runs at a time; as many as processors by default")
    private @Nullable Integer parallel;

    @Option(names = "--checkpoint-every", description = "steps between checkpoints, 200 by default")
    private @Nullable Integer checkpointEvery;

    @Override
    public Integer call() throws IOException {
        Grid grid = grid();
        List<Grid.Variant> points = grid.points();
        // Mistakes in options and data are known before the first run rather than after the last.
        for (Grid.Variant point : points) {
            TrainCommand.of(point.settings(), out);
        }
        TrainCommand.of(points.get(0).settings(), out).training();
        int total = points.size() * grid.seeds().size();
        err().println(total + " runs of " + points.size() + (points.size() == 1 ? " point" : " points"));
        List<Run> runs;
        try (SaveOnShutdown shutdown = new SaveOnShutdown()) {
            shutdown.begin();
            runs = grid.run(out, this::train);
            if (shutdown.beginSaving()) {
                err().println("interrupted; the same command goes on");
            }
            print(runs);
        }
        return 0;
    }

    private Grid grid() {
        Grid grid = Experiment.grid(file).onRun(this::tell);
        grid = parallel == null ? grid : grid.parallel(parallel);
        return checkpointEvery == null ? grid : grid.checkpointEvery(checkpointEvery);
    }

    private LanguageModel train(Trial trial) {
        try {
            TrainCommand command = TrainCommand.of(trial.settings(), out);
            return command.training().apply(command.builder().training(trial::prepare));
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    private void tell(Run run) {
        String end = run.error()
                .map(error -> "failed: " + error)
                .orElseGet(() -> String.format(
                        Locale.ROOT,
                        "%s, validation loss %.4f after step %d, %.1f s",
                        run.state() == Run.State.FINISHED ? "finished" : "cut off",
                        run.finalValidationLoss().orElse(Double.NaN),
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
