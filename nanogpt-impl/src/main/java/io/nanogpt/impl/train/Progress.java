package io.nanogpt.impl.train;

import io.nanogpt.impl.data.DataCursor;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far a run is, beside its weights: all that it needs to go on as if it had not been interrupted.
 *
 * @param step optimizer steps taken
 * @param evaluations in order, without one that an interrupt cut short
 * @param rollbacks how often the run went back
 * @param seconds since it began
 * @param cursor of the batch that comes next
 * @param validation fingerprint of the validation examples
 * @param listeners what they want to know when the run is resumed, by their names
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

    /** Of a run that has not begun. */
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
