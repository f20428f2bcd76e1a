package io.nanogpt.impl.chart;

import io.nanogpt.experiment.Run;
import io.nanogpt.impl.chart.Axis.Range;
import io.nanogpt.impl.chart.Factors.Factor;
import io.nanogpt.impl.chart.Mark.Box;
import io.nanogpt.impl.chart.Mark.Line;
import io.nanogpt.impl.chart.Mark.Pen;
import io.nanogpt.impl.chart.Mark.Point;
import io.nanogpt.impl.chart.Mark.Text;
import io.nanogpt.impl.chart.RunGroups.Repeats;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Small charts on the same axes, one for each factor: validation losses of its values, and of the baseline in grey. */
final class RunFactors {
    private static final double NARROWEST_PANEL = 175;
    private static final double LOWEST = 130;
    private static final double HIGHEST = 190;
    /** Height divided by width. */
    private static final double ASPECT = 0.75;

    private static final double GAP = 16;
    private static final double BELOW = 24;
    private static final double WIDEST_NAME = 70;
    private static final double WIDTH = 2;
    private static final Ink BASELINE = Ink.GREY;
    /** The colours of variants, without the grey of the baseline. */
    private static final List<Ink> INKS =
            Ink.SERIES.stream().filter(ink -> ink != BASELINE).toList();

    private final Page page;
    private final CurveAxis over;
    private final List<Panel> panels;
    private final double aside;

    /** A line of a panel. */
    private record Curve(String name, Ink ink, List<Point> values) {}

    /** The lines of a factor, of which the first is the baseline's. */
    private record Panel(String title, List<Curve> curves) {}

    private RunFactors(Page page, CurveAxis over, List<Panel> panels) {
        this.page = page;
        this.over = over;
        this.panels = panels;
        aside = EndLabels.width(panels.stream()
                .flatMap(panel -> panel.curves.stream())
                .map(Curve::name)
                .toList());
    }

    static Scene draw(String title, double width, List<Run> runs, Optional<Factors> factors, CurveAxis over) {
        Factors found = factors.orElseThrow(() -> new IllegalArgumentException(
                "there is no run from which all others differ in one setting each; name the one to compare with as the"
                        + " baseline"));
        List<Panel> panels = found.factors().stream()
                .map(factor -> panel(found.baseline(), factor, over))
                .toList();
        if (panels.stream().flatMap(panel -> panel.curves.stream()).allMatch(curve -> curve.values.isEmpty())) {
            throw new IllegalArgumentException("no run has an evaluation with a finite loss");
        }
        Page page = new Page(width, title);
        page.note("Baseline in grey: " + VisibleText.line(found.baseline().label()) + ".");
        RunNotes.write(page, RunGroups.of(runs, Optional.of("label")), "");
        new RunFactors(page, over, panels).draw();
        return page.scene();
    }

    private static Panel panel(Repeats baseline, Factor factor, CurveAxis over) {
        List<Curve> curves = new ArrayList<>();
        curves.add(new Curve(name(factor.base()), BASELINE, means(baseline, over)));
        for (int i = 0; i < factor.variants().size(); i++) {
            Repeats variant = factor.variants().get(i);
            curves.add(new Curve(name(variant.label()), INKS.get(i % INKS.size()), means(variant, over)));
        }
        return new Panel(factor.name(), curves);
    }

    private static String name(String value) {
        return Lettering.of(Ink.TEXT, Page.SIZE).shorten(VisibleText.line(value), WIDEST_NAME);
    }

    /** The mean validation losses over seeds, at the evaluations that all runs have. */
    private static List<Point> means(Repeats repeats, CurveAxis over) {
        List<Run> runs = repeats.finished().isEmpty() ? repeats.runs() : repeats.finished();
        int shared =
                runs.stream().mapToInt(run -> run.evaluations().size()).min().orElse(0);
        List<Point> means = new ArrayList<>();
        for (int i = 0; i < shared; i++) {
            int at = i;
            double x = runs.stream()
                    .mapToDouble(run -> over.of(run, run.evaluations().get(at)))
                    .average()
                    .orElse(Double.NaN);
            double y = runs.stream()
                    .mapToDouble(run -> run.evaluations().get(at).validationLoss())
                    .average()
                    .orElse(Double.NaN);
            if (Double.isFinite(y) && Double.isFinite(x) && (x > 0 || !over.logarithmic())) {
                means.add(new Point(x, y));
            }
        }
        return means;
    }

    private void draw() {
        double inner = page.width() - 2 * Page.MARGIN;
        int columns = Math.max(1, Math.min(panels.size(), (int) ((inner + GAP) / (NARROWEST_PANEL + GAP))));
        double width = (inner - (columns - 1) * GAP) / columns;
        double height = Math.max(LOWEST, Math.min(HIGHEST, ASPECT * width));
        List<Point> all = panels.stream()
                .flatMap(panel -> panel.curves.stream())
                .flatMap(curve -> curve.values.stream())
                .toList();
        Axis x = Axis.ofCurves(
                over.title(),
                over.logarithmic(),
                all.stream().map(Point::x).toList(),
                Frame.ticksAcross(width - aside));
        Range range = Outliers.without(all.stream().map(Point::y).toList());
        Axis y = Axis.linear("validation loss (nats per token)", range, 4);
        page.skip(4);
        page.note(y.title() + " over " + x.title());
        Lettering titles = Lettering.of(Ink.TEXT, Page.SIZE).in(Lettering.Face.BOLD);
        for (int first = 0; first < panels.size(); first += columns) {
            double top = page.bottom() + titles.lineHeight() + 8;
            for (int column = 0; column < columns && first + column < panels.size(); column++) {
                Panel panel = panels.get(first + column);
                double left = Page.MARGIN + column * (width + GAP);
                String title = titles.shorten(VisibleText.line(panel.title), width);
                page.add(new Text(new Point(left, page.bottom() + 4 + Lettering.ASCENT * Page.SIZE), title, titles));
                panel(panel, Frame.within(page, x, y, new Box(left, top, left + width - aside, top + height)));
            }
            page.skip(titles.lineHeight() + 8 + height + BELOW);
        }
    }

    private void panel(Panel panel, Frame frame) {
        List<EndLabels.End> ends = new ArrayList<>();
        for (Curve curve : panel.curves) {
            if (!curve.values.isEmpty()) {
                List<Point> points = curve.values.stream()
                        .map(value -> frame.at(value.x(), value.y()))
                        .toList();
                page.add(new Line(points, new Pen(curve.ink, WIDTH, false)));
                frame.outlier(curve.values, curve.ink).forEach(page::add);
                ends.add(new EndLabels.End(points.get(points.size() - 1), curve.name, curve.ink));
            }
        }
        if (EndLabels.fit(ends.size(), frame.bottom() - frame.top())) {
            EndLabels.beside(frame, ends).forEach(page::add);
        } else {
            List<Mark> shown = EndLabels.beside(
                    frame,
                    Stream.of(ends.get(0), ends.get(1), ends.get(ends.size() - 1))
                            .toList());
            shown.forEach(page::add);
        }
    }
}
