package io.nanogpt.impl.train;

import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.TrainingConfig;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a copy of the last good state of a run, to go back to, and hands it to a thread that writes it. A step waits for
 * nothing but the copy, unless the one before is still being written.
 */
final class CheckpointManager implements AutoCloseable {
    private final ParameterStore parameters;
    private final @Nullable CheckpointConfig checkpoints;
    private final @Nullable CheckpointStore store;
    private final @Nullable Snapshot snapshot;
    private final double stepsPerEpoch;
    private final int guardEvery;
    private final boolean rollbacks;
    private final BackgroundTask writing = new BackgroundTask();
    private int lastSaved = -1;
    private @Nullable String failure;

    CheckpointManager(
            TrainingConfig config, ParameterStore parameters, @Nullable CheckpointStore store, double stepsPerEpoch) {
        this.parameters = parameters;
        this.store = store;
        this.stepsPerEpoch = stepsPerEpoch;
        checkpoints = store == null ? null : config.checkpoints().orElseThrow();
        guardEvery = config.guards().saveEvery();
        rollbacks = config.guards().rollbacks() > 0;
        snapshot = store != null || rollbacks
                ? new Snapshot(
                        parameters.specs(),
                        config.optimization().optimizer(),
                        config.evaluating().keepBest())
                : null;
    }

    /** Reads the newest checkpoint, where there is one, into the parameters. */
    Progress resume(BestWeights best) {
        if (store == null || snapshot == null || !store.read(snapshot)) {
            return Progress.none();
        }
        snapshot.restore(parameters, best);
        lastSaved = snapshot.progress().step();
        return snapshot.progress();
    }

    /** Whether the state after a step is to be kept. */
    boolean isDue(int step, boolean best) {
        if (snapshot == null || step == lastSaved) {
            return false;
        }
        if (checkpoints == null) {
            return best || step % guardEvery == 0;
        }
        if (step == 0) {
            return rollbacks; // To go back to; a checkpoint of it would hold nothing that the seed does not give.
        }
        return best || step % checkpoints.every() == 0 || isEpochEnd(step);
    }

    private boolean isEpochEnd(int step) {
        return checkpoints != null
                && checkpoints.epochs()
                && Math.floor(step / stepsPerEpoch) > Math.floor((step - 1) / stepsPerEpoch);
    }

    /** Keeps the present state. */
    void save(BestWeights best, Progress progress) {
        if (snapshot == null) {
            return;
        }
        awaitWriting();
        snapshot.capture(parameters, best, progress);
        lastSaved = progress.step();
        if (store != null && progress.step() > 0) {
            CheckpointStore target = store;
            Snapshot source = snapshot;
            boolean epochEnd = isEpochEnd(progress.step());
            writing.start(() -> target.write(source, epochEnd));
        }
    }

    /** Keeps the last state of a run, for one that continues it. */
    void saveEnd(BestWeights best, Progress progress) {
        if (store != null && progress.step() > 0 && progress.step() != lastSaved) {
            save(best, progress);
        }
        awaitWriting();
    }

    /** The state that was kept last. */
    Optional<Snapshot> lastGood() {
        return lastSaved < 0 ? Optional.empty() : Optional.ofNullable(snapshot);
    }

    /** Why a checkpoint could not be written; told once. */
    Optional<String> takeFailure() {
        Optional<String> taken = Optional.ofNullable(failure);
        failure = null;
        return taken;
    }

    private void awaitWriting() {
        writing.await();
        writing.takeFailure()
                .ifPresent(reason -> failure = "the checkpoint of step " + lastSaved
                        + " could not be written, and the run goes on without it: " + reason.getMessage());
    }

    /** Waits for what is being written. */
    @Override
    public void close() {
        writing.await();
    }
}
