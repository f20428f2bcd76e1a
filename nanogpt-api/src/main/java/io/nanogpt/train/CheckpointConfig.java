package io.nanogpt.train;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where a run writes what it needs to go on after a crash, and when. Each checkpoint is a folder {@code step-N}: a saved
 * model that {@code LanguageModel.load} reads, with the optimizer's moments and the state of the run beside it. It is
 * written in the background and appears whole or not at all.
 *
 * @param folder of the checkpoints
 * @param every steps between them; 200 by default
 * @param keepLast how many of the newest stay; 2 by default. The one of the lowest validation loss stays as well
 * @param epochs whether one is written at the end of each epoch too, which stays; not by default
 * @param resume whether a run goes on from the newest one where there is one, instead of refusing a folder that holds
 *     any; not by default
 */
public record CheckpointConfig(Path folder, int every, int keepLast, boolean epochs, boolean resume) {
    public CheckpointConfig {
        Objects.requireNonNull(folder, "folder");
        TrainingConfig.positive("checkpoints: every", every);
        TrainingConfig.positive("checkpoints: keepLast", keepLast);
    }

    /** Every 200 steps, the newest two kept, for a new run. */
    public static CheckpointConfig in(Path folder) {
        return new CheckpointConfig(folder, 200, 2, false, false);
    }

    /** Another interval. */
    public CheckpointConfig withEvery(int value) {
        return new CheckpointConfig(folder, value, keepLast, epochs, resume);
    }

    /** Another number of newest ones that stay. */
    public CheckpointConfig withKeepLast(int value) {
        return new CheckpointConfig(folder, every, value, epochs, resume);
    }

    /** With or without one for each epoch. */
    public CheckpointConfig withEpochs(boolean value) {
        return new CheckpointConfig(folder, every, keepLast, value, resume);
    }

    /** Whether to go on from the newest one. */
    public CheckpointConfig withResume(boolean value) {
        return new CheckpointConfig(folder, every, keepLast, epochs, value);
    }
}
