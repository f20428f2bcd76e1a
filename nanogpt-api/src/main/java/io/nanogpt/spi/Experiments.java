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
import java.util.function.Function;

/** What experiments need of an implementation. */
public interface Experiments {
    /** The log of a folder. */
    RunLog log(Path folder);

    /** Reads a grid. */
    Grid grid(Path file);

    /** The points of a grid. */
    List<Grid.Variant> points(Grid grid);

    /** Runs a grid in a folder. */
    List<Run> run(Grid grid, Path folder, Function<Trial, LanguageModel> recipe);

    /** Describes a sample. */
    Statistics statistics(double confidence, double[] values);

    /** Fits a power law, with a floor or without. */
    PowerLaw fit(double[] x, double[] y, boolean floor);

    /** Puts runs side by side. */
    ResultTable table(ResultTable.Kind kind, List<Run> runs);

    /** Writes a table. */
    String format(ResultTable table, ResultTable.Format format);
}
