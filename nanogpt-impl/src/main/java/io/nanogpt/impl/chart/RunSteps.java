package io.nanogpt.impl.chart;

import io.nanogpt.chart.RunPlot;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.Run.StepPoint;
import io.nanogpt.impl.chart.Axis.Range;
import io.nanogpt.impl.chart.Mark.Dot;
import io.nanogpt.impl.chart.Mark.Line;
import io.nanogpt.impl.chart.Mark.Pen;
import io.nanogpt.impl.chart.Mark.Point;
import io.nanogpt.impl.chart.RunGroups.Repeats;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** What was recorded of the steps of runs: learning rate, gradient norm or speed, a line for each run. */
final class RunSteps {
    /** Above this ratio of the highest to the lowest value, the axis is logarithmic. */
    private static final double WIDE = 20;

    /** The radius of a run of a single point. */
    private static final double DOT = 2.5;

    private static final double THIN = 1.5;
    private static final int MOST_SPEEDS = 50;

    private RunSteps() {}

    /** One line. */
    private record Curve(int group, List<Point> values) {}

    /** Whether the runs have recorded steps. */
    static boolean hasData(List<Run> runs) {
        return runs.stream().anyMatch(run -> !run.steps().isEmpty());
    }

    static String title(RunPlot plot) {
        return switch (plot) {
            case LEARNING_RATE -> "Learning rate";
            case GRADIENT_NORM -> "Norm of the gradients";
            case SPEED -> "Speed of training";
            default -> throw new IllegalArgumentException(plot + " is not a chart of steps");
        };
    }

    private static String axis(RunPlot plot) {
        return switch (plot) {
            case LEARNING_RATE -> "learning rate";
            case GRADIENT_NORM -> "gradient norm before clipping";
            default -> "training tokens per second";
        };
    }

    private static ToDoubleFunction<StepPoint> value(RunPlot plot) {
        return switch (plot) {
            case LEARNING_RATE -> StepPoint::learningRate;
            case GRADIENT_NORM -> StepPoint::gradientNorm;
            default -> StepPoint::tokensPerSecond;
        };
    }

    static Scene draw(RunPlot plot, String title, double width, RunGroups groups, CurveAxis over) {
        List<Curve> curves = curves(groups, plot, over);
        if (curves.isEmpty()) {
            throw new IllegalArgumentException(
                    "no run has recorded steps; runs of older versions have evaluations alone");
        }
        Page page = new Page(width, title);
        List<Point> all =
                curves.stream().flatMap(curve -> curve.values.stream()).toList();
        Axis x = Axis.ofCurves(
                over.title(), over.logarithmic(), all.stream().map(Point::x).toList(), Frame.ticksAcross(width));
        Frame frame = Frame.on(page, x, yAxis(plot, curves));
        for (Curve curve : curves) {
            Ink ink = Ink.ofSeries(curve.group);
            List<Point> points = curve.values.stream()
                    .map(value -> frame.at(value.x(), value.y()))
                    .toList();
            page.add(
                    points.size() == 1
                            ? new Dot(points.get(0), DOT, Mark.Shape.CIRCLE, ink)
                            : new Line(points, new Pen(ink, THIN, false)));
            frame.outlier(curve.values, ink).forEach(page::add);
        }
        if (groups.groups().size() > 1) {
            page.legend(legend(groups));
        }
        return page.scene();
    }

    private static List<Curve> curves(RunGroups groups, RunPlot plot, CurveAxis over) {
        List<Curve> curves = new ArrayList<>();
        for (int g = 0; g < groups.groups().size(); g++) {
            for (Repeats repeats : groups.groups().get(g).repeats()) {
                for (Run run : repeats.runs()) {
                    List<Point> values = values(run, plot, over);
                    if (!values.isEmpty()) {
                        curves.add(new Curve(g, values));
                    }
                }
            }
        }
        return curves;
    }

    private static List<Point> values(Run run, RunPlot plot, CurveAxis over) {
        ToDoubleFunction<StepPoint> value = value(plot);
        List<StepPoint> steps = plot == RunPlot.SPEED ? merged(run.steps()) : run.steps();
        return steps.stream()
                .map(point -> new Point(over.of(run, point.step(), point.seconds()), value.applyAsDouble(point)))
                .filter(point -> Double.isFinite(point.x()) && Double.isFinite(point.y()))
                .filter(point -> point.x() > 0 || !over.logarithmic())
                .toList();
    }

    /** At most so many points that single slow steps do not hide the others: their harmonic means. */
    private static List<StepPoint> merged(List<StepPoint> steps) {
        int each = (steps.size() + MOST_SPEEDS - 1) / MOST_SPEEDS;
        List<StepPoint> merged = new ArrayList<>();
        for (int from = 0; from < steps.size(); from += each) {
            List<StepPoint> part = steps.subList(from, Math.min(steps.size(), from + each));
            StepPoint last = part.get(part.size() - 1);
            double speed = part.size()
                    / part.stream()
                            .mapToDouble(point -> 1 / point.tokensPerSecond())
                            .sum();
            merged.add(new StepPoint(
                    last.step(), last.seconds(), last.loss(), last.learningRate(), last.gradientNorm(), speed));
        }
        return merged;
    }

    /** Speeds and rates begin at zero; norms and the rates of groups that differ by powers of ten are logarithmic. */
    private static Axis yAxis(RunPlot plot, List<Curve> curves) {
        List<Double> values = curves.stream()
                .flatMap(curve -> curve.values.stream())
                .map(Point::y)
                .toList();
        List<Double> positive = values.stream().filter(value -> value > 0).toList();
        List<Double> compared = plot == RunPlot.LEARNING_RATE
                ? curves.stream()
                        .map(curve -> curve.values.stream()
                                .mapToDouble(Point::y)
                                .max()
                                .orElse(0))
                        .filter(highest -> highest > 0)
                        .toList()
                : positive;
        Range range = Range.of(compared.isEmpty() ? values : compared);
        if (plot != RunPlot.SPEED && range.from() > 0 && range.to() / range.from() > WIDE) {
            return Axis.logarithmic(axis(plot) + ", logarithmic", Range.of(positive), 6);
        }
        Range shown = Outliers.without(values);
        return Axis.linear(axis(plot), Range.of(List.of(0.0, shown.from(), shown.to())), 6);
    }

    private static List<Page.Entry> legend(RunGroups groups) {
        List<Page.Entry> entries = new ArrayList<>();
        for (int g = 0; g < groups.groups().size(); g++) {
            Ink ink = Ink.ofSeries(g);
            entries.add(new Page.Entry(
                    groups.groups().get(g).label(), ink, Optional.of(new Pen(ink, 2, false)), Optional.empty()));
        }
        return entries;
    }
}
