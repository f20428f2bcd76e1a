package io.nanogpt.impl.metrics;

import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.train.MetricSink;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingStep;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Passes the metrics of a run to one sink. A sink that fails is disabled after one logged warning, and the run
 * continues.
 */
final class SinkListener implements TrainingListener {
    private static final System.Logger LOGGER = System.getLogger(SinkListener.class.getName());

    private final MetricSink sink;
    private final int every;
    private boolean failed;
    private int lastStep;
    private @Nullable TrainingPlan plan;

    SinkListener(MetricSink sink, int every) {
        this.sink = sink;
        this.every = every;
    }

    @Override
    public void onStart(TrainingPlan plan) {
        this.plan = plan;
        lastStep = plan.firstStep() - 1;
        call(() -> sink.start(plan));
    }

    @Override
    public void onStep(TrainingStep step) {
        lastStep = step.number();
        if (step.number() % every != 0 || failed || plan == null) {
            return;
        }
        long tokens = plan.tokensAfter(step.number()) - plan.tokensAfter(step.number() - 1);
        double perSecond = tokens / step.stepSeconds();
        double flops = plan.flopsPerToken() * perSecond;
        Runtime runtime = Runtime.getRuntime();
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("seconds", step.seconds());
        values.put("tokens", (double) step.tokens());
        values.put("loss", (double) step.loss());
        values.put("learning_rate", step.learningRate());
        values.put("gradient_norm", step.gradientNorm());
        values.put("tokens_per_second", perSecond);
        values.put("step_seconds", step.stepSeconds());
        values.put("flops_per_second", flops);
        plan.peakFlops().ifPresent(peak -> values.put("mfu", flops / peak));
        values.put("memory_bytes", (double) (runtime.totalMemory() - runtime.freeMemory()));
        call(() -> sink.scalars(step.number(), values));
    }

    @Override
    public void onEvaluation(EvaluationPoint point) {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("seconds", point.seconds());
        values.put("train_loss", point.trainLoss());
        values.put("validation_loss", point.validationLoss());
        point.averagedLoss().ifPresent(loss -> values.put("averaged_loss", loss));
        values.put("perplexity", point.perplexity());
        point.bitsPerByte().ifPresent(bits -> values.put("bits_per_byte", bits));
        call(() -> sink.scalars(point.step(), values));
    }

    @Override
    public void onSample(int step, String prompt, String text) {
        call(() -> sink.text(step, "sample", prompt + text));
    }

    @Override
    public void onAttention(int step, AttentionMaps maps) {
        call(() -> sink.attention(step, maps));
    }

    @Override
    public void onNotice(String message) {
        call(() -> sink.text(lastStep, "notice", message));
    }

    @Override
    public void onEnd(TrainingReport report) {
        call(sink::close);
    }

    @Override
    public String state() {
        return sink.state();
    }

    @Override
    public void restore(String state) {
        call(() -> sink.restore(state));
    }

    private void call(Runnable action) {
        if (failed) {
            return;
        }
        try {
            action.run();
        } catch (RuntimeException e) {
            failed = true;
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "the run goes on without " + sink + ", which failed after step " + lastStep + ": " + e.getMessage(),
                    e);
        }
    }
}
