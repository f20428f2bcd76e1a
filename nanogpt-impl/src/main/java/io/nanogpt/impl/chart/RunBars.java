package io.nanogpt.impl.chart;

import io.nanogpt.experiment.Run;
import io.nanogpt.impl.chart.Axis.Range;
import io.nanogpt.impl.chart.Axis.Tick;
import io.nanogpt.impl.chart.Lettering.Anchor;
import io.nanogpt.impl.chart.Mark.Dot;
import io.nanogpt.impl.chart.Mark.Line;
import io.nanogpt.impl.chart.Mark.Pen;
import io.nanogpt.impl.chart.Mark.Point;
import io.nanogpt.impl.chart.Mark.Shape;
import io.nanogpt.impl.chart.Mark.Text;
import io.nanogpt.impl.chart.RunGroups.Group;
import io.nanogpt.impl.chart.RunGroups.Repeats;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Final losses as dots on lines, labelled above, so that labels may be long. The axis begins near the lowest loss, which
 * bars could not; the validation loss of
 * the baseline, or else the best one, is a dashed line through all.
 */
final class RunBars {
    private static final double THICK = 12;
    private static final double THIN = 7;
    private static final double RADIUS = 4.5;
    private static final Pen REFERENCE = new Pen(Ink.FAINT, 1.2, true);
    private static final double GAP = 9;
    private static final Lettering HEADINGS = Lettering.of(Ink.TEXT, Page.SIZE).in(Lettering.Face.BOLD);
    private static final Pen GRID = new Pen(Ink.GRID, 1, false);

    private final Page page;
    private final Lettering lettering = Lettering.of(Ink.TEXT, Page.SIZE);
    private final double left = Page.MARGIN;
    private final double right;
    private final Axis axis;

    /** The final losses of one group of repeats, over its finished runs. */
    private record Bar(
            String heading, Ink ink, Repeats repeats, Optional<Spread> validation, Optional<Spread> training) {
        static Bar of(String heading, Ink ink, Repeats repeats) {
            return new Bar(
                    heading,
                    ink,
                    repeats,
                    spread(repeats, Run::finalValidationLoss),
                    spread(repeats, Run::finalTrainLoss));
        }
    }

    private RunBars(Page page, List<Bar> bars) {
        this.page = page;
        double values = bars.stream()
                .flatMap(bar -> Stream.of(bar.validation, bar.training))
                .flatMap(Optional::stream)
                .mapToDouble(value -> lettering.width(value.format()))
                .max()
                .orElse(0);
        right = page.width() - Page.MARGIN - values - 8;
        List<Double> shown = bars.stream()
                .flatMap(bar -> Stream.of(bar.validation, bar.training))
                .flatMap(Optional::stream)
                .flatMap(value -> Stream.of(value.low(), value.high()))
                .toList();
        Range range = shown.isEmpty() ? new Range(0, 1) : Range.of(shown).widened();
        double space = (range.to() - range.from()) * 0.06;
        axis = Axis.tight(
                "loss of the final weights (nats per token)",
                new Range(range.from() - space, range.to() + space),
                Frame.ticksAcross(right - left));
    }

    /**
     * Draws the losses.
     *
     * @param factors a baseline with what differs from it, in place of the groups
     */
    static Scene draw(String title, double width, RunGroups groups, Optional<Factors> factors) {
        List<Bar> bars = factors.map(RunBars::bars).orElseGet(() -> bars(groups));
        if (bars.stream().allMatch(bar -> bar.validation.isEmpty() && bar.training.isEmpty())) {
            throw new IllegalArgumentException("no run has finished with a finite loss");
        }
        Page page = new Page(width, title);
        RunNotes.write(page, groups, "");
        Optional<Bar> baseline = factors.map(found -> bars.get(0));
        new RunBars(page, bars).draw(bars, baseline);
        return page.scene();
    }

    /** The baseline, then a heading for each factor with its values below. */
    private static List<Bar> bars(Factors factors) {
        List<Bar> bars = new ArrayList<>();
        bars.add(Bar.of("baseline", Ink.GREY, factors.baseline()));
        List<Factors.Factor> all = factors.factors();
        for (int f = 0; f < all.size(); f++) {
            Ink ink = Ink.ofSeries(f);
            for (int i = 0; i < all.get(f).variants().size(); i++) {
                bars.add(Bar.of(
                        i == 0 ? all.get(f).name() : "",
                        ink,
                        all.get(f).variants().get(i)));
            }
        }
        return bars;
    }

    private static List<Bar> bars(RunGroups groups) {
        List<Bar> bars = new ArrayList<>();
        for (int g = 0; g < groups.groups().size(); g++) {
            Group group = groups.groups().get(g);
            for (Repeats repeats : group.repeats()) {
                bars.add(Bar.of("", Ink.ofSeries(g), repeats));
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

    private void draw(List<Bar> bars, Optional<Bar> baseline) {
        page.skip(6);
        double top = page.bottom();
        double height = bars.stream().mapToDouble(this::height).sum();
        ticks(top, top + height);
        Stream<Bar> compared = baseline.isPresent() ? baseline.stream() : bars.stream();
        OptionalDouble best = compared.flatMap(bar -> bar.validation.stream())
                .mapToDouble(Spread::mean)
                .min();
        for (Bar bar : bars) {
            bar(bar, best);
        }
        page.skip(6 + lettering.lineHeight());
        page.note(axis.title());
        String reference = baseline.isPresent() ? "validation of the baseline" : "lowest validation";
        page.legend(List.of(
                new Page.Entry("validation", Ink.FAINT, Optional.empty(), Optional.of(Shape.CIRCLE)),
                new Page.Entry("training", Ink.FAINT, Optional.empty(), Optional.of(Shape.DIAMOND)),
                new Page.Entry(reference, Ink.FAINT, Optional.of(REFERENCE), Optional.empty())));
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

    private List<String> heading(Bar bar) {
        return HEADINGS.wrap(VisibleText.line(bar.heading), page.width() - 2 * Page.MARGIN);
    }

    private double height(Bar bar) {
        return heading(bar).size() * HEADINGS.lineHeight()
                + label(bar).size() * lettering.lineHeight()
                + (bar.validation.isPresent() ? THICK + 3 : 0)
                + (bar.training.isPresent() ? THIN + 5 : 0)
                + GAP;
    }

    /** Draws a group; the line at the reference is beside its dots alone, so that it crosses no label. */
    private void bar(Bar bar, OptionalDouble reference) {
        for (String line : heading(bar)) {
            page.add(new Text(new Point(left, page.bottom() + Lettering.ASCENT * Page.SIZE), line, HEADINGS));
            page.skip(HEADINGS.lineHeight());
        }
        for (String line : label(bar)) {
            page.add(new Text(new Point(left, page.bottom() + Lettering.ASCENT * Page.SIZE), line, lettering));
            page.skip(lettering.lineHeight());
        }
        Ink ink = bar.ink;
        double top = page.bottom() - 2;
        bar.validation.ifPresent(value -> {
            Point center = new Point(across(value.mean()), page.bottom() + THICK / 2);
            dot(value, THICK, new Dot(center, RADIUS, Shape.CIRCLE, ink));
            page.skip(THICK + 3);
        });
        bar.training.ifPresent(value -> {
            Point center = new Point(across(value.mean()), page.bottom() + THIN / 2);
            dot(value, THIN, new Dot(center, RADIUS - 1, Shape.DIAMOND, ink));
            page.skip(THIN + 5);
        });
        reference.ifPresent(loss -> page.add(
                Line.between(new Point(across(loss), top), new Point(across(loss), page.bottom()), REFERENCE)));
        page.skip(GAP);
    }

    private void dot(Spread value, double thickness, Dot dot) {
        double middle = dot.center().y();
        page.add(Line.between(new Point(left, middle), new Point(right, middle), GRID));
        if (value.deviation() > 0) {
            page.add(Line.between(
                    new Point(across(value.low()), middle),
                    new Point(across(value.high()), middle),
                    new Pen(dot.ink(), thickness / 4, false)));
        }
        page.add(dot);
        page.add(new Text(
                new Point(right + 8, middle + 0.35 * Page.SIZE), value.format(), lettering.anchored(Anchor.START)));
    }
}
