package io.nanogpt.impl.train;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.spi.Collective;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.LocalSteps;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.Sgd;
import io.nanogpt.train.TrainingConfig;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The replicas that workers divide among them, each of which trains on its own micro-batch of a step with moments of its own,
 * and the model, which is that of the last exchange. The store has the weights and moments of one replica at a time, or the
 * weights of the model; those of the others are kept here, so that a worker with a single replica copies nothing in a step.
 */
final class LocalReplicas {
    /** In place of the index of a replica. */
    private static final int MODEL = -1;

    private final Collective collective;
    private final ParameterStore parameters;
    private final LocalSteps settings;
    private final List<ParameterSpec> specs;
    private final int count;
    private final int first;
    private final Replica[] mine;
    /** The weights of the model, and the velocity of the outer optimizer; none without momentum. */
    private final float[][] model;

    private final float @Nullable [][] velocity;
    private final SharedSum changes;
    /** For each replica of this worker its loss and the number of its targets. */
    private final double[] told;
    /** The index of the replica whose weights are in the store; {@link #MODEL} for those of the model. */
    private int shown;
    /** The index of the replica whose moments are in the store. */
    private int moments;
    /** Whether all replicas have the weights of the model. */
    private boolean equal = true;

    /** What one replica has, by parameter. Moments and gradients of the only replica of a worker are in the store alone. */
    private static final class Replica {
        final float[][] weights;
        final float[][][] moments;
        final float[][] gradients;
        double norm;

        Replica(List<ParameterSpec> specs, ParameterGroups groups, boolean alone) {
            weights = arrays(specs);
            moments = alone
                    ? new float[0][][]
                    : specs.stream()
                            .map(spec -> groups.optimizer(spec).stateShapes(spec).stream()
                                    .map(LocalReplicas::array)
                                    .toArray(float[][]::new))
                            .toArray(float[][][]::new);
            gradients = alone ? new float[0][] : arrays(specs);
        }
    }

    private LocalReplicas(
            Collective collective, ParameterStore parameters, LocalSteps settings, ParameterGroups groups, int count) {
        this.collective = collective;
        this.parameters = parameters;
        this.settings = settings;
        this.count = count;
        specs = parameters.trained();
        SharedGradient.requireNoTables(specs);
        WorkerSteps.requireEnough(count, collective.size());
        first = begin(collective.rank());
        mine = new Replica[begin(collective.rank() + 1) - first];
        Arrays.setAll(mine, index -> new Replica(specs, groups, mine.length == 1));
        model = arrays(specs);
        velocity = settings.outer().momentum() > 0 ? arrays(specs) : null;
        changes = new SharedSum(collective, SharedGradient.elements(specs), mine.length);
        told = new double[2 * mine.length];
        for (int i = 0; i < model.length; i++) {
            parameters.read(specs.get(i).name(), model[i]);
        }
        copyModelToReplicas();
    }

    /** The replicas of a run, which all have the weights in the store; null for a run without. */
    static @Nullable LocalReplicas of(TrainingConfig config, ParameterStore parameters, Workers workers) {
        if (config.localSteps().isEmpty()) {
            return null;
        }
        Collective known = workers.collective();
        return new LocalReplicas(
                known == null ? new SingleWorker() : known,
                parameters,
                config.localSteps().get(),
                config.optimization().groups(),
                config.optimization().batches().most());
    }

    private static float[][] arrays(List<ParameterSpec> specs) {
        return specs.stream().map(spec -> new float[spec.elements()]).toArray(float[][]::new);
    }

    private static float[] array(Shape shape) {
        return new float[Math.toIntExact(shape.elements())];
    }

    private int begin(int worker) {
        return Collective.begin(count, worker, collective.size());
    }

    /** The number of the first replica of this worker. */
    int first() {
        return first;
    }

    /** The number of replicas of this worker. */
    int size() {
        return mine.length;
    }

    // ---- steps

    /** Computes the gradients of a step, each replica those of its micro-batch; returns the mean loss of all workers. */
    float forwardAndBackward(WorkerSteps.MicroBatch batches, BatchInputs inputs) {
        for (int index = 0; index < mine.length; index++) {
            Replica replica = mine[index];
            show(index);
            told[2 * index] = batches.run(first + index);
            told[2 * index + 1] = inputs.predicted();
            replica.norm = parameters.gradientNorm();
            for (int i = 0; i < replica.gradients.length; i++) {
                parameters.readGradient(specs.get(i).name(), replica.gradients[i]);
            }
        }
        double losses = 0;
        long predicted = 0;
        for (double[] each : collective.gather(told)) {
            for (int at = 0; at < each.length; at += 2) {
                losses += each[at + 1] == 0 ? 0 : each[at] * each[at + 1];
                predicted += (long) each[at + 1];
            }
        }
        return count == 1 ? (float) told[0] : (float) (losses / Math.max(1, predicted));
    }

    /** The norm of the gradients of this worker's first replica in the last step. */
    double gradientNorm() {
        return mine[0].norm;
    }

    /** Updates the weights in the store with the gradients there. */
    @FunctionalInterface
    interface Update {
        void apply(double gradientNorm);
    }

    /** Updates each replica with its gradients. */
    void update(Update update) {
        for (int index = 0; index < mine.length; index++) {
            Replica replica = mine[index];
            show(index);
            showMoments(index);
            for (int i = 0; i < replica.gradients.length; i++) {
                parameters.writeGradient(specs.get(i).name(), replica.gradients[i]);
            }
            update.apply(replica.norm);
            equal = false;
        }
    }

    /** Whether there is an exchange after a step. */
    boolean isDue(int step) {
        return step % settings.every() == 0;
    }

    /** Takes an outer step with the mean change of all replicas, from which all go on. */
    void exchange() {
        keepShown();
        for (int index = 0; index < mine.length; index++) {
            float[] change = changes.array(index);
            int at = 0;
            for (int i = 0; i < model.length; i++) {
                float[] weights = mine[index].weights[i];
                for (int j = 0; j < weights.length; j++) {
                    change[at + j] = model[i][j] - weights[j];
                }
                at += weights.length;
            }
            changes.give(index);
        }
        outerStep(changes.sum(count, LocalReplicas::add));
        copyModelToReplicas();
        write(model);
        shown = mine.length == 1 ? 0 : MODEL;
        equal = true;
    }

    private static void add(float[] values, int at, int length, int replica, float[] sum, int to) {
        for (int i = 0; i < length; i++) {
            sum[to + i] += values[at + i];
        }
    }

    private void outerStep(float[] sum) {
        int at = 0;
        for (int i = 0; i < model.length; i++) {
            outerStep(model[i], velocity == null ? null : velocity[i], sum, at);
            at += model[i].length;
        }
    }

    /** Updates one parameter by its mean change, of which the sum over the replicas is given. */
    private void outerStep(float[] weights, float @Nullable [] velocity, float[] sum, int from) {
        Sgd outer = settings.outer();
        float rate = (float) outer.learningRate();
        float momentum = (float) outer.momentum();
        float decay = (float) outer.weightDecay();
        float share = 1f / count;
        for (int i = 0; i < weights.length; i++) {
            float gradient = sum[from + i] * share + decay * weights[i];
            float change = gradient;
            if (velocity != null) {
                velocity[i] = momentum * velocity[i] + gradient;
                change = outer.nesterov() ? gradient + momentum * velocity[i] : velocity[i];
            }
            weights[i] -= rate * change;
        }
    }

    private void copyModelToReplicas() {
        for (Replica replica : mine) {
            for (int i = 0; i < model.length; i++) {
                System.arraycopy(model[i], 0, replica.weights[i], 0, model[i].length);
            }
        }
    }

    // ---- what is in the store

    /** Puts the weights of the model into the store. */
    void showModel() {
        show(MODEL);
    }

    private void show(int index) {
        if (index == shown) {
            return;
        }
        if (!equal) {
            keepShown();
            write(index == MODEL ? model : mine[index].weights);
        }
        shown = index;
    }

    private void write(float[][] weights) {
        for (int i = 0; i < weights.length; i++) {
            parameters.write(specs.get(i).name(), weights[i]);
        }
    }

    /** Copies the weights of a replica in the store to those that are kept here. */
    private void keepShown() {
        if (shown == MODEL || equal) {
            return;
        }
        for (int i = 0; i < model.length; i++) {
            parameters.read(specs.get(i).name(), mine[shown].weights[i]);
        }
    }

    private void showMoments(int index) {
        if (index == moments) {
            return;
        }
        for (int i = 0; i < model.length; i++) {
            String name = specs.get(i).name();
            float[][] before = mine[moments].moments[i];
            float[][] now = mine[index].moments[i];
            for (int order = 1; order <= now.length; order++) {
                parameters.readMoment(name, order, before[order - 1]);
                parameters.writeMoment(name, order, now[order - 1]);
            }
        }
        moments = index;
    }

    // ---- checkpoints

    /** Copies the model and the replicas of this worker. */
    void capture(Snapshot snapshot) {
        keepShown();
        for (int i = 0; i < model.length; i++) {
            String name = specs.get(i).name();
            copy(model[i], snapshot.value(name));
            if (velocity != null) {
                copy(velocity[i], snapshot.moment(name, 1));
            }
            for (int index = 0; index < mine.length; index++) {
                Snapshot own = snapshot.replica(first + index);
                copy(mine[index].weights[i], own.value(name));
                for (int order = 1; order <= own.moments(specs.get(i)).size(); order++) {
                    if (index == moments) {
                        parameters.readMoment(name, order, own.moment(name, order));
                    } else {
                        copy(mine[index].moments[i][order - 1], own.moment(name, order));
                    }
                }
            }
        }
    }

    /** Sets the model and the replicas of this worker to those of a snapshot. */
    void restore(Snapshot snapshot) {
        for (int i = 0; i < model.length; i++) {
            String name = specs.get(i).name();
            copy(snapshot.value(name), model[i]);
            if (velocity != null) {
                copy(snapshot.moment(name, 1), velocity[i]);
            }
            for (int index = 0; index < mine.length; index++) {
                Snapshot own = snapshot.replica(first + index);
                copy(own.value(name), mine[index].weights[i]);
                for (int order = 1; order <= own.moments(specs.get(i)).size(); order++) {
                    if (index == 0) {
                        parameters.writeMoment(name, order, own.moment(name, order));
                    } else {
                        copy(own.moment(name, order), mine[index].moments[i][order - 1]);
                    }
                }
            }
        }
        write(mine[0].weights);
        shown = 0;
        moments = 0;
        equal = false;
    }

    private static void copy(float[] from, float[] to) {
        System.arraycopy(from, 0, to, 0, from.length);
    }
}
