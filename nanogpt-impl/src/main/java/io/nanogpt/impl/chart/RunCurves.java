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
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
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
    /** Charts with more baselines have none. */
    private static final int MOST_BASELINES = 3;

    private static final Pen COUNTED = new Pen(Ink.FAINT, 1, true);
    private static final Pen TRAINING = new Pen(Ink.FAINT, 1.5, true);

    private RunCurves() {}

    /** The quantity on the x axis. */
    enum Over {
        STEPS("optimizer steps"),
        TOKENS("tokens trained on"),
        SECONDS("training time (seconds)");

        private final String title;

        Over(String title) {
            this.title = title;
        }

        private double of(Run run, EvaluationPoint point) {
            return switch (this) {
                case STEPS -> point.step();
                case TOKENS -> (double) run.tokens(point.step());
                case SECONDS -> point.seconds();
            };
        }
    }

    /** The mean and the deviation of a loss at one x. */
    private record Loss(double x, Spread value) {}

    /** One curve. */
    private record Curve(int group, boolean isTraining, boolean isFailed, List<Loss> losses) {}

    /** The loss of a counted model. */
    private record Baseline(int order, double loss) {}

    /** Whether there is anything to draw. */
    static boolean hasData(RunGroups groups, Over over) {
        return !curves(groups, over).isEmpty();
    }

    static Scene draw(String title, double width, RunGroups groups, Over over) {
        List<Curve> curves = curves(groups, over);
        if (curves.isEmpty()) {
            throw new IllegalArgumentException("no run has an evaluation with a finite loss");
        }
        Page page = new Page(width, title);
        RunNotes.write(page, groups, " (×)");
        List<Baseline> baselines = baselines(groups.runs());
        Frame frame = Frame.on(page, xAxis(width, over, curves), yAxis(curves, baselines));
        baselines.forEach(baseline -> page.add(frame.level(baseline.loss, COUNTED)));
        curves.forEach(curve -> band(page, frame, curve));
        curves.forEach(curve -> line(page, frame, curve));
        page.legend(legend(groups, curves, baselines));
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
                .toList();
        return distinct.size() > MOST_BASELINES ? List.of() : distinct;
    }

    private static List<Curve> curves(RunGroups groups, Over over) {
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
        return curves;
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

    private static List<Loss> losses(List<Run> runs, Over over, ToDoubleFunction<EvaluationPoint> loss) {
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

    private static Axis xAxis(double width, Over over, List<Curve> curves) {
        List<Double> xs = curves.stream()
                .flatMap(curve -> curve.losses.stream())
                .map(Loss::x)
                .toList();
        return Axis.tight(over.title, Range.of(xs), Frame.ticksAcross(width));
    }

    private static Axis yAxis(List<Curve> curves, List<Baseline> baselines) {
        List<Double> values = Stream.concat(
                        curves.stream()
                                .flatMap(curve -> curve.losses.stream())
                                .flatMap(loss -> Stream.of(loss.value.low(), loss.value.high())),
                        baselines.stream().map(Baseline::loss))
                .toList();
        Range range = Range.of(values);
        String title = "loss (nats per token)";
        return range.from() > 0 && range.to() / range.from() > WIDE
                ? Axis.logarithmic(title, range, 6)
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
        if (!curve.isTraining && points.size() <= MOST_DOTS) {
            points.forEach(point -> page.add(new Dot(point, DOT, Page.shape(curve.group), ink)));
        }
        if (curve.isFailed && !curve.isTraining) {
            Point end = points.get(points.size() - 1);
            page.add(new Text(new Point(end.x(), end.y() + 0.35 * CROSS.size()), "×", CROSS));
        }
    }

    private static List<Page.Entry> legend(RunGroups groups, List<Curve> curves, List<Baseline> baselines) {
        List<Page.Entry> entries = new ArrayList<>();
        for (int g = 0; g < groups.groups().size(); g++) {
            int group = g;
            if (curves.stream().anyMatch(curve -> curve.group == group)) {
                Group drawn = groups.groups().get(g);
                Ink ink = Ink.ofSeries(g);
                entries.add(new Page.Entry(
                        drawn.label(), ink, Optional.of(new Pen(ink, 2, false)), Optional.of(Page.shape(g))));
            }
        }
        entries.add(new Page.Entry("validation", Ink.FAINT, Optional.of(VALIDATION), Optional.empty()));
        entries.add(new Page.Entry("training", Ink.FAINT, Optional.of(TRAINING), Optional.empty()));
        baselines.forEach(baseline -> entries.add(new Page.Entry(
                "counted " + baseline.order + "-grams " + Texts.loss(baseline.loss),
                Ink.FAINT,
                Optional.of(COUNTED),
                Optional.empty())));
        return entries;
    }
}
