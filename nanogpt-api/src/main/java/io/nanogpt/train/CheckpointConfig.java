package io.nanogpt.train;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Folder, interval and retention of checkpoints, from which an interrupted run resumes. Immutable. Each checkpoint is a
 * folder {@code step-N}: a saved model that {@code LanguageModel.load} reads, with the optimizer's moments and the
 * state of the run. It is written in the background, and atomically.
 *
 * @param folder the folder of the checkpoints
 * @param every steps between checkpoints; 200 by default
 * @param keepLast number of newest checkpoints to keep; 2 by default. The one with the lowest validation loss is kept
 *     too
 * @param epochs whether to also write a checkpoint at the end of each epoch, and keep it; false by default
 * @param resume whether to resume from the newest checkpoint, if any; if false, the default, a folder with checkpoints
 *     is refused
 */
public record CheckpointConfig(Path folder, int every, int keepLast, boolean epochs, boolean resume) {
    public CheckpointConfig {
        Objects.requireNonNull(folder, "folder");
        TrainingConfig.positive("checkpoints: every", every);
        TrainingConfig.positive("checkpoints: keepLast", keepLast);
    }

    /** Returns the defaults for a new run: every 200 steps, the newest two kept. */
    public static CheckpointConfig in(Path folder) {
        return new CheckpointConfig(folder, 200, 2, false, false);
    }

    /** Returns a copy with this interval in steps. */
    public CheckpointConfig withEvery(int value) {
        return new CheckpointConfig(folder, value, keepLast, epochs, resume);
    }

    /** Returns a copy that keeps this number of newest checkpoints. */
    public CheckpointConfig withKeepLast(int value) {
        return new CheckpointConfig(folder, every, value, epochs, resume);
    }

    /** Returns a copy with or without a checkpoint at the end of each epoch. */
    public CheckpointConfig withEpochs(boolean value) {
        return new CheckpointConfig(folder, every, keepLast, value, resume);
    }

    /** Returns a copy that resumes from the newest checkpoint or not. */
    public CheckpointConfig withResume(boolean value) {
        return new CheckpointConfig(folder, every, keepLast, epochs, value);
    }
}
