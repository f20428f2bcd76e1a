package io.nanogpt.impl.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.chart.Charts;
import io.nanogpt.chart.Report;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.experiment.Run;
import io.nanogpt.impl.chart.Axis.Range;
import io.nanogpt.train.LearningRateFinder;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Charts and reports of whatever numbers a run log holds. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@Tag("any-jdk")
class ExtremeValuesTest {
    private static final double[] EXTREMES = {
        0, Double.MIN_VALUE, 1e-300, 1e-40, 1, 1 + 1e-15, 1e15, 1e30, 1e100, 1e307, 1e308, Double.MAX_VALUE
    };

    @TempDir
    Path folder;

    static Stream<List<Double>> pairs() {
        return DoubleStream.of(EXTREMES)
                .boxed()
                .flatMap(first -> DoubleStream.of(EXTREMES).mapToObj(second -> List.of(first, second)));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void everyFinitePairHasAnAxisWithFewTicks(List<Double> pair) {
        for (int sign : new int[] {1, -1}) {
            Range range = Range.of(List.of(sign * pair.get(0), pair.get(1)));
            List<Axis> axes = new ArrayList<>(List.of(Axis.linear("", range, 6), Axis.tight("", range, 6)));
            if (range.from() >= 0) {
                axes.add(Axis.logarithmic("", range, 6));
            }
            for (Axis axis : axes) {
                assertThat(axis.ticks()).hasSizeBetween(1, 20);
                assertThat(axis.ticks())
                        .allSatisfy(tick -> assertThat(tick.label().length())
                                .as(tick.label())
                                .isLessThan(40));
                for (double value : EXTREMES) {
                    assertThat(axis.place(value)).isBetween(0.0, 1.0);
                }
            }
        }
    }

    @Test
    void runsOfAnyLossesAreDrawn() throws IOException {
        for (double extreme : new double[] {1e-300, 1e100, 1e307, 1e308, -1e308}) {
            List<Run> runs = new ArrayList<>(SampleRuns.sweep());
            runs.add(ending(runs.get(0), 3, extreme, 1));
            runs.add(ending(runs.get(0), 4, extreme, 1e308));
            for (RunPlot plot : SampleRuns.PLOTS) {
                assertThat(String.join(" ", DrawnScenes.check(Charts.runs(plot, runs), folder)))
                        .doesNotContain("NaN", "Infinity");
            }
            assertThat(Report.of("extremes", runs).html()).contains("Charts");
        }
    }

    @Test
    void numbersThatAreNotFiniteAreLeftOut() {
        List<Run> runs = new ArrayList<>();
        for (double seconds : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            Run run = SampleRuns.run(Map.of("layers", "4"), runs.size() + 1, 1);
            List<EvaluationPoint> evaluations = run.evaluations().stream()
                    .map(point -> new EvaluationPoint(point.step(), point.trainLoss(), Double.NaN, seconds))
                    .toList();
            runs.add(with(run, evaluations));
        }
        String html = Report.of("not finite", runs).html();

        assertThat(html).contains("Loss over optimizer steps").doesNotContain("Loss over time");
    }

    @Test
    void aSearchWithExtremeLossesIsDrawn() throws IOException {
        List<LearningRateFinder.Point> points = Stream.of(1e-300, 1e-5, 1e-3, 1e300)
                .map(rate -> new LearningRateFinder.Point(rate, rate * 1e8))
                .toList();
        LearningRateFinder.Result result = new LearningRateFinder.Result(points, 1e-320, 1e-3);

        assertThat(DrawnScenes.check(Charts.learningRates(result), folder))
                .contains("learning rate (per optimizer step)");
    }

    private static Run ending(Run run, long seed, double loss, double seconds) {
        List<EvaluationPoint> evaluations = new ArrayList<>(run.evaluations());
        evaluations.set(evaluations.size() - 1, new EvaluationPoint(1000, loss, loss, seconds));
        Run other = SampleRuns.run(run.settings(), seed, 1);
        return with(other, evaluations);
    }

    private static Run with(Run run, List<EvaluationPoint> evaluations) {
        return new Run(
                run.id(),
                run.label(),
                run.startedAt(),
                run.settings(),
                run.seed(),
                run.state(),
                evaluations,
                run.samples(),
                run.measures(),
                run.version(),
                run.error());
    }
}
