package io.nanogpt.impl.train;

import io.nanogpt.train.TrainingReport.EvaluationPoint;
import java.util.ArrayList;
import java.util.List;

/** The evaluations of a run so far. */
final class Evaluations {
    private final List<EvaluationPoint> points = new ArrayList<>();
    /** Whether an interrupt cut the last one, or its samples, short. */
    private boolean partial;

    void add(EvaluationPoint point) {
        points.add(point);
        partial = false;
    }

    /** Notes that an interrupt cut the last evaluation short, so that a resumed run makes it again. */
    void cutShort() {
        partial = true;
    }

    void replace(List<EvaluationPoint> others) {
        points.clear();
        points.addAll(others);
        partial = false;
    }

    List<EvaluationPoint> all() {
        return List.copyOf(points);
    }

    /** The evaluations without the one that an interrupt cut short. */
    List<EvaluationPoint> complete() {
        return List.copyOf(points.subList(0, points.size() - (partial ? 1 : 0)));
    }

    boolean isOf(int step) {
        return !points.isEmpty() && points.get(points.size() - 1).step() == step;
    }

    /** The first evaluation of the lowest validation loss. */
    EvaluationPoint best() {
        EvaluationPoint best = points.get(0);
        for (EvaluationPoint point : points) {
            if (point.validationLoss() < best.validationLoss()) {
                best = point;
            }
        }
        return best;
    }

    /** The number of evaluations since the best one. */
    int sinceBest() {
        return points.isEmpty() ? 0 : points.size() - 1 - points.indexOf(best());
    }
}
