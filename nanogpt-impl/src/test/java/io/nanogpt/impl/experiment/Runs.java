package io.nanogpt.impl.experiment;

import io.nanogpt.experiment.Run;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs for tests. */
final class Runs {
    static final Instant START = Instant.parse("2026-11-21T19:30:00.123456789Z");
    static final Run.Measures MEASURES = new Run.Measures(827_392, 874_488, 768, 2.625, 61_440);

    private Runs() {}

    static Map<String, String> settings(String... namesAndValues) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            settings.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return settings;
    }

    static Run finished(String id, Map<String, String> settings, long seed, double... validationLosses) {
        return run(id, settings, seed, Optional.empty(), validationLosses);
    }

    static Run failed(String id, Map<String, String> settings, String error) {
        return run(id, settings, 1, Optional.of(error));
    }

    private static Run run(
            String id, Map<String, String> settings, long seed, Optional<String> error, double... validationLosses) {
        EvaluationPoint[] points = new EvaluationPoint[validationLosses.length];
        for (int i = 0; i < points.length; i++) {
            points[i] = new EvaluationPoint(100 * i, validationLosses[i] - 0.25, validationLosses[i], i);
        }
        return new Run(
                id,
                "a label",
                START,
                settings,
                seed,
                error.isPresent() ? Run.State.FAILED : Run.State.FINISHED,
                List.of(points),
                List.of(),
                error.isPresent() ? Run.Measures.none() : MEASURES,
                "0.1.0",
                error);
    }
}
