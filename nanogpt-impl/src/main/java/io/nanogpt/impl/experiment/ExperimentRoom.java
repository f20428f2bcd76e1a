package io.nanogpt.impl.experiment;

import io.nanogpt.experiment.RunLog;
import io.nanogpt.spi.Experiments;
import java.nio.file.Path;

/** The door of the room. */
public final class ExperimentRoom implements Experiments {
    /** The room. */
    public ExperimentRoom() {}

    @Override
    public RunLog log(Path folder) {
        return new FolderRunLog(folder);
    }
}
