package io.nanogpt.impl.experiment;

import io.nanogpt.LanguageModel;
import io.nanogpt.experiment.Grid;
import io.nanogpt.experiment.PowerLaw;
import io.nanogpt.experiment.ResultTable;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.RunLog;
import io.nanogpt.experiment.Statistics;
import io.nanogpt.experiment.Trial;
import io.nanogpt.spi.Experiments;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Entry point of this package. */
public final class DefaultExperiments implements Experiments {
    private final String version;

    /**
     * Creates the implementation.
     *
     * @param version of the library, recorded with every run
     */
    public DefaultExperiments(String version) {
        this.version = version;
    }

    @Override
    public RunLog log(Path folder) {
        return new FolderRunLog(folder, version);
    }

    @Override
    public Grid grid(Path file) {
        return GridFile.read(file);
    }

    @Override
    public List<Grid.Variant> points(Grid grid) {
        return GridPoints.of(grid);
    }

    @Override
    public List<Run> run(Grid grid, Path folder, Function<Trial, LanguageModel> recipe) {
        return new GridRun(grid, folder, version, recipe).run();
    }

    @Override
    public List<String> ids(Grid grid) {
        return GridPoints.withSeeds(grid).stream().map(GridPoints.Point::id).toList();
    }

    @Override
    public Optional<Run> run(Grid grid, Path folder, String id, Function<Trial, LanguageModel> recipe) {
        return new GridRun(grid, folder, version, recipe).run(id);
    }

    @Override
    public Statistics statistics(double confidence, double[] values) {
        return Samples.describe(confidence, values);
    }

    @Override
    public PowerLaw fit(double[] x, double[] y, boolean floor) {
        return PowerLaws.fit(x, y, floor);
    }

    @Override
    public ResultTable table(ResultTable.Kind kind, List<Run> runs) {
        return Tables.of(kind, runs);
    }

    @Override
    public String format(ResultTable table, ResultTable.Format format) {
        return TableWriter.write(table, format);
    }
}
