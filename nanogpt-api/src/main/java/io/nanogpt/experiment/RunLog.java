package io.nanogpt.experiment;

import io.nanogpt.NanogptException;
import io.nanogpt.spi.Library;
import io.nanogpt.train.TrainingListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A folder of {@link Run}s, one JSON file {@code ID.json} each. Files are replaced atomically, so programs that run
 * concurrently, or are killed, cannot corrupt each other's runs.
 */
public interface RunLog {
    /** Opens the log of a folder, which may not exist yet. */
    static RunLog open(Path folder) {
        return Library.get().experiments().log(folder);
    }

    /** Returns a listener as {@link #recorder(String, Map)} does, with the settings of model and training only. */
    default TrainingListener recorder(String label) {
        return recorder(label, Map.of());
    }

    /**
     * Returns a listener that records one training run: as unfinished at its start and its evaluations, as finished or
     * failed at its end. If the run is resumed from a checkpoint, its record is resumed too.
     *
     * <pre>{@code
     * GPT.builder().listener(RunLog.open(folder).recorder("baseline")).train(corpus);
     * }</pre>
     *
     * @param label the display name of the run
     * @param settings additional settings, for example of the data; they replace settings of model and training with
     *     the same names
     */
    TrainingListener recorder(String label, Map<String, String> settings);

    /**
     * Returns all runs in the order of their start.
     *
     * @throws NanogptException if a file of the log does not contain a run
     */
    List<Run> list();

    /** Returns the run with an id, if any. */
    Optional<Run> get(String id);

    /** Adds a run, or replaces the one with the same id. */
    void add(Run run);

    /**
     * Removes a run.
     *
     * @return whether the run existed
     */
    boolean delete(String id);

    /**
     * Removes all runs.
     *
     * @return the number of removed runs
     */
    int clear();
}
