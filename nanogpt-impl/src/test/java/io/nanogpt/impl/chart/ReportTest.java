package io.nanogpt.impl.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.chart.Chart;
import io.nanogpt.chart.Charts;
import io.nanogpt.chart.Heatmap;
import io.nanogpt.chart.Report;
import io.nanogpt.experiment.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

@Tag("any-jdk")
class ReportTest {
    @TempDir
    Path folder;

    private static final String HOSTILE =
            "</pre></style><script>alert(1)</script><img src=\"https://x.example/\"/>]]>&\u0000";

    @Test
    void textOfRightToLeftScriptsDoesNotReorderTheRest() {
        String label = "\u05E9\u05DC\u05D5\u05DD <1>\u202E";
        Run run = SampleRuns.labelled(SampleRuns.run(Map.of("layers", "4"), 1, 1), label);
        String html = Report.of("a \u202E title", List.of(run)).html();

        assertThat(html)
                .contains(
                        "<bdi>\u05E9\u05DC\u05D5\u05DD &lt;1&gt;\u202E</bdi>",
                        "<title>a \u2039202E\u203A title</title>")
                .doesNotContain("<span>\u05E9", "<bdi>finished");
    }

    @Test
    void aReportHoldsAllThatIsKnownOfItsRuns() throws IOException {
        Report report = Report.of("A sweep", SampleRuns.sweep()).groupedBy("learning-rate");
        Document page = DrawnScenes.parse(report.html());
        assertThat(DrawnScenes.texts(page, "h1")).containsExactly("A sweep");
        assertThat(DrawnScenes.texts(page, "h2"))
                .containsExactly("Charts", "Results", "Failed runs", "Samples", "Settings of all runs", "Runs");
        assertThat(DrawnScenes.texts(page, "figure")).hasSize(4);
        assertThat(page.getDocumentElement().getTextContent())
                .contains("6 runs: 5 finished, 1 failed", "nanogpt 0.1.0")
                .contains("1.2150 ± 0.0071", "1.1515 to 1.2785", "3.37", "804,000", "51,200")
                .contains("a label: learning-rate 1e-3, seed 2", "the loss is not finite at step 611")
                .contains(" stained\nsection", "2026-11-01 12:00 UTC");
        report.write(folder.resolve("report.html"));
        assertThat(folder.resolve("report.html")).hasContent(report.html());
    }

    @Test
    void columnsThatHoldNothingAreLeftOut() throws IOException {
        Run run = SampleRuns.run(Map.of("layers", "4"), 1, 2);
        Document page = DrawnScenes.parse(Report.of("One", List.of(run)).html());
        assertThat(DrawnScenes.texts(page, "th")).contains("perplexity").doesNotContain("95% interval");
    }

    @Test
    void labelAndLossesComeFirstAndTheBestIsBold() throws IOException {
        String html = Report.of("A sweep", SampleRuns.sweep()).html();
        assertThat(DrawnScenes.texts(DrawnScenes.parse(html), "th"))
                .startsWith("label", "validation loss", "95% interval", "training loss", "parameters", "seconds");
        assertThat(html).containsOnlyOnce("<span class=\"best\">");
    }

    @Test
    void nothingIsLoadedFromElsewhere() throws IOException {
        String html = Report.of("A sweep", SampleRuns.sweep()).html();
        assertThat(html).doesNotContain("@import").doesNotContain("url(").doesNotContain("<script");
        Matcher urls = Pattern.compile("[a-z]+://[^\"\\s<]*").matcher(html);
        while (urls.find()) {
            assertThat(urls.group()).as("the name of the language SVG").isEqualTo("http://www.w3.org/2000/svg");
        }
        NodeList elements = DrawnScenes.parse(html).getElementsByTagName("*");
        for (int i = 0; i < elements.getLength(); i++) {
            Element element = (Element) elements.item(i);
            // An empty icon keeps a browser from asking for one.
            boolean isIcon = element.getAttribute("href").equals("data:,");
            assertThat(element.hasAttribute("src") || (element.hasAttribute("href") && !isIcon))
                    .as(element.getTagName())
                    .isFalse();
        }
    }

    @Test
    void itFollowsTheScreenAndTheColoursOfItsReader() {
        assertThat(Report.of("A sweep", SampleRuns.sweep()).html())
                .contains("width=device-width", "@media(prefers-color-scheme:dark)", "@media(max-width:640px)");
    }

    @Test
    void whatUsersAndModelsWriteStaysText() throws IOException {
        Run plain = SampleRuns.run(Map.of("separator", HOSTILE), 1, 2);
        Run run = new Run(
                plain.id(),
                HOSTILE,
                plain.startedAt(),
                plain.settings(),
                1,
                Run.State.FAILED,
                plain.evaluations(),
                List.of(new Run.Sample(1000, HOSTILE, HOSTILE)),
                plain.measures(),
                HOSTILE,
                Optional.of(HOSTILE));
        String html = Report.of(HOSTILE, List.of(run, SampleRuns.run(Map.of("separator", "x"), 1, 1)))
                .html();
        Document page = DrawnScenes.parse(html);
        assertThat(page.getElementsByTagName("script").getLength()).isZero();
        assertThat(page.getElementsByTagName("img").getLength()).isZero();
        assertThat(DrawnScenes.texts(page, "h1").get(0)).isEqualTo(HOSTILE.replace('\u0000', '\uFFFD'));
        assertThat(DrawnScenes.texts(page, "pre").subList(0, 2))
                .allMatch(text -> text.contains("<script>alert(1)</script>"));
    }

    @Test
    void figuresFollowInTheirOrder() throws IOException {
        Chart wide = Charts.heatmaps(
                "Attention",
                List.of(List.of(
                        new Heatmap("first", List.of("a"), List.of(new float[] {1})),
                        new Heatmap("second", List.of("a"), List.of(new float[] {1})),
                        new Heatmap("third", List.of("a"), List.of(new float[] {1})))));
        Document page = DrawnScenes.parse(
                Report.of("Maps", SampleRuns.sweep()).with(wide).html());
        NodeList figures = page.getElementsByTagName("figure");
        Element last = (Element) figures.item(figures.getLength() - 1);
        assertThat(last.getAttribute("class")).isEqualTo("wide");
        assertThat(last.getTextContent()).contains("first", "second", "third");
    }

    @Test
    void runsThatNeverBeganAreReported() throws IOException {
        Run run = SampleRuns.run(Map.of("layers", "4"), 1, 2);
        Run failed = new Run(
                run.id(),
                run.label(),
                run.startedAt(),
                run.settings(),
                1,
                Run.State.FAILED,
                List.of(),
                List.of(),
                Run.Measures.none(),
                run.version(),
                Optional.of("no memory"));
        Document page = DrawnScenes.parse(Report.of("None", List.of(failed)).html());
        assertThat(DrawnScenes.texts(page, "h2")).containsExactly("Results", "Failed runs", "Settings", "Runs");
    }

    @Test
    void modelsOfThreeSizesGetAPowerLaw() throws IOException {
        List<Run> runs = new ArrayList<>();
        for (int size : new int[] {1, 10, 100}) {
            Run run = SampleRuns.run(Map.of("size", Integer.toString(size)), 1, 3 * Math.pow(size, -0.25));
            runs.add(new Run(
                    run.id(),
                    run.label(),
                    run.startedAt(),
                    run.settings(),
                    1,
                    run.state(),
                    run.evaluations(),
                    run.samples(),
                    new Run.Measures(size, 1, 1, 1, 1),
                    run.version(),
                    run.error()));
        }
        Document page = DrawnScenes.parse(Report.of("Sizes", runs).html());
        assertThat(page.getDocumentElement().getTextContent()).contains("power law: loss = 3 N^-0.250 (R² 1.00)");
    }

    @Test
    void errorsSayWhatIsMissing() {
        assertThatThrownBy(() -> Report.of("None", List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one run");
        assertThatThrownBy(() ->
                        Report.of("Bad", SampleRuns.sweep()).groupedBy("lr").html())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no run has the setting lr");
    }
}
