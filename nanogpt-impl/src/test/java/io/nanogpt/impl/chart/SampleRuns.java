package io.nanogpt.impl.chart;

import io.nanogpt.experiment.Run;
import io.nanogpt.train.Baselines;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Invented runs. */
final class SampleRuns {
    private SampleRuns() {}

    /** Three learning rates with two seeds each, of which the last failed. */
    static List<Run> sweep() {
        List<Run> runs = new ArrayList<>();
        for (String rate : List.of("1e-2", "1e-4", "1e-3")) {
            for (long seed = 1; seed <= 2; seed++) {
                runs.add(run(Map.of("learning-rate", rate, "layers", "4"), seed, 1.2 + seed / 100.0));
            }
        }
        runs.add(failed(runs.remove(5), "the loss is not finite at step 611"));
        return runs;
    }

    /** A run whose validation loss falls from 4 to a final one over 1,000 steps. */
    static Run run(Map<String, String> settings, long seed, double loss) {
        List<EvaluationPoint> evaluations = new ArrayList<>();
        for (int step = 0; step <= 1000; step += 200) {
            double validation = loss + (4 - loss) * (1000 - step) / 1000;
            evaluations.add(new EvaluationPoint(step, validation - 0.1, validation, step / 50.0));
        }
        Map<String, String> ordered = new LinkedHashMap<>();
        settings.keySet().stream().sorted().forEach(name -> ordered.put(name, settings.get(name)));
        return new Run(
                "run-" + Integer.toHexString(settings.hashCode()) + "-" + seed,
                "a label",
                Instant.parse("2026-11-01T12:00:00Z"),
                ordered,
                seed,
                Run.State.FINISHED,
                evaluations,
                List.of(new Run.Sample(1000, "H&E", " stained\nsection")),
                new Run.Measures(804_000, 500_000, 1024, 20, 51_200),
                "0.1.0",
                Optional.empty());
    }

    /** A run with the losses of counted models. */
    static Run counted(Run run, Baselines baselines) {
        return new Run(
                run.id(),
                run.label(),
                run.startedAt(),
                run.settings(),
                run.seed(),
                run.state(),
                run.evaluations(),
                run.samples(),
                run.measures(),
                run.version(),
                run.error(),
                Optional.of(baselines));
    }

    static Run failed(Run run, String error) {
        return new Run(
                run.id(),
                run.label(),
                run.startedAt(),
                run.settings(),
                run.seed(),
                Run.State.FAILED,
                run.evaluations().subList(0, 3),
                List.of(),
                run.measures(),
                run.version(),
                Optional.of(error));
    }

    static Run labelled(Run run, String label) {
        return new Run(
                run.id() + "-" + Integer.toHexString(label.hashCode()),
                label,
                run.startedAt(),
                run.settings(),
                run.seed(),
                run.state(),
                run.evaluations(),
                run.samples(),
                run.measures(),
                run.version(),
                run.error());
    }
}
