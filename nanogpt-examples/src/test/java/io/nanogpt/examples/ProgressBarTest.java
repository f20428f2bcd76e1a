package io.nanogpt.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingReport.StopReason;
import io.nanogpt.train.TrainingStep;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
    private static final TrainingPlan PLAN = new TrainingPlan(
            "cpu",
            827_392,
            109,
            874_488,
            97_166,
            1,
            200,
            768,
            4_964_352,
            OptionalDouble.empty(),
            1138.7,
            0.18,
            61,
            40_000_000,
            Map.of());

    @Test
    void aTerminalSeesOneLineDrawnOver() {
        String drawn = draw(true);
        assertThat(drawn.split("\n")).hasSize(3);
        assertThat(drawn)
                .contains("\r[============            ] 100/200 loss 2.500 validation 4.700 7,680 tokens/s 0:10 left");
    }

    @Test
    void elsewhereEvaluationsAreLines() {
        assertThat(draw(false).lines())
                .containsExactly(
                        "827,392 parameters on cpu; 874,488 training tokens, 768 a step, 0.18 epochs; about 1:01 and"
                                + " 40 MB",
                        "step 0/200: train loss 4.7000, validation loss 4.7000, 0 tokens/s, 1:01 left",
                        "step 100/200: train loss 2.4000, validation loss 2.5000, 7,680 tokens/s, 0:11 left",
                        "200 steps in 0:22: train loss 2.4000, validation loss 2.5000, 7,680 tokens/s");
    }

    @Test
    void clocksHaveHoursWhereThereAreAny() {
        assertThat(ProgressBar.clock(59.6)).isEqualTo("1:00");
        assertThat(ProgressBar.clock(3_725)).isEqualTo("1:02:05");
    }

    private static String draw(boolean terminal) {
        StringWriter text = new StringWriter();
        ProgressBar bar = new ProgressBar(new PrintWriter(text), terminal);
        bar.onStart(PLAN);
        EvaluationPoint first = new EvaluationPoint(0, 4.7, 4.7, 1);
        EvaluationPoint second = new EvaluationPoint(100, 2.4, 2.5, 12);
        bar.onEvaluation(first);
        for (int step = 1; step <= 100; step++) {
            bar.onStep(new Step(step, 2.5f, 1e-3, 1, 768L * step, 0.1, 1 + step * 0.1));
        }
        bar.onEvaluation(second);
        bar.onEnd(new TrainingReport(PLAN, 200, StopReason.DONE, List.of(first, second), 100, 100, 7_680, 22));
        return text.toString();
    }

    private record Step(
            int number,
            float loss,
            double learningRate,
            double gradientNorm,
            long tokens,
            double stepSeconds,
            double seconds)
            implements TrainingStep {}
}
