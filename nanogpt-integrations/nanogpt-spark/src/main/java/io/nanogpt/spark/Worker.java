package io.nanogpt.spark;

import io.nanogpt.train.TrainingSettings;
import java.nio.file.Path;

/** One of the workers of a training run. */
public interface Worker {
    /** Returns the number of this worker, from 0. Worker 0 evaluates and calls listeners. */
    int rank();

    /** Returns the number of workers. */
    int size();

    /**
     * Makes the settings of a run those of this worker: the workers, the micro-batches of a step, checkpoints and the threads of a
     * task. Settings made afterwards take precedence.
     */
    void prepare(TrainingSettings<?> settings);

    /**
     * Copies a file or folder to this machine, and returns the copy, which is deleted at the end of the run.
     *
     * @param uri absolute
     */
    Path local(String uri);
}
