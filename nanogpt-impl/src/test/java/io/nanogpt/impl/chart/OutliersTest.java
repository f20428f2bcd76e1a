package io.nanogpt.impl.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.chart.Charts;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.experiment.Run;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("any-jdk")
class OutliersTest {
    @Test
    void aSpikeDoesNotFlattenTheRest() {
        String svg = Charts.runs(
                        RunPlot.STEPS, List.of(run(i -> i == 3 ? 55 : 4 - i / 10.0, i -> i == 3 ? 55 : 4 - i / 10.0)))
                .svg();
        assertThat(svg)
                .contains(">55</text>")
                .contains(">loss (nats per token)</text>")
                .doesNotContain("logarithmic");
    }

    @Test
    void aLogarithmicAxisSaysSo() {
        String svg = Charts.runs(RunPlot.STEPS, List.of(run(i -> 40.0 / (i + 1), i -> 40.0 / (i + 1))))
                .svg();
        assertThat(svg).contains(">loss (nats per token), logarithmic</text>");
    }

    @Test
    void overfittingIsMarked() {
        String svg = Charts.runs(RunPlot.STEPS, List.of(run(i -> 4 - i / 10.0, i -> 3 + Math.abs(i - 5) / 10.0)))
                .svg();
        assertThat(svg).contains(">lowest 3.000</text>").contains("<polygon");
        String falling = Charts.runs(RunPlot.STEPS, List.of(run(i -> 4 - i / 10.0, i -> 4 - i / 10.0)))
                .svg();
        assertThat(falling).doesNotContain("lowest");
    }

    @Test
    void fractionsAreWrittenAsPeopleDo() {
        assertThat(RunGroups.number("0.0029999999999999996")).isEqualTo("0.003");
        assertThat(RunGroups.number("0.00001")).isEqualTo("1e-5");
        assertThat(RunGroups.number("12345678")).isEqualTo("12345678");
        assertThat(RunGroups.number("1.2.3")).isEqualTo("1.2.3");
    }

    private static Run run(IntToDoubleFunction train, IntToDoubleFunction validation) {
        List<EvaluationPoint> points = new ArrayList<>();
        for (int i = 0; i <= 20; i++) {
            points.add(new EvaluationPoint(
                    100 * i,
                    train.applyAsDouble(i),
                    validation.applyAsDouble(i),
                    i,
                    OptionalDouble.empty(),
                    OptionalDouble.empty()));
        }
        return new Run(
                "id",
                "label",
                Instant.EPOCH,
                Map.of(),
                1,
                Run.State.FINISHED,
                points,
                List.of(),
                new Run.Measures(100, 1000, 10, 5, 100),
                "1",
                Optional.empty());
    }
}
