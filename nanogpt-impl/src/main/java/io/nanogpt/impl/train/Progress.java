package io.nanogpt.impl.train;

import io.nanogpt.train.EvaluationPoint;
import java.util.List;
import java.util.Map;

/**
 * How far a run is, beside its weights: all that it needs to go on as if it had not been interrupted.
 *
 * @param step optimizer steps taken
 * @param evaluations in order, without one that an interrupt cut short
 * @param rollbacks how often the run went back
 * @param seconds since it began
 * @param listeners what they want to know when the run is resumed, by their names
 */
public record Progress(
        int step, List<EvaluationPoint> evaluations, int rollbacks, double seconds, Map<String, String> listeners) {
    public Progress {
        listeners = Map.copyOf(listeners);
        evaluations = List.copyOf(evaluations);
    }

    /** Of a run that has not begun. */
    static Progress none() {
        return new Progress(0, List.of(), 0, 0, Map.of());
    }
}
