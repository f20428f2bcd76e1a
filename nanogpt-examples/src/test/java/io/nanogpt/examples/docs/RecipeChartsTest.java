package io.nanogpt.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.chart.Chart;
import io.nanogpt.chart.Charts;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.experiment.Run;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The charts of docs/recipe.md are drawn from its tables; with -Dnanogpt.test.draw they are written. */
@Tag("any-jdk")
class RecipeChartsTest {
    private static final Pattern FIRST_NUMBER = Pattern.compile("[\\d,.]*\\d");
    private static final Path PAGE = Path.of("docs", "recipe.md");
    private static final int TOKENS_PER_STEP = 12 * 64;

    @Test
    void finalLossesAreThoseOfTheTable() throws IOException {
        List<Run> runs = new ArrayList<>();
        for (List<String> row : table("| recipe | parameters |")) {
            String label = row.get(0).replaceFirst("[:,].*", "").replace("`", "") + ", " + row.get(2) + " steps";
            runs.add(run(label, List.of(point(number(row.get(2)), number(row.get(4))))));
        }
        check("recipe-losses.svg", Charts.runs(RunPlot.FINALS, runs, "label"));
    }

    @Test
    void lossesByLengthAreThoseOfTheTable() throws IOException {
        Map<String, List<EvaluationPoint>> lengths = new LinkedHashMap<>();
        for (List<String> row : table("| recipe | parameters |")) {
            String recipe = row.get(0).replaceFirst("[:,].*", "").replace("`", "");
            lengths.computeIfAbsent(recipe, missing -> new ArrayList<>())
                    .add(point(number(row.get(2)), number(row.get(4))));
        }
        List<Run> runs = lengths.entrySet().stream()
                .filter(entry -> entry.getValue().size() > 1)
                .map(entry -> run(entry.getKey(), entry.getValue()))
                .toList();
        assertThat(runs).hasSize(2);
        check("recipe-lengths.svg", Charts.runs(RunPlot.TOKENS, runs, "label"));
    }

    private static void check(String name, Chart chart) throws IOException {
        Path file = Documentation.ROOT.resolve("docs/charts").resolve(name);
        if (System.getProperty("nanogpt.test.draw") != null) {
            chart.writeSvg(file);
        }
        Path drawn = Files.createTempFile("chart", ".svg");
        chart.writeSvg(drawn);
        assertThat(file).as("draw it again with -Dnanogpt.test.draw").hasSameTextualContentAs(drawn);
        Files.delete(drawn);
        assertThat(Documentation.read(PAGE)).contains("charts/" + name);
    }

    /** The rows of the table that begins with a line. */
    private static List<List<String>> table(String head) {
        String page = Documentation.read(PAGE);
        return page.substring(page.indexOf(head))
                .lines()
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> Arrays.stream(line.substring(1).split("\\|"))
                        .map(String::strip)
                        .toList())
                .toList();
    }

    private static double number(String cell) {
        Matcher number = FIRST_NUMBER.matcher(cell);
        assertThat(number.find()).as(cell).isTrue();
        return Double.parseDouble(number.group().replace(",", ""));
    }

    private static EvaluationPoint point(double step, double loss) {
        return new EvaluationPoint((int) step, Double.NaN, loss, 0, OptionalDouble.empty());
    }

    private static Run run(String label, List<EvaluationPoint> points) {
        return new Run(
                label.replaceAll("[^A-Za-z0-9]", "-"),
                label,
                Instant.EPOCH,
                Map.of(),
                1,
                Run.State.FINISHED,
                points,
                List.of(),
                new Run.Measures(0, 0, TOKENS_PER_STEP, 0, 0),
                "",
                Optional.empty());
    }
}
