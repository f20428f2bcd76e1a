package io.nanogpt.impl.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.nanogpt.chart.Charts;
import io.nanogpt.chart.Report;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.experiment.ResultTable;
import io.nanogpt.experiment.Run;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Charts, tables and reports of runs whose texts are as long as a run log may have them. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@Tag("any-jdk")
class LongTextsTest {
    private static final int LENGTH = 100_000;
    private static final String LABEL = "l".repeat(LENGTH);
    private static final String NAME = "n".repeat(LENGTH);
    private static final String DIGITS = "1".repeat(LENGTH);

    private static final List<Run> RUNS = IntStream.range(0, 4)
            .mapToObj(i -> renamed(SampleRuns.run(Map.of(NAME, DIGITS + "x" + i / 2, "rate", "0.1"), i % 2, 1 + i)))
            .toList();
    private static final long CHARACTERS = RUNS.size() * (4L * LENGTH);

    private static Run renamed(Run run) {
        return new Run(
                run.id(),
                LABEL,
                run.startedAt(),
                run.settings(),
                run.seed(),
                run.state(),
                run.evaluations(),
                run.samples(),
                run.measures(),
                "v".repeat(LENGTH),
                Optional.empty());
    }

    @Test
    void chartsAndReportsShowTheirBeginnings() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        List<String> pages = new ArrayList<>();
        for (RunPlot plot : SampleRuns.PLOTS) {
            pages.add(Charts.runs(plot, RUNS).svg());
        }
        pages.add(Report.of("long", RUNS).html());
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(allocated).isLessThan(64 * CHARACTERS + (16 << 20));
        assertThat(pages).allSatisfy(page -> assertThat(page).hasSizeLessThan(100_000));
        assertThat(pages.get(pages.size() - 1))
                .contains("l".repeat(VisibleText.LONGEST) + "…", "n".repeat(VisibleText.LONGEST) + "…");
    }

    @Test
    void groupsThatDifferBehindWhatIsShownStayApart() {
        assertThat(RunGroups.of(RUNS, Optional.empty()).groups()).hasSize(2);
        assertThat(RunGroups.of(RUNS, Optional.of(NAME)).groups())
                .hasSize(2)
                .allSatisfy(group -> assertThat(group.label()).hasSizeLessThan(500));
    }

    @Test
    void onlyTablesForPeopleShorten() {
        ResultTable table = ResultTable.of(RUNS);

        assertThat(table.format(ResultTable.Format.MARKDOWN))
                .hasSizeLessThan(10_000)
                .contains("l".repeat(200) + "…");
        assertThat(table.format(ResultTable.Format.CSV)).contains(LABEL, NAME, DIGITS + "x1");
        assertThat(table.format(ResultTable.Format.JSON)).contains(LABEL, NAME, DIGITS + "x1");
    }

    @Test
    void linesAreBrokenInTimeThatGrowsWithTheText() {
        Lettering lettering = Lettering.of(Ink.TEXT, 12);
        String words = "word ".repeat(40_000).strip();

        assertThat(String.join(" ", lettering.wrap(words, 300))).isEqualTo(words);
        assertThat(lettering.wrap("", 300)).isEmpty();
        assertThat(lettering.wrap("ab", 0)).containsExactly("a", "b");
        assertThat(lettering.shorten("ab", 300)).isEqualTo("ab");
        assertThat(lettering.width(lettering.shorten(words, 300))).isLessThanOrEqualTo(300);
    }
}
