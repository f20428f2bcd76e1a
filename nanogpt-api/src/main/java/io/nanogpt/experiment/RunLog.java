package io.nanogpt.experiment;

import io.nanogpt.NanogptException;
import io.nanogpt.spi.Library;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A folder of {@link Run}s, one JSON file {@code ID.json} each. A file is replaced whole or not at all, so programs that
 * run at the same time, or are killed, cannot hurt each other's runs.
 */
public interface RunLog {
    /** The log of a folder, which may not exist yet. */
    static RunLog open(Path folder) {
        return Library.get().experiments().log(folder);
    }

    /**
     * All runs in the order in which they started.
     *
     * @throws NanogptException if a file of the log is not of a run
     */
    List<Run> list();

    /** One run. */
    Optional<Run> get(String id);

    /** Adds a run, or replaces the one of the same id. */
    void add(Run run);

    /**
     * Removes a run.
     *
     * @return whether there was one
     */
    boolean delete(String id);

    /**
     * Removes all runs.
     *
     * @return how many there were
     */
    int clear();
}
