package io.nanogpt.impl.train;

import io.nanogpt.impl.train.TrainingRun.CheckpointStore;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.TrainingConfig;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a copy of the last good state of a run for rollbacks, and writes it as a checkpoint in the background. A step
 * waits only for the copy, unless the previous checkpoint is still being written.
 */
final class CheckpointManager implements AutoCloseable {
    private final ParameterStore parameters;
    private final @Nullable CheckpointConfig settings;
    private final @Nullable CheckpointStore store;
    private final @Nullable Snapshot snapshot;
    /** The epochs of the first steps. */
    private final IntToDoubleFunction epochs;

    private final int rollbackEvery;
    private final boolean rollbacks;
    private final BackgroundTask writing = new BackgroundTask();
    private int lastSaved = -1;
    private @Nullable String notice;

    CheckpointManager(
            TrainingConfig config,
            ParameterStore parameters,
            @Nullable CheckpointStore store,
            IntToDoubleFunction epochs) {
        this.parameters = parameters;
        this.store = store;
        this.epochs = epochs;
        settings = store == null ? null : config.checkpoints().orElseThrow();
        rollbackEvery = config.divergencePolicy().saveEvery();
        rollbacks = config.divergencePolicy().rollbacks() > 0;
        snapshot = store != null || rollbacks
                ? new Snapshot(
                        parameters.trained(),
                        config.optimization().groups(),
                        config.evaluation().keepBest(),
                        config.averaging().isPresent())
                : null;
    }

    /** Reads the newest checkpoint, if any, into the parameters. */
    Progress resume(Kept kept) {
        if (store == null || snapshot == null || !store.read(snapshot)) {
            return Progress.none();
        }
        snapshot.restore(parameters, kept);
        lastSaved = snapshot.progress().step();
        notice = store.difference().orElse(null);
        return snapshot.progress();
    }

    /** Whether to save the state after a step. */
    boolean isDue(int step, boolean best) {
        if (snapshot == null || step == lastSaved) {
            return false;
        }
        if (settings == null) {
            return best || step % rollbackEvery == 0;
        }
        if (step == 0) {
            return rollbacks; // For rollbacks; a checkpoint of step 0 is not needed, since the seed gives it.
        }
        return best || step % settings.every() == 0 || isEpochEnd(step);
    }

    private boolean isEpochEnd(int step) {
        return settings != null
                && settings.epochs()
                && Math.floor(epochs.applyAsDouble(step)) > Math.floor(epochs.applyAsDouble(step - 1));
    }

    /** Copies the current state, and starts to write it as a checkpoint. */
    void save(Kept kept, Progress progress) {
        if (snapshot == null) {
            return;
        }
        awaitWriting();
        snapshot.capture(parameters, kept, progress);
        lastSaved = progress.step();
        if (store != null && progress.step() > 0) {
            CheckpointStore target = store;
            Snapshot source = snapshot;
            boolean epochEnd = isEpochEnd(progress.step());
            writing.start(() -> target.write(source, epochEnd));
        }
    }

    /** Saves the final state of a run, so that another can continue it. */
    void saveEnd(Kept kept, Progress progress) {
        if (store != null && progress.step() > 0 && progress.step() != lastSaved) {
            save(kept, progress);
        }
        awaitWriting();
    }

    /** The last saved state. */
    Optional<Snapshot> lastGood() {
        return lastSaved < 0 ? Optional.empty() : Optional.ofNullable(snapshot);
    }

    /**
     * Returns and clears what a user should know: why a checkpoint could not be written, or how the run that wrote the one
     * that was read differs.
     */
    Optional<String> takeNotice() {
        Optional<String> taken = Optional.ofNullable(notice);
        notice = null;
        return taken;
    }

    private void awaitWriting() {
        writing.await();
        writing.takeFailure()
                .ifPresent(reason -> notice = "the checkpoint of step " + lastSaved
                        + " could not be written, and the run goes on without it: " + reason.getMessage());
    }

    /** Waits for the checkpoint that is being written, if any, and lets other runs use its folder. */
    @Override
    public void close() {
        writing.await();
        if (store != null) {
            store.close();
        }
    }
}
