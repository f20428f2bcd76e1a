package io.nanogpt.examples.cli.console;

import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingStep;
import java.util.function.BiConsumer;

/** The progress of a run without its samples, but for one at the start, one in the middle and one at the end. */
public final class ThreeSamples implements TrainingListener {
    private final TrainingListener progress;
    private final BiConsumer<Integer, String> sample;
    private int steps;
    private int shown = -1;

    /**
     * Creates a listener.
     *
     * @param progress is told everything but the samples
     * @param sample takes the step and the text with its prompt
     */
    public ThreeSamples(TrainingListener progress, BiConsumer<Integer, String> sample) {
        this.progress = progress;
        this.sample = sample;
    }

    @Override
    public void onStart(TrainingPlan plan) {
        steps = plan.steps();
        progress.onStart(plan);
    }

    @Override
    public void onStep(TrainingStep step) {
        progress.onStep(step);
    }

    @Override
    public void onEvaluation(EvaluationPoint point) {
        progress.onEvaluation(point);
    }

    @Override
    public void onSample(int step, String prompt, String text) {
        boolean isStart = step == 0;
        boolean isMiddle = step >= steps / 2 && shown < steps / 2;
        boolean isEnd = step >= steps;
        if ((isStart || isMiddle || isEnd) && step != shown) {
            shown = step;
            sample.accept(step, prompt + text);
        }
    }

    @Override
    public void onNotice(String message) {
        progress.onNotice(message);
    }

    @Override
    public boolean showsNotices() {
        return progress.showsNotices();
    }

    @Override
    public void onEnd(TrainingReport report) {
        progress.onEnd(report);
    }

    @Override
    public void onError(Throwable error) {
        progress.onError(error);
    }
}
