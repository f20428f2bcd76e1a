package io.nanogpt.impl.train;

import io.nanogpt.impl.data.DataCursor;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The state of a run beside its weights, from which it continues as if it had not been interrupted.
 *
 * @param step optimizer steps taken
 * @param evaluations in order, without one that an interrupt cut short
 * @param rollbacks their number so far
 * @param seconds since the run began
 * @param cursor of the next batch
 * @param validation fingerprint of the validation examples
 * @param listeners the states of the listeners, by name
 */
public record Progress(
        int step,
        List<EvaluationPoint> evaluations,
        int rollbacks,
        double seconds,
        DataCursor cursor,
        String validation,
        Map<String, String> listeners) {
    public Progress {
        listeners = Collections.unmodifiableMap(new LinkedHashMap<>(listeners));
        evaluations = List.copyOf(evaluations);
    }

    /** The progress of a run that has not begun. */
    static Progress none() {
        return new Progress(0, List.of(), 0, 0, new DataCursor(1, 0, 0, ""), "", Map.of());
    }

    /** The step of the first evaluation of the lowest validation loss; 0 without any. */
    public int bestStep() {
        Evaluations all = new Evaluations();
        all.replace(evaluations);
        return evaluations.isEmpty() ? 0 : all.best().step();
    }
}
