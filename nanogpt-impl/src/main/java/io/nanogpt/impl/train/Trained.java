package io.nanogpt.impl.train;

import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.TrainingConfig;
import org.jspecify.annotations.Nullable;

/**
 * What a run trains.
 *
 * @param parameters weights and moments
 * @param replicas of this worker; null if all workers train the same weights
 */
record Trained(ParameterStore parameters, @Nullable LocalReplicas replicas) {
    /** Space for a copy of the state of a run. */
    Snapshot snapshot(TrainingConfig config, boolean leads) {
        boolean best = config.evaluation().keepBest();
        boolean averages = config.averaging().isPresent();
        ParameterGroups groups = config.optimization().groups();
        if (replicas == null) {
            return new Snapshot(parameters.trained(), groups, best, averages);
        }
        ParameterGroups outer =
                ParameterGroups.of(config.localSteps().orElseThrow().outer());
        Snapshot model = new Snapshot(parameters.trained(), outer, best, averages);
        model.withReplicas(replicas.first(), replicas.size(), groups, leads);
        return model;
    }

    void capture(Snapshot snapshot, Kept kept, Progress now) {
        if (replicas == null) {
            snapshot.capture(parameters);
        } else {
            replicas.capture(snapshot);
        }
        snapshot.capture(kept, now);
    }

    void restore(Snapshot snapshot, Kept kept) {
        if (replicas == null) {
            snapshot.restore(parameters);
        } else {
            replicas.restore(snapshot);
        }
        snapshot.restore(kept);
    }
}
