package io.nanogpt.impl.chart;

import io.nanogpt.chart.Chart;
import io.nanogpt.chart.Report;
import io.nanogpt.chart.RunChartOptions.Over;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.experiment.ResultTable;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.Statistics;
import io.nanogpt.impl.chart.Html.Cell;
import io.nanogpt.impl.page.HtmlPage;
import io.nanogpt.impl.page.Markup;
import io.nanogpt.train.Baselines;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A report as one HTML page. */
final class HtmlReport {
    /** The width of charts: narrow enough for a phone, and legible when scaled up on a screen. */
    private static final int CHART_WIDTH = 400;

    /** Runs whose samples are expanded at first. */
    private static final int OPEN = 4;

    private static final String STYLE = HtmlPage.resource(HtmlReport.class, "report.css");

    private final Html html = new Html();
    private final Report report;
    private final List<Run> runs;
    private final List<String> differing;
    /** Settings that name a run, beside its label. */
    private final List<String> naming;

    private HtmlReport(Report report) {
        this.report = report;
        this.runs = report.runs();
        this.differing = RunGroups.differing(runs);
        this.naming = RunGroups.distinguishing(runs).stream()
                .filter(name -> !name.equals("label"))
                .toList();
    }

    static String of(Report report) {
        return new HtmlReport(report).page();
    }

    private String page() {
        html.markup("<main>\n<header>\n");
        html.element("h1", report.title());
        facts();
        html.markup("</header>\n");
        charts();
        results();
        failures();
        samples();
        settings();
        eachRun();
        html.markup("</main>\n");
        return new HtmlPage(Markup.escape(VisibleText.line(report.title())))
                .style(STYLE)
                .body(html.toString())
                .html();
    }

    private void facts() {
        String states = runs.stream()
                .collect(Collectors.groupingBy(Run::state, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(entry -> entry.getValue() + " " + Texts.state(entry.getKey()))
                .collect(Collectors.joining(", "));
        Instant first =
                runs.stream().map(Run::startedAt).min(Comparator.naturalOrder()).orElseThrow();
        Instant last =
                runs.stream().map(Run::startedAt).max(Comparator.naturalOrder()).orElseThrow();
        double seconds =
                runs.stream().mapToDouble(run -> run.measures().seconds()).sum();
        Set<String> versions = new LinkedHashSet<>();
        runs.forEach(run -> versions.add(run.version()));
        html.markup("<p class=\"soft\">")
                .text((runs.size() == 1 ? "1 run: " : runs.size() + " runs: ") + states + ". Started "
                        + Texts.time(first) + (last.equals(first) ? "" : " to " + Texts.time(last)) + "; "
                        + Texts.duration(seconds) + " of training in all. nanogpt "
                        + VisibleText.shortened(String.join(", ", versions)) + ".")
                .markup("</p>\n");
    }

    private Html section(String title) {
        return html.markup("<section class=\"card\">\n").element("h2", title);
    }

    private void charts() {
        List<Chart> charts = new ArrayList<>();
        for (RunPlot plot : plots()) {
            charts.add(new ChartRenderer().runs(plot, runs, report.options()));
        }
        charts.addAll(report.figures());
        List<Chart> ofSteps = RunSteps.hasData(runs)
                ? Stream.of(RunPlot.LEARNING_RATE, RunPlot.GRADIENT_NORM, RunPlot.SPEED)
                        .map(plot -> new ChartRenderer().runs(plot, runs, report.options()))
                        .toList()
                : List.of();
        if (charts.isEmpty() && ofSteps.isEmpty()) {
            return;
        }
        section("Charts");
        figures(charts);
        if (!ofSteps.isEmpty()) {
            html.markup("<details><summary>Learning rate, gradient norm and speed</summary>\n");
            figures(ofSteps);
            html.markup("</details>\n");
        }
        html.markup("</section>\n");
    }

    private void figures(List<Chart> charts) {
        html.markup("<div class=\"figures\">\n");
        for (Chart chart : charts) {
            Chart narrow = chart.withWidth(CHART_WIDTH);
            boolean fits = narrow instanceof DrawnChart drawn && drawn.scene().width() <= CHART_WIDTH;
            html.markup("<figure class=\"" + (fits ? "fit" : "wide") + "\"" + (fits ? "" : " tabindex=\"0\"") + ">\n"
                    + narrow.svg() + "</figure>\n");
        }
        html.markup("</div>\n");
    }

    /** The plots that have data and do not repeat another. */
    private List<RunPlot> plots() {
        List<RunPlot> plots = new ArrayList<>();
        RunGroups groups = RunGroups.of(runs, report.options().groupBy());
        boolean evaluated = RunCurves.hasData(groups, new CurveAxis(Over.STEPS, false));
        boolean finished = runs.stream()
                .filter(run -> run.state() == Run.State.FINISHED)
                .map(Run::finalValidationLoss)
                .flatMapToDouble(OptionalDouble::stream)
                .anyMatch(Double::isFinite);
        if (evaluated) {
            plots.add(RunPlot.STEPS);
        }
        Optional<Factors> factors = Factors.of(runs, report.options());
        if (evaluated && factors.isPresent()) {
            plots.add(RunPlot.FACTORS);
        }
        if (finished) {
            plots.add(RunPlot.FINALS);
        }
        if (finished
                && factors.isEmpty()
                && RunRates.hasData(RunRates.groups(runs, report.options().groupBy()))) {
            plots.add(RunPlot.RATES);
        }
        if (evaluated
                && runs.stream()
                                .map(run -> run.measures().tokensPerStep())
                                .distinct()
                                .count()
                        > 1) {
            plots.add(RunPlot.TOKENS);
        }
        if (RunCurves.hasData(groups, new CurveAxis(Over.SECONDS, false))) {
            plots.add(RunPlot.SECONDS);
        }
        if (finished
                && runs.stream()
                                .filter(run -> run.state() == Run.State.FINISHED)
                                .map(run -> run.measures().parameters())
                                .filter(parameters -> parameters > 0)
                                .distinct()
                                .count()
                        > 1) {
            plots.add(RunPlot.PARAMETERS);
        }
        return plots;
    }

    private void results() {
        ResultTable table = ResultTable.overSeeds(runs);
        List<Cell> header = new ArrayList<>();
        header.add(Cell.text("label"));
        for (String name : List.of("validation loss", "95% interval", "training loss", "parameters", "seconds")) {
            header.add(Cell.number(name));
        }
        table.settings().forEach(setting -> header.add(Cell.text(setting)));
        for (String name :
                List.of("finished", "perplexity", "bits per byte", "best validation", "counted n-grams", "tokens/s")) {
            header.add(Cell.number(name));
        }
        section("Results");
        html.markup("<p class=\"soft\">Losses in nats per token, of the final weights. With several seeds: mean ±"
                + " standard deviation, and the 95% confidence interval of the mean.</p>\n");
        double best = table.rows().stream()
                .filter(row -> row.validationLoss().count() > 0)
                .mapToDouble(row -> row.validationLoss().mean())
                .min()
                .orElse(Double.NaN);
        tableOfFilledColumns(
                header,
                table.rows().stream().map(row -> cells(table, row, best)).toList());
        html.markup("</section>\n");
    }

    /** Writes a table without its empty columns, such as the intervals of single seeds. */
    private void tableOfFilledColumns(List<Cell> header, List<List<Cell>> rows) {
        List<Integer> kept = IntStream.range(0, header.size())
                .filter(column ->
                        rows.stream().anyMatch(row -> !row.get(column).text().equals(Texts.NONE)))
                .boxed()
                .toList();
        html.table(
                kept.stream().map(header::get).toList(),
                rows.stream().map(row -> kept.stream().map(row::get).toList()).toList());
    }

    private static List<Cell> cells(ResultTable table, ResultTable.Row row, double best) {
        Statistics loss = row.validationLoss();
        Run.Measures measures = row.runs().get(0).measures();
        double speed = row.runs().stream()
                .mapToDouble(run -> run.measures().tokensPerSecond())
                .filter(value -> value > 0)
                .average()
                .orElse(Double.NaN);
        List<Cell> cells = new ArrayList<>();
        cells.add(Cell.text(row.label()));
        cells.add(Cell.number(Texts.spread(loss)).best(loss.count() > 0 && loss.mean() == best));
        for (String text : List.of(
                Double.isFinite(loss.low()) ? Texts.loss(loss.low()) + " to " + Texts.loss(loss.high()) : Texts.NONE,
                Texts.loss(row.trainLoss().mean()),
                measures.parameters() > 0 ? String.format(Locale.ROOT, "%,d", measures.parameters()) : Texts.NONE,
                row.seconds().count() > 0 ? Texts.rounded("%.1f", row.seconds().mean()) : Texts.NONE)) {
            cells.add(Cell.number(text));
        }
        table.settings()
                .forEach(name -> cells.add(Cell.text(RunGroups.value(row.runs().get(0), name))));
        for (String text : List.of(
                loss.count() + " of " + row.runs().size(),
                loss.count() > 0 ? Texts.rounded("%.2f", Math.exp(loss.mean())) : Texts.NONE,
                Texts.loss(row.runs().stream()
                        .flatMapToDouble(run -> run.finalBitsPerByte().stream())
                        .average()
                        .orElse(Double.NaN)),
                Texts.loss(row.bestValidationLoss().mean()),
                row.runs().get(0).baselines().map(HtmlReport::counted).orElse(Texts.NONE),
                Texts.rounded("%,.0f", speed))) {
            cells.add(Cell.number(text));
        }
        return cells;
    }

    private static String counted(Baselines baselines) {
        return baselines.ngram().isPresent()
                ? Texts.loss(baselines.ngram().getAsDouble()) + " (order "
                        + baselines.bestOrder().getAsInt() + ")"
                : Texts.NONE;
    }

    private void failures() {
        List<Run> failed = runs.stream().filter(Run::failed).toList();
        if (failed.isEmpty()) {
            return;
        }
        section("Failed runs");
        for (Run run : failed) {
            html.markup("<p>").text(name(run)).markup("</p>\n<pre class=\"bad\">");
            html.text(run.error().orElseThrow()).markup("</pre>\n");
        }
        html.markup("</section>\n");
    }

    private void samples() {
        List<Run> written =
                runs.stream().filter(run -> !run.samples().isEmpty()).toList();
        if (written.isEmpty()) {
            return;
        }
        section("Samples").markup("<p class=\"soft\">Prompts are grey.</p>\n");
        for (int i = 0; i < written.size(); i++) {
            Run run = written.get(i);
            int last = run.samples().get(run.samples().size() - 1).step();
            html.markup(i < OPEN ? "<details open=\"open\"><summary>" : "<details><summary>")
                    .text(name(run))
                    .markup("</summary>\n");
            run.samples().stream().filter(sample -> sample.step() == last).forEach(this::sample);
            List<Run.Sample> earlier = run.samples().stream()
                    .filter(sample -> sample.step() != last)
                    .toList();
            if (!earlier.isEmpty()) {
                html.markup("<details><summary class=\"soft\">earlier</summary>\n");
                earlier.forEach(this::sample);
                html.markup("</details>\n");
            }
            html.markup("</details>\n");
        }
        html.markup("</section>\n");
    }

    private void sample(Run.Sample sample) {
        html.markup("<p class=\"soft\">").text("step " + sample.step()).markup("</p>\n<pre><b>");
        html.text(sample.prompt()).markup("</b>").text(sample.text()).markup("</pre>\n");
    }

    /** Writes the settings that all runs share; the others are in the table of results. */
    private void settings() {
        Map<String, String> shared = new LinkedHashMap<>(runs.get(0).settings());
        runs.forEach(run -> shared.entrySet().retainAll(run.settings().entrySet()));
        if (shared.isEmpty()) {
            return;
        }
        section(runs.size() == 1 ? "Settings" : "Settings of all runs");
        html.markup("<details><summary>" + shared.size() + (shared.size() == 1 ? " setting" : " settings")
                + "</summary>\n");
        html.pairs(shared.entrySet().stream()
                .map(entry -> List.of(entry.getKey(), VisibleText.value(RunGroups.number(entry.getValue()))))
                .toList());
        html.markup("</details>\n</section>\n");
    }

    private void eachRun() {
        List<Cell> header = new ArrayList<>(List.of(Cell.text("run"), Cell.text("label")));
        differing.stream().filter(name -> !name.equals("label")).forEach(name -> header.add(Cell.text(name)));
        header.addAll(List.of(
                Cell.number("seed"),
                Cell.text("state"),
                Cell.number("steps"),
                Cell.number("validation loss"),
                Cell.number("seconds"),
                Cell.text("started"),
                Cell.text("version")));
        section("Runs");
        html.table(header, runs.stream().map(this::cells).toList());
        html.markup("</section>\n");
    }

    private List<Cell> cells(Run run) {
        List<Cell> cells = new ArrayList<>(List.of(Cell.text(run.id()), Cell.text(run.label())));
        differing.stream()
                .filter(name -> !name.equals("label"))
                .forEach(name -> cells.add(Cell.text(RunGroups.value(run, name))));
        cells.addAll(List.of(
                Cell.number(Long.toString(run.seed())),
                Cell.text(Texts.state(run.state())),
                Cell.number(
                        run.last().map(point -> Integer.toString(point.step())).orElse(Texts.NONE)),
                Cell.number(
                        run.finalValidationLoss().isPresent()
                                ? Texts.loss(run.finalValidationLoss().getAsDouble())
                                : Texts.NONE),
                Cell.number(Texts.rounded("%.1f", run.measures().seconds())),
                Cell.text(Texts.time(run.startedAt())),
                Cell.text(run.version())));
        return cells;
    }

    private String name(Run run) {
        String settings = naming.stream()
                .map(name -> name + " " + RunGroups.value(run, name))
                .collect(Collectors.joining(", "));
        return VisibleText.shortened(run.label())
                + (settings.isEmpty() ? "" : ": " + VisibleText.shortened(settings))
                + ", seed "
                + run.seed();
    }
}
