package io.nanogpt.impl.chart;

import io.nanogpt.experiment.Run;
import io.nanogpt.impl.chart.Axis.Range;
import io.nanogpt.impl.chart.Mark.Area;
import io.nanogpt.impl.chart.Mark.Dot;
import io.nanogpt.impl.chart.Mark.Line;
import io.nanogpt.impl.chart.Mark.Pen;
import io.nanogpt.impl.chart.Mark.Point;
import io.nanogpt.impl.chart.Mark.Text;
import io.nanogpt.impl.chart.RunGroups.Group;
import io.nanogpt.impl.chart.RunGroups.Repeats;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Loss curves: a colour per group, validation solid, training dashed, the deviation over seeds as a band. */
final class RunCurves {
    /** Above this ratio of the highest to the lowest loss, the axis is logarithmic. */
    private static final double WIDE = 12;
    /** Curves with more points are drawn without dots. */
    private static final int MOST_DOTS = 30;

    private static final double DOT = 3;
    private static final double BAND = 0.18;
    /** Marks the end of a failed run. */
    private static final Lettering CROSS =
            Lettering.of(Ink.TEXT, 18).in(Lettering.Face.BOLD).anchored(Lettering.Anchor.MIDDLE);

    private static final Pen VALIDATION = new Pen(Ink.FAINT, 2, false);
    /** A baseline is drawn up to this fraction of the range of the curves below them. */
    private static final double MOST_BELOW = 0.5;

    /** The most of a chart's width that the names beside curves take. */
    private static final double MOST_ASIDE = 0.25;

    /** Charts with more baselines have none. */
    private static final int MOST_BASELINES = 3;

    private static final Pen COUNTED = new Pen(Ink.FAINT, 1, true);
    private static final Pen TRAINING = new Pen(Ink.FAINT, 1.5, true);

    private RunCurves() {}

    /** The mean and the deviation of a loss at one x. */
    record Loss(double x, Spread value) {}

    /** One curve. */
    record Curve(int group, boolean isTraining, boolean isFailed, List<Loss> losses) {
        /** This curve without what a logarithmic axis does not have. */
        Curve afterZero() {
            return new Curve(
                    group,
                    isTraining,
                    isFailed,
                    losses.stream().filter(loss -> loss.x > 0).toList());
        }
    }

    /** The loss of a counted model. */
    private record Baseline(int order, double loss) {}

    /** Whether there is anything to draw. */
    static boolean hasData(RunGroups groups, CurveAxis over) {
        return !curves(groups, over).isEmpty();
    }

    static Scene draw(String title, double width, RunGroups groups, CurveAxis over) {
        List<Curve> curves = curves(groups, over);
        if (curves.isEmpty()) {
            throw new IllegalArgumentException("no run has an evaluation with a finite loss");
        }
        Page page = new Page(width, title);
        RunNotes.write(page, groups, " (×)");
        List<Baseline> baselines = baselines(groups.runs());
        List<String> names = endNames(groups, curves, width);
        double aside = names.isEmpty() ? 0 : EndLabels.width(names);
        if (!names.isEmpty() && groups.namesAreShortened()) {
            page.note("Colours: " + VisibleText.line(groups.name()) + ".");
        }
        Axis xAxis = xAxis(width - aside, over, curves);
        Frame frame = Frame.on(page, xAxis, yAxis(curves, baselines), aside);
        baselines.stream()
                .filter(baseline -> frame.hasY(baseline.loss))
                .forEach(baseline -> page.add(frame.level(baseline.loss, COUNTED)));
        curves.forEach(curve -> band(page, frame, curve));
        curves.forEach(curve -> line(page, frame, curve));
        Overfitting.draw(page, frame, curves);
        if (!names.isEmpty()) {
            EndLabels.beside(frame, ends(groups, curves, frame)).forEach(page::add);
        }
        List<Page.Entry> entries = groupEntries(groups, curves, names.isEmpty());
        entries.addAll(lineEntries(frame, baselines));
        page.legend(entries);
        baselines.stream()
                .filter(baseline -> !frame.hasY(baseline.loss))
                .collect(Collectors.groupingBy(
                        Baseline::order,
                        TreeMap::new,
                        Collectors.mapping(baseline -> Texts.loss(baseline.loss), Collectors.joining(", "))))
                .forEach((order, losses) -> page.note("Counted " + order + "-grams, not in the plot: " + losses + "."));
        return page.scene();
    }

    /** The losses of the best counted models; none if the runs have too many different ones to be told apart. */
    private static List<Baseline> baselines(List<Run> runs) {
        List<Baseline> distinct = runs.stream()
                .flatMap(run -> run.baselines().stream())
                .filter(baselines -> baselines.ngram().isPresent())
                .map(baselines -> new Baseline(
                        baselines.bestOrder().getAsInt(),
                        Math.rint(baselines.ngram().getAsDouble() * 1000) / 1000))
                .distinct()
                .sorted(Comparator.comparingDouble(Baseline::loss))
                .toList();
        return distinct.size() > MOST_BASELINES ? List.of() : distinct;
    }

    private static List<Curve> curves(RunGroups groups, CurveAxis over) {
        List<Curve> curves = new ArrayList<>();
        for (int g = 0; g < groups.groups().size(); g++) {
            for (Repeats repeats : groups.groups().get(g).repeats()) {
                for (List<Run> averaged : averaged(repeats)) {
                    boolean failed = averaged.get(0).failed();
                    curves.add(new Curve(g, true, failed, losses(averaged, over, EvaluationPoint::trainLoss)));
                    curves.add(new Curve(g, false, failed, losses(averaged, over, EvaluationPoint::validationLoss)));
                }
            }
        }
        curves.removeIf(curve -> curve.losses.isEmpty());
        return over.logarithmic()
                ? curves.stream()
                        .map(Curve::afterZero)
                        .filter(curve -> !curve.losses.isEmpty())
                        .toList()
                : curves;
    }

    /** Sets of runs drawn as one curve: finished runs that were evaluated at the same steps are averaged. */
    private static List<List<Run>> averaged(Repeats repeats) {
        List<Run> finished = repeats.finished();
        boolean same = finished.stream().map(RunCurves::steps).distinct().count() <= 1;
        Stream<List<Run>> means = same ? Stream.of(finished) : finished.stream().map(List::of);
        return Stream.concat(means, repeats.others().stream().map(List::of))
                .filter(runs -> !runs.isEmpty())
                .toList();
    }

    private static List<Integer> steps(Run run) {
        return run.evaluations().stream().map(EvaluationPoint::step).toList();
    }

    private static List<Loss> losses(List<Run> runs, CurveAxis over, ToDoubleFunction<EvaluationPoint> loss) {
        List<Loss> losses = new ArrayList<>();
        for (int i = 0; i < runs.get(0).evaluations().size(); i++) {
            List<Double> xs = new ArrayList<>();
            List<Double> values = new ArrayList<>();
            for (Run run : runs) {
                EvaluationPoint point = run.evaluations().get(i);
                xs.add(over.of(run, point));
                values.add(loss.applyAsDouble(point));
            }
            if (Stream.concat(xs.stream(), values.stream()).allMatch(Double::isFinite)) {
                losses.add(new Loss(Spread.of(xs).mean(), Spread.of(values)));
            }
        }
        return losses;
    }

    /** The names of the groups as they are beside the ends of their curves; none if these have no room. */
    private static List<String> endNames(RunGroups groups, List<Curve> curves, double width) {
        List<String> names = IntStream.range(0, groups.groups().size())
                .filter(g -> end(curves, g).isPresent())
                .mapToObj(groups::shortLabel)
                .toList();
        boolean fits = EndLabels.width(names) <= MOST_ASIDE * width && EndLabels.fit(names.size(), Frame.height(width));
        return fits && names.size() > 1 ? names : List.of();
    }

    /** The end of the first validation curve of a group, or of the one for training; none if all its runs failed. */
    private static Optional<Loss> end(List<Curve> curves, int group) {
        return curves.stream()
                .filter(curve -> curve.group == group && !curve.isFailed)
                .min(Comparator.comparing(Curve::isTraining))
                .map(curve -> curve.losses.get(curve.losses.size() - 1));
    }

    private static List<EndLabels.End> ends(RunGroups groups, List<Curve> curves, Frame frame) {
        List<EndLabels.End> ends = new ArrayList<>();
        for (int g = 0; g < groups.groups().size(); g++) {
            int group = g;
            end(curves, g)
                    .ifPresent(loss -> ends.add(new EndLabels.End(
                            frame.at(loss.x, loss.value.mean()), groups.shortLabel(group), Ink.ofSeries(group))));
        }
        return ends;
    }

    private static Axis xAxis(double width, CurveAxis over, List<Curve> curves) {
        List<Double> xs = curves.stream()
                .flatMap(curve -> curve.losses.stream())
                .map(Loss::x)
                .toList();
        return Axis.ofCurves(over.title(), over.logarithmic(), xs, Frame.ticksAcross(width));
    }

    private static Axis yAxis(List<Curve> curves, List<Baseline> baselines) {
        List<Double> ofCurves = curves.stream()
                .flatMap(curve -> curve.losses.stream())
                .flatMap(loss -> Stream.of(loss.value.low(), loss.value.high()))
                .toList();
        Range shown = Outliers.without(ofCurves);
        // A baseline far below would flatten the curves, so that only the legend has it.
        double lowest = shown.from() - MOST_BELOW * (shown.to() - shown.from());
        List<Double> values = Stream.concat(
                        ofCurves.stream(),
                        baselines.stream().map(Baseline::loss).filter(loss -> loss >= lowest))
                .toList();
        Range range = Outliers.without(values);
        String title = "loss (nats per token)";
        return range.from() > 0 && range.to() / range.from() > WIDE
                ? Axis.logarithmic(title + ", logarithmic", Range.of(values), 6)
                : Axis.linear(title, range, 6);
    }

    private static void band(Page page, Frame frame, Curve curve) {
        if (curve.isTraining || curve.losses.stream().allMatch(loss -> loss.value.deviation() == 0)) {
            return;
        }
        List<Point> outline = new ArrayList<>();
        curve.losses.forEach(loss -> outline.add(frame.at(loss.x, loss.value.high())));
        List<Loss> back = new ArrayList<>(curve.losses);
        Collections.reverse(back);
        back.forEach(loss -> outline.add(frame.at(loss.x, loss.value.low())));
        page.add(new Area(outline, Ink.ofSeries(curve.group), BAND));
    }

    private static void line(Page page, Frame frame, Curve curve) {
        Ink ink = Ink.ofSeries(curve.group);
        List<Point> points = curve.losses.stream()
                .map(loss -> frame.at(loss.x, loss.value.mean()))
                .toList();
        Pen pen = curve.isTraining ? TRAINING : VALIDATION;
        page.add(new Line(points, new Pen(ink, pen.width(), pen.dashed())));
        if (!curve.isTraining) {
            List<Point> values = curve.losses.stream()
                    .map(loss -> new Point(loss.x, loss.value.mean()))
                    .toList();
            frame.outlier(values, ink).forEach(page::add);
        }
        if (!curve.isTraining && points.size() <= MOST_DOTS) {
            points.forEach(point -> page.add(new Dot(point, DOT, Page.shape(curve.group), ink)));
        }
        if (curve.isFailed && !curve.isTraining) {
            Point end = points.get(points.size() - 1);
            page.add(new Text(new Point(end.x(), end.y() + 0.35 * CROSS.size()), "×", CROSS));
        }
    }

    /** The groups, or those alone that have no name beside their curve. */
    private static List<Page.Entry> groupEntries(RunGroups groups, List<Curve> curves, boolean all) {
        List<Page.Entry> entries = new ArrayList<>();
        for (int g = 0; g < groups.groups().size(); g++) {
            int group = g;
            boolean isMissing = all || end(curves, group).isEmpty();
            if (isMissing && curves.stream().anyMatch(curve -> curve.group == group)) {
                Group drawn = groups.groups().get(g);
                Ink ink = Ink.ofSeries(g);
                entries.add(new Page.Entry(
                        drawn.label(), ink, Optional.of(new Pen(ink, 2, false)), Optional.of(Page.shape(g))));
            }
        }
        return entries;
    }

    private static List<Page.Entry> lineEntries(Frame frame, List<Baseline> baselines) {
        List<Page.Entry> entries = new ArrayList<>();
        entries.add(new Page.Entry("validation", Ink.FAINT, Optional.of(VALIDATION), Optional.empty()));
        entries.add(new Page.Entry("training", Ink.FAINT, Optional.of(TRAINING), Optional.empty()));
        baselines.stream()
                .filter(baseline -> frame.hasY(baseline.loss))
                .forEach(baseline -> entries.add(new Page.Entry(
                        "counted " + baseline.order + "-grams " + Texts.loss(baseline.loss),
                        Ink.FAINT,
                        Optional.of(COUNTED),
                        Optional.empty())));
        return entries;
    }
}
