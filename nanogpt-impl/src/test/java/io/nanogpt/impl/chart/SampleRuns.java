package io.nanogpt.impl.chart;

import io.nanogpt.chart.RunPlot;
import io.nanogpt.experiment.Run;
import io.nanogpt.train.Baselines;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Invented runs. */
final class SampleRuns {
    /** The plots that runs of any settings have. */
    static final Set<RunPlot> PLOTS =
            EnumSet.of(RunPlot.STEPS, RunPlot.TOKENS, RunPlot.SECONDS, RunPlot.FINALS, RunPlot.PARAMETERS);

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

    /** A baseline, three runs that differ from it in their layers and two in their dropout, all with recorded steps. */
    static List<Run> factors() {
        List<Run> runs = new ArrayList<>();
        for (String[] each :
                new String[][] {{"4", "0.1"}, {"1", "0.1"}, {"2", "0.1"}, {"8", "0.1"}, {"4", "0"}, {"4", "0.3"}}) {
            Run run = run(Map.of("layers", each[0], "dropout", each[1]), 1, 1 + runs.size() / 10.0);
            runs.add(labelled(run, runs.isEmpty() ? "plain" : "layers " + each[0] + ", dropout " + each[1])
                    .withSteps(steps(1e-3)));
        }
        return runs;
    }

    /** A hundred steps of a run whose learning rate falls from a highest one. */
    static List<Run.StepPoint> steps(double rate) {
        List<Run.StepPoint> steps = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            steps.add(new Run.StepPoint(10 * i, i / 5.0, 4 - i / 50.0, rate * (1 - i / 200.0), 1.0 / i, 50_000));
        }
        return steps;
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
        return run.withBaselines(Optional.of(baselines));
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
