package io.nanogpt.impl.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.chart.Chart;
import io.nanogpt.chart.Charts;
import io.nanogpt.chart.Report;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.experiment.Run;
import io.nanogpt.train.Baselines;
import io.nanogpt.train.LearningRateFinder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("any-jdk")
class RunChartsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(
            value = RunPlot.class,
            names = {"STEPS", "TOKENS", "SECONDS", "FINALS", "PARAMETERS"})
    void everyPlotShowsItsGroupsUnitsAndFailures(RunPlot plot) throws IOException {
        Chart chart = Charts.runs(plot, SampleRuns.sweep(), "learning-rate").withTitle("A sweep");
        for (int width : new int[] {240, 760}) {
            List<String> texts = DrawnScenes.check(chart.withWidth(width), folder);
            String all = String.join(" ", texts);
            assertThat(texts).contains("A sweep");
            assertThat(all).contains("learning-rate", "1e-4", "1e-2", "(nats per token)", "1 of 6 runs has");
        }
    }

    @Test
    void theLossOfTheBestCountsIsALine() throws IOException {
        Baselines baselines = new Baselines(4.6, List.of(3.2, 1.1, 1.2), "");
        Baselines low = new Baselines(4.6, List.of(3.2, 0.01, 1.2), "");
        Run falling = SampleRuns.run(Map.of("layers", "4"), 1, 3);
        assertThat(DrawnScenes.check(Charts.runs(RunPlot.STEPS, List.of(SampleRuns.counted(falling, low))), folder))
                .as("a count far below does not flatten the curve")
                .contains("Counted 2-grams, not in the plot: 0.0100.")
                .doesNotContain("0.0", "1.0");
        List<Run> runs = SampleRuns.sweep().stream()
                .map(run -> SampleRuns.counted(run, baselines))
                .toList();
        assertThat(DrawnScenes.check(Charts.runs(RunPlot.STEPS, runs), folder)).contains("counted 2-grams 1.1000");
        assertThat(DrawnScenes.check(Charts.runs(RunPlot.STEPS, SampleRuns.sweep()), folder))
                .noneMatch(text -> text.contains("counted"));
        assertThat(Report.of("A sweep", runs).html()).contains("counted n-grams", "(order 2)");
        assertThat(Report.of("A sweep", SampleRuns.sweep()).html()).doesNotContain("counted n-grams");
    }

    @Test
    void ofTwoExperimentsWithEqualLabelsOnlyWhatDiffersIsListed() throws IOException {
        List<Run> runs = new ArrayList<>();
        for (String steps : List.of("100", "3000")) {
            for (String heads : List.of("1", "4", "8")) {
                Run run = SampleRuns.run(Map.of("heads", heads, "width", "6" + heads, "steps", steps), 1, 1.5);
                runs.add(SampleRuns.labelled(run, heads.equals("4") ? "base" : heads + " heads"));
            }
        }
        String all = String.join("; ", DrawnScenes.check(Charts.runs(RunPlot.STEPS, runs), folder));
        assertThat(all).contains("base, steps 100", "base, steps 3000", "8 heads, steps 3000");
        assertThat(all).doesNotContain("width", "heads 4");
    }

    @Test
    void axesNameWhatTheyCount() throws IOException {
        List<Run> runs = SampleRuns.sweep();
        assertThat(DrawnScenes.check(Charts.runs(RunPlot.STEPS, runs), folder)).contains("optimizer steps", "1000");
        assertThat(DrawnScenes.check(Charts.runs(RunPlot.TOKENS, runs), folder)).contains("tokens trained on", "1.0M");
        assertThat(DrawnScenes.check(Charts.runs(RunPlot.SECONDS, runs), folder))
                .contains("training time (seconds)", "20");
        assertThat(DrawnScenes.check(Charts.runs(RunPlot.PARAMETERS, runs), folder))
                .contains("parameters (logarithmic)", "800k");
    }

    @Test
    void barsShowMeansAndDeviations() throws IOException {
        List<String> texts = DrawnScenes.check(Charts.runs(RunPlot.FINALS, SampleRuns.sweep()), folder);
        assertThat(texts).contains("1.215 ± 0.007", "1.115 ± 0.007", "1.210");
        assertThat(texts).contains("learning-rate 1e-3 (1 of 2 failed or unfinished)");
    }

    @Test
    void theSameRunsGiveTheSameBytes() throws IOException {
        Path png = folder.resolve("chart.png");
        Charts.runs(RunPlot.STEPS, SampleRuns.sweep()).writePng(png);
        byte[] bytes = Files.readAllBytes(png);
        Charts.runs(RunPlot.STEPS, SampleRuns.sweep()).writePng(png);
        assertThat(png).hasBinaryContent(bytes);
        assertThat(Charts.runs(RunPlot.STEPS, SampleRuns.sweep()).svg())
                .isEqualTo(Charts.runs(RunPlot.STEPS, SampleRuns.sweep()).svg());
    }

    @Test
    void groupsAreOrderedByTheirNumbersAndOthersByTheirRuns() {
        assertThat(labels(RunGroups.of(SampleRuns.sweep(), Optional.of("learning-rate"))))
                .containsExactly("learning-rate 1e-4", "learning-rate 1e-3", "learning-rate 1e-2");
        List<Run> presets = List.of(
                SampleRuns.run(Map.of("preset", "small"), 1, 2), SampleRuns.run(Map.of("preset", "large"), 1, 1));
        assertThat(labels(RunGroups.of(presets, Optional.empty()))).containsExactly("preset small", "preset large");
    }

    @Test
    void runsOfTheSameSettingsAreGroupedByTheirLabels() {
        Run run = SampleRuns.run(Map.of("layers", "4"), 1, 2);
        List<Run> runs = List.of(SampleRuns.labelled(run, "first"), SampleRuns.labelled(run, "second"));
        assertThat(labels(RunGroups.of(runs, Optional.empty()))).containsExactly("first", "second");
    }

    @Test
    void labelsThatTellSettingsApartAreEnough() {
        List<Run> runs = new ArrayList<>();
        for (String rate : List.of("1e-3", "1e-4")) {
            for (long seed = 1; seed <= 2; seed++) {
                Run run = SampleRuns.run(Map.of("learning-rate", rate, "steps", rate), seed, 2);
                runs.add(SampleRuns.labelled(run, rate.equals("1e-3") ? "fast" : "slow"));
            }
        }
        assertThat(labels(RunGroups.of(runs, Optional.empty()))).containsExactly("fast", "slow");
    }

    @Test
    void otherSettingsAreNotAveragedAway() {
        List<Run> runs = new ArrayList<>();
        for (String layers : List.of("1", "4")) {
            runs.add(SampleRuns.run(Map.of("layers", layers, "heads", "2"), 1, 2));
            runs.add(SampleRuns.run(Map.of("layers", layers, "heads", "4"), 1, 1));
        }
        RunGroups groups = RunGroups.of(runs, Optional.of("layers"));
        assertThat(groups.groups().get(0).repeats())
                .extracting(RunGroups.Repeats::label)
                .containsExactly("layers 1, heads 2", "layers 1, heads 4");
    }

    @Test
    void moreGroupsThanColoursHaveOtherShapes() throws IOException {
        List<Run> runs = new ArrayList<>();
        for (int layers = 1; layers <= 20; layers++) {
            runs.add(SampleRuns.run(Map.of("layers", Integer.toString(layers)), 1, layers));
        }
        Chart chart = Charts.runs(RunPlot.PARAMETERS, runs);
        DrawnScenes.check(chart, folder);
        assertThat(chart.svg()).contains("<circle", "<polygon");
    }

    @Test
    void lossesOfVeryDifferentSizesGetALogarithmicAxis() throws IOException {
        List<Run> runs =
                List.of(SampleRuns.run(Map.of("layers", "1"), 1, 0.3), SampleRuns.run(Map.of("layers", "2"), 1, 5000));
        assertThat(DrawnScenes.check(Charts.runs(RunPlot.STEPS, runs), folder)).contains("1", "100", "1000");
    }

    @Test
    void lossesThatAreNotFiniteAreLeftOut() throws IOException {
        List<Run> runs = List.of(
                SampleRuns.run(Map.of("layers", "1"), 1, 2), SampleRuns.run(Map.of("layers", "2"), 1, Double.NaN));
        for (RunPlot plot : SampleRuns.PLOTS) {
            DrawnScenes.check(Charts.runs(plot, runs), folder);
        }
    }

    @Test
    void whatUsersWriteStaysText() throws IOException {
        String hostile = "<script>alert('1')</script> & \"quoted\" \u202Ereversed \u0000\uD800\n" + "long ".repeat(60);
        List<Run> runs = List.of(
                SampleRuns.run(Map.of("separator", hostile), 1, 2), SampleRuns.run(Map.of("separator", "x"), 1, 1));
        for (RunPlot plot : SampleRuns.PLOTS) {
            Chart chart = Charts.runs(plot, runs).withTitle(hostile);
            String all = String.join(" ", DrawnScenes.check(chart, folder));
            assertThat(all).contains("<script>alert('1')</script>", "‹202E›", "‹00›", "‹D800›");
            assertThat(chart.svg()).doesNotContain("<script");
        }
    }

    @Test
    void theCurveOfASearchMarksItsSuggestion() throws IOException {
        List<LearningRateFinder.Point> points = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            points.add(new LearningRateFinder.Point(Math.pow(10, -6 + 6 * i / 99.0), 4 - Math.sin(i / 20.0)));
        }
        points.add(new LearningRateFinder.Point(1.5, Double.NaN));
        LearningRateFinder.Result result = new LearningRateFinder.Result(points, 0.0123, 0.00123);
        assertThat(DrawnScenes.check(Charts.learningRates(result), folder))
                .contains(
                        "suggestion: 0.0012",
                        "lowest loss: 0.012",
                        "learning rate (per optimizer step)",
                        "smoothed training loss (nats per token)");
    }

    @Test
    void errorsSayWhatIsMissing() {
        List<Run> runs = SampleRuns.sweep();
        assertThatThrownBy(() -> Charts.runs(RunPlot.STEPS, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no runs");
        assertThatThrownBy(() -> Charts.runs(RunPlot.STEPS, runs, "learning_rate"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("learning_rate; there are label, layers, learning-rate, seed");
        assertThatThrownBy(() -> Charts.runs(RunPlot.FINALS, List.of(SampleRuns.failed(runs.get(0), "no memory"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no run has finished");
        assertThatThrownBy(() -> Charts.runs(RunPlot.STEPS, runs).withWidth(100))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("width must be from 240 to 4000, but is 100");
    }

    private static List<String> labels(RunGroups groups) {
        return groups.groups().stream().map(RunGroups.Group::label).toList();
    }
}
