package io.nanogpt.impl.chart;

import io.nanogpt.chart.RunChartOptions.Over;
import io.nanogpt.experiment.Run;
import io.nanogpt.train.TrainingReport.EvaluationPoint;

/** The x axis of curves. */
record CurveAxis(Over over, boolean logarithmic) {
    String title() {
        return switch (over) {
            case STEPS -> "optimizer steps";
            case TOKENS -> "tokens trained on";
            case SECONDS -> "training time (seconds)";
        };
    }

    double of(Run run, EvaluationPoint point) {
        return of(run, point.step(), point.seconds());
    }

    double of(Run run, int step, double seconds) {
        return switch (over) {
            case STEPS -> step;
            case TOKENS -> (double) run.tokens(step);
            case SECONDS -> seconds;
        };
    }
}
