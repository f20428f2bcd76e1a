package io.nanogpt.spi;

import io.nanogpt.experiment.RunLog;
import java.nio.file.Path;

/** What experiments need of an implementation. */
public interface Experiments {
    /** The log of a folder. */
    RunLog log(Path folder);
}
