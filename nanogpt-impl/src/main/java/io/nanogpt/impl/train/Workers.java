package io.nanogpt.impl.train;

import io.nanogpt.NanogptException;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.Collective;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the workers of a run agree on: that they are the same run, the state in which it begins, what worker 0 evaluates,
 * and when it ends. A run in one process is its own worker 0, for which nothing is exchanged.
 */
final class Workers {
    /** Numbers of an evaluation that are exchanged. */
    private static final int POINT = 6;
    /** Numbers of the progress before those of its evaluations: whether there is a checkpoint, step, roll-backs, seconds. */
    private static final int HEADER = 4;

    private final @Nullable Collective collective;

    Workers(Optional<Collective> collective) {
        this.collective = collective.orElse(null);
    }

    /** Whether this worker evaluates, calls listeners and keeps checkpoints. */
    boolean leads() {
        return collective == null || collective.rank() == 0;
    }

    /** The workers; null for a run in one process. */
    @Nullable
    Collective collective() {
        return collective;
    }

    /**
     * Checks that all workers have the same of something.
     *
     * @param what is compared, as messages name it
     * @throws IllegalArgumentException if one has another
     */
    void requireSame(String what, String mine) {
        if (collective == null) {
            return;
        }
        double[][] all = collective.gather(mine.chars().asDoubleStream().toArray());
        String first = text(all[0]);
        for (int worker = 1; worker < all.length; worker++) {
            String other = text(all[worker]);
            if (!other.equals(first)) {
                throw new IllegalArgumentException("the workers of this run have different " + what + ": worker 0 "
                        + first + ", worker " + worker + " " + other + "; give all workers the same");
            }
        }
    }

    private static String text(double[] characters) {
        StringBuilder text = new StringBuilder();
        for (double character : characters) {
            text.append((char) character);
        }
        return text.toString();
    }

    /** A number that worker 0 computes. */
    double fromFirst(DoubleSupplier number) {
        if (collective == null) {
            return number.getAsDouble();
        }
        return leads()
                ? collective.gather(number.getAsDouble())[0][0]
                : collective.gather()[0][0];
    }

    /** Replaces each number by the first that is not 0 among those of all workers in order, if any is. */
    void agree(int[] numbers) {
        if (collective == null) {
            return;
        }
        double[][] all =
                collective.gather(Arrays.stream(numbers).asDoubleStream().toArray());
        for (int i = 0; i < numbers.length; i++) {
            int at = i;
            numbers[i] = (int) Arrays.stream(all)
                    .mapToDouble(each -> each[at])
                    .filter(number -> number != 0)
                    .findFirst()
                    .orElse(0);
        }
    }

    /** Waits until all workers have come here. */
    void meet() {
        if (collective != null) {
            collective.gather();
        }
    }

    /**
     * The newest checkpoint that all workers have.
     *
     * @param mine the steps of those of this worker, in order
     * @return its step; 0 if there is none
     * @throws NanogptException if one has several, of which another has none
     */
    int newestOfAll(List<Integer> mine) {
        List<Integer> common = new ArrayList<>(mine);
        boolean several = mine.size() > 1;
        if (collective != null) {
            for (double[] each : collective.gather(
                    mine.stream().mapToDouble(Integer::doubleValue).toArray())) {
                several |= each.length > 1;
                common.removeIf(step -> Arrays.stream(each).noneMatch(other -> other == step));
            }
        }
        if (common.isEmpty() && several) {
            throw new NanogptException(
                    "the workers of this run have checkpoints, but none of the same step; give each the"
                            + " replica-*.safetensors of its replicas, or delete all checkpoints to begin anew");
        }
        return common.isEmpty() ? 0 : common.get(common.size() - 1);
    }

    /**
     * Gives all workers the state that worker 0 read from a checkpoint.
     *
     * @param found whether there was one; of no meaning for other workers
     * @return whether there was one
     */
    boolean shareCheckpoint(boolean found, Snapshot snapshot) {
        if (collective == null || collective.size() == 1) {
            return found;
        }
        double[] progress = collective.gather(leads() ? numbers(found, snapshot.progress()) : new double[0])[0];
        if (progress[0] == 0) {
            return false;
        }
        for (ParameterSpec spec : snapshot.specs()) {
            for (float[] copy : snapshot.copies(spec.name())) {
                collective.broadcast(copy);
            }
        }
        if (!leads()) {
            snapshot.progress(progress(progress));
        }
        return true;
    }

    private static double[] numbers(boolean found, Progress progress) {
        double[] numbers = new double[HEADER + POINT * progress.evaluations().size()];
        numbers[0] = found ? 1 : 0;
        numbers[1] = progress.step();
        numbers[2] = progress.rollbacks();
        numbers[3] = progress.seconds();
        int at = HEADER;
        for (EvaluationPoint point : progress.evaluations()) {
            numbers[at++] = point.step();
            numbers[at++] = point.trainLoss();
            numbers[at++] = point.validationLoss();
            numbers[at++] = point.seconds();
            numbers[at++] = point.averagedLoss().orElse(Double.NaN);
            numbers[at++] = point.bitsPerByte().orElse(Double.NaN);
        }
        return numbers;
    }

    /** Without the states of listeners, the data and the validation examples, which worker 0 alone compares. */
    private static Progress progress(double[] numbers) {
        List<EvaluationPoint> points = new ArrayList<>();
        for (int at = HEADER; at < numbers.length; at += POINT) {
            points.add(new EvaluationPoint(
                    (int) numbers[at],
                    numbers[at + 1],
                    numbers[at + 2],
                    numbers[at + 3],
                    present(numbers[at + 4]),
                    present(numbers[at + 5])));
        }
        Progress none = Progress.none();
        return new Progress(
                (int) numbers[1], points, (int) numbers[2], numbers[3], none.cursor(), none.validation(), Map.of());
    }

    private static OptionalDouble present(double number) {
        return Double.isNaN(number) ? OptionalDouble.empty() : OptionalDouble.of(number);
    }
}
