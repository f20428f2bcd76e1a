package io.nanogpt.impl.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.backend.Compute;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingReport.StopReason;
import io.nanogpt.train.TrainingStep;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ResourceBundle;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
    private static final TrainingPlan PLAN = TrainingPlan.builder()
            .compute(new Compute("cpu", Compute.Kernels.SCALAR, "", Optional.empty()))
            .parameters(827_392)
            .vocabularySize(109)
            .trainTokens(874_488)
            .validationTokens(97_166)
            .firstStep(1)
            .steps(200)
            .tokensPerStep(768)
            .flopsPerToken(4_964_352)
            .stepsPerEpoch(1138.7)
            .epochs(0.18)
            .estimatedSeconds(61)
            .estimatedBytes(40_000_000)
            .build();

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
                        "827,392 parameters on cpu; 874,488 training tokens, 768 a step, 0.18 epochs; about 40 MB",
                        "step 0/200: train loss 4.7000, validation loss 4.7000",
                        "about 0:17 left",
                        "step 100/200: train loss 2.4000, validation loss 2.5000, 7,680 tokens/s, 0:11 left",
                        "200 steps in 0:22: train loss 2.4000, validation loss 2.5000, 7,680 tokens/s");
    }

    @Test
    void aTerminalSeesControlsOfTextsByTheirNumbers() {
        assertThat(sample(true)).endsWith("  a\\u001B[2Jb\\u202Ec d\te\n");
        assertThat(sample(false)).isEqualTo("  a\u001B[2Jb\u202Ec d\te\n");
    }

    private static String sample(boolean terminal) {
        StringWriter out = new StringWriter();
        ProgressBar.on(new PrintWriter(out), terminal).onSample(1, "a\u001B[2J", "b\u202Ec\nd\te");
        return out.toString().replace(System.lineSeparator(), "\n");
    }

    @Test
    void clocksHaveHoursWhereThereAreAny() {
        assertThat(ProgressBar.clock(59.6)).isEqualTo("1:00");
        assertThat(ProgressBar.clock(3_725)).isEqualTo("1:02:05");
    }

    @Test
    void aLoggerGetsALineARecord() {
        List<String> records = new ArrayList<>();
        run(ProgressBar.on(new RecordingLogger(records)));
        assertThat(records).hasSize(5).allMatch(line -> !line.contains("\n"));
        assertThat(records.get(1)).startsWith("INFO step 0/200: train loss 4.7000");
    }

    private record RecordingLogger(List<String> records) implements System.Logger {
        @Override
        public String getName() {
            return "progress";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
            records.add(level + " " + message);
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
            records.add(level + " " + format);
        }
    }

    private static String draw(boolean terminal) {
        StringWriter text = new StringWriter();
        run(ProgressBar.on(new PrintWriter(text), terminal));
        return text.toString();
    }

    private static void run(TrainingListener bar) {
        bar.onStart(PLAN);
        EvaluationPoint first = new EvaluationPoint(0, 4.7, 4.7, 1);
        EvaluationPoint second = new EvaluationPoint(100, 2.4, 2.5, 12);
        bar.onEvaluation(first);
        for (int step = 1; step <= 100; step++) {
            bar.onStep(new Step(step, 2.5f, 1e-3, 1, 768L * step, 0.1, 1 + step * 0.1));
        }
        bar.onEvaluation(second);
        bar.onEnd(new TrainingReport(PLAN, 200, StopReason.DONE, List.of(first, second), 100, 100, 7_680, 22));
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
