package io.nanogpt.impl.experiment;

import io.nanogpt.experiment.PowerLaw;
import io.nanogpt.experiment.ResultTable;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.RunLog;
import io.nanogpt.experiment.Statistics;
import io.nanogpt.spi.Experiments;
import java.nio.file.Path;
import java.util.List;

/** The door of the room. */
public final class ExperimentRoom implements Experiments {
    /** The room. */
    public ExperimentRoom() {}

    @Override
    public RunLog log(Path folder) {
        return new FolderRunLog(folder);
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
