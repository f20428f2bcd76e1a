package io.nanogpt.experiment;

import io.nanogpt.NanogptException;
import io.nanogpt.spi.Library;
import io.nanogpt.train.TrainingListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

    /** {@link #recorder(String, Map)} with the settings that the run knows itself. */
    default TrainingListener recorder(String label) {
        return recorder(label, Map.of());
    }

    /**
     * A listener that adds one training run: unfinished at its start and its evaluations, finished at its end, or failed
     * with the error of its end. Where the run is resumed from a checkpoint, so is what was recorded.
     *
     * <pre>{@code
     * GPT.builder().listener(RunLog.open(folder).recorder("baseline")).train(corpus);
     * }</pre>
     *
     * @param label for people
     * @param settings of the data, for example: beside those of model and training, which the run knows itself, or in
     *     their place
     */
    TrainingListener recorder(String label, Map<String, String> settings);

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
