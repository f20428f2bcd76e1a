package io.nanogpt.spi;

import io.nanogpt.LanguageModel;
import io.nanogpt.experiment.Grid;
import io.nanogpt.experiment.PowerLaw;
import io.nanogpt.experiment.ResultTable;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.RunLog;
import io.nanogpt.experiment.Statistics;
import io.nanogpt.experiment.Trial;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Runs grids of trials, keeps their logs and evaluates their results. */
public interface Experiments {
    /** Opens the log of a folder. */
    RunLog log(Path folder);

    /** Reads a grid from a JSON file. */
    Grid grid(Path file);

    /** Returns the points of a grid. */
    List<Grid.Variant> points(Grid grid);

    /** Runs a grid in a folder. */
    List<Run> run(Grid grid, Path folder, Function<Trial, LanguageModel> recipe);

    /** Returns the ids of the runs of a grid. */
    List<String> ids(Grid grid);

    /** Runs one run of a grid in a folder. */
    Optional<Run> run(Grid grid, Path folder, String id, Function<Trial, LanguageModel> recipe);

    /** Computes the statistics of a sample. */
    Statistics statistics(double confidence, double[] values);

    /** Fits a power law, with or without a floor. */
    PowerLaw fit(double[] x, double[] y, boolean floor);

    /** Builds a table of runs. */
    ResultTable table(ResultTable.Kind kind, List<Run> runs);

    /** Formats a table as text. */
    String format(ResultTable table, ResultTable.Format format);
}
