package io.nanogpt.impl.train;

import io.nanogpt.impl.train.TrainingRun.CheckpointStore;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.TrainingConfig;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a copy of the last good state of a run for rollbacks, and writes it as a checkpoint in the background. A step
 * waits only for the copy, unless the previous checkpoint is still being written.
 */
final class CheckpointManager implements AutoCloseable {
    private final Trained trained;
    private final Workers workers;
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
            Trained trained,
            Workers workers,
            @Nullable CheckpointStore store,
            IntToDoubleFunction epochs) {
        this.trained = trained;
        this.workers = workers;
        // Workers that do not lead copy the state when worker 0 does, for rollbacks, and write nothing but their
        // replicas.
        this.store = workers.leads() || trained.replicas() != null ? store : null;
        this.epochs = epochs;
        settings = store == null ? null : config.checkpoints().orElseThrow();
        rollbackEvery = config.divergencePolicy().saveEvery();
        rollbacks = config.divergencePolicy().rollbacks() > 0;
        snapshot = store != null || rollbacks ? trained.snapshot(config, workers.leads()) : null;
    }

    /**
     * Reads the newest checkpoint, if any, into the parameters; that of worker 0, if there are several workers, and of replicas
     * the newest one that all workers have.
     */
    Progress resume(Kept kept) {
        if (settings == null || snapshot == null) {
            return Progress.none();
        }
        List<Integer> steps = store == null ? List.of() : store.steps(snapshot);
        int newest = trained.replicas() == null ? last(steps) : workers.newestOfAll(steps);
        if (newest > 0 && store != null) {
            store.read(newest, snapshot);
        }
        if (!workers.shareCheckpoint(newest > 0, snapshot)) {
            return Progress.none();
        }
        trained.restore(snapshot, kept);
        lastSaved = snapshot.progress().step();
        notice = store == null ? null : store.difference().orElse(null);
        return snapshot.progress();
    }

    private static int last(List<Integer> steps) {
        return steps.isEmpty() ? 0 : steps.get(steps.size() - 1);
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
        if (store != null && trained.replicas() != null) {
            // A checkpoint is complete before any worker writes the next one.
            workers.meet();
        }
        trained.capture(snapshot, kept, progress);
        lastSaved = progress.step();
        if (store != null && progress.step() > 0) {
            CheckpointStore target = store;
            Snapshot source = snapshot;
            boolean epochEnd = isEpochEnd(progress.step());
            writing.start(() -> target.write(source, epochEnd));
        }
    }

    /** Saves the final state of a run, so that another can continue it; returns false if it was saved already. */
    boolean saveEnd(Kept kept, Progress progress) {
        boolean isNew = store != null && progress.step() > 0 && progress.step() != lastSaved;
        if (isNew) {
            save(kept, progress);
        }
        awaitWriting();
        return isNew;
    }

    /** Whether the run has checkpoints, which this worker may leave to worker 0. */
    boolean exist() {
        return settings != null;
    }

    /** Whether this worker writes saved states as checkpoints. */
    boolean writes() {
        return store != null;
    }

    /** Goes back to the last saved state, and returns its progress; empty, and nothing is changed, if there is none. */
    Optional<Progress> restoreLast(Kept kept) {
        if (lastSaved < 0 || snapshot == null) {
            return Optional.empty();
        }
        trained.restore(snapshot, kept);
        return Optional.of(snapshot.progress());
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
