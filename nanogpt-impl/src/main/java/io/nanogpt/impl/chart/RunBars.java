package io.nanogpt.impl.chart;

import io.nanogpt.experiment.Run;
import io.nanogpt.impl.chart.Axis.Range;
import io.nanogpt.impl.chart.Axis.Tick;
import io.nanogpt.impl.chart.Lettering.Anchor;
import io.nanogpt.impl.chart.Mark.Area;
import io.nanogpt.impl.chart.Mark.Fill;
import io.nanogpt.impl.chart.Mark.Line;
import io.nanogpt.impl.chart.Mark.Pen;
import io.nanogpt.impl.chart.Mark.Point;
import io.nanogpt.impl.chart.Mark.Text;
import io.nanogpt.impl.chart.RunGroups.Group;
import io.nanogpt.impl.chart.RunGroups.Repeats;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Stream;

/** Horizontal bars of final losses, labelled above each bar, so that labels may be long. */
final class RunBars {
    private static final double THICK = 12;
    private static final double THIN = 7;
    private static final double FAINT = 0.45;
    private static final double GAP = 9;
    private static final Pen GRID = new Pen(Ink.GRID, 1, false);
    private static final Pen WHISKER = new Pen(Ink.TEXT, 1.2, false);

    private final Page page;
    private final Lettering lettering = Lettering.of(Ink.TEXT, Page.SIZE);
    private final double left = Page.MARGIN;
    private final double right;
    private final Axis axis;

    /** The final losses of one group of repeats, over its finished runs. */
    private record Bar(int group, Repeats repeats, Optional<Spread> validation, Optional<Spread> training) {}

    private RunBars(Page page, List<Bar> bars) {
        this.page = page;
        double values = bars.stream()
                .flatMap(bar -> Stream.of(bar.validation, bar.training))
                .flatMap(Optional::stream)
                .mapToDouble(value -> lettering.width(value.format()))
                .max()
                .orElse(0);
        right = page.width() - Page.MARGIN - values - 8;
        double highest = bars.stream()
                .flatMap(bar -> Stream.of(bar.validation, bar.training))
                .flatMap(Optional::stream)
                .mapToDouble(Spread::high)
                .max()
                .orElse(0);
        axis = Axis.tight(
                "loss of the final weights (nats per token)",
                new Range(0, highest > 0 ? highest : 1),
                Frame.ticksAcross(right - left));
    }

    static Scene draw(String title, double width, RunGroups groups) {
        List<Bar> bars = bars(groups);
        if (bars.stream().allMatch(bar -> bar.validation.isEmpty() && bar.training.isEmpty())) {
            throw new IllegalArgumentException("no run has finished with a finite loss");
        }
        Page page = new Page(width, title);
        RunNotes.write(page, groups, "");
        new RunBars(page, bars).draw(bars);
        return page.scene();
    }

    private static List<Bar> bars(RunGroups groups) {
        List<Bar> bars = new ArrayList<>();
        for (int g = 0; g < groups.groups().size(); g++) {
            Group group = groups.groups().get(g);
            for (Repeats repeats : group.repeats()) {
                bars.add(new Bar(
                        g, repeats, spread(repeats, Run::finalValidationLoss), spread(repeats, Run::finalTrainLoss)));
            }
        }
        return bars;
    }

    /** The spread of the finite losses. */
    static Optional<Spread> spread(Repeats repeats, Function<Run, OptionalDouble> loss) {
        List<Double> values = repeats.finished().stream()
                .map(loss)
                .flatMapToDouble(OptionalDouble::stream)
                .filter(Double::isFinite)
                .boxed()
                .toList();
        return values.isEmpty() ? Optional.empty() : Optional.of(Spread.of(values));
    }

    private void draw(List<Bar> bars) {
        page.skip(6);
        double top = page.bottom();
        double height = bars.stream().mapToDouble(this::height).sum();
        ticks(top, top + height);
        for (Bar bar : bars) {
            bar(bar);
        }
        page.skip(6 + lettering.lineHeight());
        page.note(axis.title());
        page.legend(List.of(
                new Page.Entry(
                        "validation", Ink.FAINT, Optional.of(new Pen(Ink.FAINT, THICK, false)), Optional.empty()),
                new Page.Entry("training", Ink.FAINT, Optional.of(new Pen(Ink.FAINT, THIN, false)), Optional.empty())));
    }

    private double across(double value) {
        return left + axis.place(value) * (right - left);
    }

    private void ticks(double top, double bottom) {
        double end = Double.NEGATIVE_INFINITY;
        for (Tick tick : axis.ticks()) {
            double at = across(tick.value());
            page.add(Line.between(new Point(at, top), new Point(at, bottom), GRID));
            double width = lettering.width(tick.label());
            double from = Math.max(Page.MARGIN, at - width / 2);
            if (from > end + 6) {
                page.add(new Text(new Point(from, bottom + 6 + Lettering.ASCENT * Page.SIZE), tick.label(), lettering));
                end = from + width;
            }
        }
    }

    private List<String> label(Bar bar) {
        int unfinished = bar.repeats.others().size();
        String state = unfinished == 0
                ? ""
                : " (" + unfinished + " of " + bar.repeats.runs().size() + " failed or unfinished)";
        return lettering.wrap(VisibleText.line(bar.repeats.label() + state), page.width() - 2 * Page.MARGIN);
    }

    private double height(Bar bar) {
        return label(bar).size() * lettering.lineHeight()
                + (bar.validation.isPresent() ? THICK + 3 : 0)
                + (bar.training.isPresent() ? THIN + 5 : 0)
                + GAP;
    }

    private void bar(Bar bar) {
        for (String line : label(bar)) {
            page.add(new Text(new Point(left, page.bottom() + Lettering.ASCENT * Page.SIZE), line, lettering));
            page.skip(lettering.lineHeight());
        }
        Ink ink = Ink.ofSeries(bar.group);
        bar.validation.ifPresent(value -> {
            box(value, THICK, new Fill(ink, 1));
            page.skip(THICK + 3);
        });
        bar.training.ifPresent(value -> {
            box(value, THIN, new Fill(ink, FAINT));
            page.skip(THIN + 5);
        });
        page.skip(GAP);
    }

    private void box(Spread value, double thickness, Fill fill) {
        double middle = page.bottom() + thickness / 2;
        page.add(Area.box(new Point(left, page.bottom()), Math.max(0, across(value.mean()) - left), thickness, fill));
        double end = across(value.high());
        if (value.deviation() > 0) {
            page.add(Line.between(
                    new Point(across(Math.max(0, value.low())), middle), new Point(end, middle), WHISKER));
        }
        page.add(new Text(
                new Point(Math.max(end, left) + 6, middle + 0.35 * Page.SIZE),
                value.format(),
                lettering.anchored(Anchor.START)));
    }
}
