package io.nanogpt.impl.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.chart.Charts;
import io.nanogpt.chart.Report;
import io.nanogpt.chart.RunChartOptions;
import io.nanogpt.chart.RunChartOptions.Over;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.experiment.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("any-jdk")
class FactorChartsTest {
    private static final RunChartOptions DEFAULTS = RunChartOptions.defaults();

    @TempDir
    Path folder;

    private static List<Factors.Factor> factors(List<Run> runs, RunChartOptions options) {
        return Factors.of(runs, options).map(Factors::factors).orElse(List.of());
    }

    @Test
    void theBaselineIsTheRunFromWhichEachOtherDiffersInOneFactor() {
        List<Run> runs = SampleRuns.factors();
        Factors factors = Factors.of(runs, DEFAULTS).orElseThrow();
        assertThat(factors.baseline().label()).isEqualTo("plain");
        assertThat(factors.factors()).extracting(Factors.Factor::name).containsExactly("layers", "dropout");
        assertThat(factors.factors()).extracting(Factors.Factor::base).containsExactly("4", "0.1");
        assertThat(factors.factors().get(0).variants())
                .extracting(RunGroups.Repeats::label)
                .containsExactly("1", "2", "8");
    }

    @Test
    void settingsThatFollowAnotherAreNoFactorsOfTheirOwn() {
        List<Run> runs = new ArrayList<>();
        for (String[] each :
                new String[][] {{"64", "256", "2"}, {"32", "128", "2"}, {"64", "256", "4"}, {"64", "128", "2"}}) {
            runs.add(
                    SampleRuns.run(Map.of("embedding-size", each[0], "hidden-size", each[1], "layers", each[2]), 1, 1));
        }
        assertThat(factors(runs.subList(0, 3), DEFAULTS))
                .extracting(Factors.Factor::name)
                .containsExactly("embedding-size", "layers");
        assertThat(factors(List.of(runs.get(0), runs.get(2), runs.get(3)), DEFAULTS))
                .extracting(Factors.Factor::name)
                .containsExactly("layers", "hidden-size");
    }

    @Test
    void aGridOfCombinationsHasNoBaselineUnlessOneIsGiven() {
        List<Run> runs = new ArrayList<>();
        for (String layers : List.of("1", "2")) {
            for (String heads : List.of("1", "2")) {
                Run run = SampleRuns.run(Map.of("layers", layers, "heads", heads), 1, 1);
                runs.add(SampleRuns.labelled(run, layers + heads));
            }
        }
        assertThat(factors(runs, DEFAULTS)).isEmpty();
        assertThat(factors(SampleRuns.sweep(), DEFAULTS)).isEmpty();
        assertThat(factors(runs, DEFAULTS.withBaseline("11")))
                .extracting(Factors.Factor::name)
                .containsExactly("heads", "layers", "heads, layers");
        assertThatThrownBy(() -> Charts.runs(RunPlot.FACTORS, runs))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name the one to compare with as the baseline");
        assertThatThrownBy(() -> Charts.runs(RunPlot.FACTORS, runs, DEFAULTS.withBaseline("12x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no run has the label 12x of the baseline; there are 11, 12, 21, 22");
    }

    @Test
    void eachFactorIsASmallChart() throws IOException {
        for (int width : new int[] {240, 380, 760, 1500}) {
            List<String> texts = DrawnScenes.check(
                    Charts.runs(RunPlot.FACTORS, SampleRuns.factors()).withWidth(width), folder);
            assertThat(texts).contains("layers", "dropout", "1", "2", "4", "8", "0.3", "Baseline in grey: plain.");
        }
        String svg = Charts.runs(RunPlot.FACTORS, SampleRuns.factors()).svg();
        assertThat(svg.split("stroke-width=\"2\" class=\"s-grey\"", -1)).hasSize(3);
        assertThat(DrawnScenes.check(
                        Charts.runs(RunPlot.FACTORS, SampleRuns.factors(), DEFAULTS.withOver(Over.TOKENS)), folder))
                .contains("validation loss (nats per token) over tokens trained on");
    }

    @Test
    void finalLossesAreGroupedByFactorWithTheBaselineAsALine() throws IOException {
        List<String> texts = DrawnScenes.check(Charts.runs(RunPlot.FINALS, SampleRuns.factors()), folder);
        assertThat(texts)
                .containsSubsequence("baseline", "plain", "layers", "1", "2", "8", "dropout", "0", "0.3")
                .contains("validation of the baseline")
                .doesNotContain("lowest validation");
        assertThat(DrawnScenes.check(Charts.runs(RunPlot.FINALS, SampleRuns.sweep()), folder))
                .contains("lowest validation");
        assertThat(DrawnScenes.check(Charts.runs(RunPlot.FINALS, SampleRuns.factors(), "layers"), folder))
                .contains("lowest validation", "layers 4, dropout 0.1");
    }

    @Test
    void theRatesFromWhichRunsDivergedAreShaded() throws IOException {
        List<Run> runs = new ArrayList<>();
        double loss = 2;
        for (String rate : List.of("1e-4", "1e-3", "0.0029999999999999996", "1e-2")) {
            loss -= 0.2;
            runs.add(SampleRuns.run(Map.of("learning-rate", rate, "layers", "4"), 1, loss));
        }
        assertThat(DrawnScenes.check(Charts.runs(RunPlot.RATES, runs), folder))
                .contains("1e-4", "0.001", "0.01", "lowest 1.200 at 0.01")
                .doesNotContain("diverged from here on");
        runs.add(SampleRuns.failed(SampleRuns.run(Map.of("learning-rate", "1", "layers", "4"), 1, 1), "diverged"));
        runs.add(SampleRuns.run(Map.of("learning-rate", "0.1", "layers", "4"), 1, 50));
        for (int width : new int[] {240, 760}) {
            assertThat(DrawnScenes.check(Charts.runs(RunPlot.RATES, runs).withWidth(width), folder))
                    .as("the loss of a run that diverged is at an arrow")
                    .contains("diverged from here on", "50");
        }
        assertThat(Charts.runs(RunPlot.RATES, runs).svg()).contains("class=\"f-red\" fill-opacity=\"0.12\"");
        assertThatThrownBy(() -> Charts.runs(RunPlot.RATES, SampleRuns.factors()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two values of the setting learning-rate");
    }

    @ParameterizedTest
    @EnumSource(
            value = RunPlot.class,
            names = {"LEARNING_RATE", "GRADIENT_NORM", "SPEED"})
    void stepsHaveChartsOfTheirOwn(RunPlot plot) throws IOException {
        for (Over over : Over.values()) {
            RunChartOptions options = DEFAULTS.withOver(over).withLogarithmic(over == Over.TOKENS);
            DrawnScenes.check(Charts.runs(plot, SampleRuns.factors(), options).withWidth(380), folder);
        }
        assertThat(DrawnScenes.check(Charts.runs(plot, SampleRuns.factors()), folder))
                .contains("optimizer steps", "plain")
                .anyMatch(text -> text.matches(
                        "learning rate|gradient norm before clipping, logarithmic|training tokens per second"));
        assertThatThrownBy(() -> Charts.runs(plot, SampleRuns.sweep()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no run has recorded steps");
    }

    @Test
    void learningRatesOfDifferentSizesAreOnALogarithmicAxis() throws IOException {
        List<Run> runs = List.of(
                SampleRuns.run(Map.of("learning-rate", "1e-1"), 1, 1).withSteps(SampleRuns.steps(1e-1)),
                SampleRuns.run(Map.of("learning-rate", "1e-4"), 1, 1).withSteps(SampleRuns.steps(1e-4)));
        assertThat(DrawnScenes.check(Charts.runs(RunPlot.LEARNING_RATE, runs), folder))
                .contains("learning rate, logarithmic");
        assertThat(DrawnScenes.check(Charts.runs(RunPlot.LEARNING_RATE, SampleRuns.factors()), folder))
                .contains("learning rate");
    }

    @Test
    void curvesAreLabelledAtTheirEnds() throws IOException {
        String svg =
                Charts.runs(RunPlot.STEPS, SampleRuns.sweep(), "learning-rate").svg();
        assertThat(svg).contains("Colours: learning-rate.").doesNotContain("learning-rate 1e-4");
        List<Run> many = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            many.add(SampleRuns.run(Map.of("layers", Integer.toString(i)), 1, 1));
        }
        assertThat(DrawnScenes.check(Charts.runs(RunPlot.STEPS, many), folder))
                .as("too many for the height of the plot")
                .contains("layers 39");
        assertThat(DrawnScenes.check(
                        Charts.runs(RunPlot.STEPS, SampleRuns.factors()).withWidth(380), folder))
                .as("too long for the width")
                .contains("layers 1, dropout 0.1");
    }

    @Test
    void curvesCanHaveALogarithmicAxis() throws IOException {
        assertThat(DrawnScenes.check(
                        Charts.runs(RunPlot.STEPS, SampleRuns.sweep(), DEFAULTS.withLogarithmic(true)), folder))
                .contains("optimizer steps, logarithmic", "200", "1000")
                .doesNotContain("0");
    }

    @Test
    void extremeLossesAreDrawn() throws IOException {
        List<Run> runs = new ArrayList<>();
        double[] losses = {1, 1e308, 1e-300, -5, Double.NaN, 0};
        for (int i = 0; i < losses.length; i++) {
            Run run = SampleRuns.run(Map.of("layers", "1", "learning-rate", "1e-" + i), 1, losses[i]);
            runs.add(SampleRuns.labelled(run, "rate " + i).withSteps(SampleRuns.steps(Math.pow(10, -60 * i))));
        }
        for (RunPlot plot : RunPlot.values()) {
            DrawnScenes.check(Charts.runs(plot, runs, DEFAULTS.withBaseline("rate 0")), folder);
        }
    }

    @Test
    void reportsHaveTheChartsOfTheirRuns() throws IOException {
        String factors = Report.of("Factors", SampleRuns.factors()).html();
        assertThat(DrawnScenes.texts(DrawnScenes.parse(factors), "title"))
                .contains("Loss by setting", "Learning rate", "Norm of the gradients", "Speed of training")
                .doesNotContain("Loss by learning rate");
        assertThat(factors).contains("<details><summary>Learning rate, gradient norm and speed</summary>");
        String rates = Report.of("Rates", SampleRuns.sweep()).html();
        assertThat(DrawnScenes.texts(DrawnScenes.parse(rates), "title"))
                .contains("Loss by learning rate")
                .doesNotContain("Loss by setting", "Learning rate");
        assertThatThrownBy(() -> Report.of("Factors", SampleRuns.factors())
                        .withOptions(DEFAULTS.withBaseline("other"))
                        .html())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no run has the label other of the baseline");
    }
}
