package io.nanogpt.impl.chart;

import io.nanogpt.experiment.Run;
import io.nanogpt.impl.chart.Axis.Range;
import io.nanogpt.impl.chart.Mark.Dot;
import io.nanogpt.impl.chart.Mark.Fill;
import io.nanogpt.impl.chart.Mark.Line;
import io.nanogpt.impl.chart.Mark.Pen;
import io.nanogpt.impl.chart.Mark.Point;
import io.nanogpt.impl.chart.RunGroups.Group;
import io.nanogpt.impl.chart.RunGroups.Repeats;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** Final validation losses over the learning rate, on a logarithmic axis, with the rates from which runs diverge. */
final class RunRates {
    static final String RATE = "learning-rate";

    private static final double DOT = 4;
    private static final Fill DIVERGED = new Fill(Ink.RED, 0.12);
    private static final Pen EDGE = new Pen(Ink.RED, 1.2, true);

    private RunRates() {}

    /** Runs with one learning rate that differ in their seeds alone. */
    private record Tried(int group, double rate, Optional<Spread> loss, boolean isDiverged) {}

    /** Whether the runs have at least two learning rates and a finite final loss. */
    static boolean hasData(RunGroups groups) {
        List<Tried> tried = tried(groups);
        return tried.stream().map(Tried::rate).distinct().count() > 1
                && tried.stream().anyMatch(each -> each.loss.isPresent());
    }

    /** The groups of a chart: by the other settings in which the runs differ. */
    static RunGroups groups(List<Run> runs, Optional<String> groupBy) {
        if (groupBy.isPresent() && !groupBy.get().equals(RATE)) {
            return RunGroups.of(runs, groupBy);
        }
        List<String> others = new ArrayList<>(RunGroups.differing(runs));
        others.remove(RATE);
        return RunGroups.by(runs, others);
    }

    static Scene draw(String title, double width, RunGroups groups) {
        List<Tried> tried = tried(groups);
        if (!hasData(groups)) {
            throw new IllegalArgumentException("the chart needs runs with at least two values of the setting " + RATE
                    + ", of which one has a finite loss");
        }
        Page page = new Page(width, title);
        RunNotes.write(page, groups, "");
        List<Double> losses = tried.stream()
                .flatMap(each -> each.loss.stream())
                .flatMap(loss -> Stream.of(loss.low(), loss.high()))
                .toList();
        Axis rates = Axis.logarithmic(
                "learning rate, logarithmic",
                Range.of(tried.stream().map(Tried::rate).toList()),
                Frame.ticksAcross(width));
        Frame frame = Frame.on(
                page,
                rates,
                Axis.linear("validation loss of the final weights (nats per token)", range(tried, losses), 6));
        OptionalDouble edge = edge(tried);
        edge.ifPresent(rate -> {
            page.add(frame.from(rate, DIVERGED));
            page.add(frame.upright(rate, EDGE));
        });
        for (int g = 0; g < groups.groups().size(); g++) {
            int group = g;
            curve(
                    page,
                    frame,
                    tried.stream().filter(each -> each.group == group).toList());
        }
        page.legend(legend(groups, tried, edge.isPresent()));
        return page.scene();
    }

    /** The range of the losses of runs that did not diverge, if there are any; an arrow has the others. */
    private static Range range(List<Tried> tried, List<Double> all) {
        List<Double> sound = tried.stream()
                .filter(each -> !each.isDiverged)
                .flatMap(each -> each.loss.stream())
                .flatMap(loss -> Stream.of(loss.low(), loss.high()))
                .toList();
        return Range.of(sound.isEmpty() ? all : sound);
    }

    private static List<Tried> tried(RunGroups groups) {
        List<Tried> tried = new ArrayList<>();
        for (int g = 0; g < groups.groups().size(); g++) {
            for (Repeats repeats : groups.groups().get(g).repeats()) {
                double rate = rate(repeats.runs().get(0));
                if (rate > 0 && Double.isFinite(rate)) {
                    boolean isDiverged = repeats.runs().stream().anyMatch(RunRates::diverged);
                    tried.add(new Tried(g, rate, RunBars.spread(repeats, Run::finalValidationLoss), isDiverged));
                }
            }
        }
        tried.sort(Comparator.comparingDouble(Tried::rate));
        return tried;
    }

    private static double rate(Run run) {
        try {
            return Double.parseDouble(run.settings().getOrDefault(RATE, ""));
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /** Whether a run failed, ended without a finite loss, or ended above the loss that it began with. */
    private static boolean diverged(Run run) {
        if (run.failed()) {
            return true;
        }
        if (run.state() != Run.State.FINISHED || run.evaluations().isEmpty()) {
            return false;
        }
        double first = run.evaluations().get(0).validationLoss();
        double last = run.finalValidationLoss().orElse(Double.NaN);
        return !Double.isFinite(last) || last > first;
    }

    /** Between the lowest rate from which on all runs diverged and the one before it; empty if there is none. */
    private static OptionalDouble edge(List<Tried> tried) {
        double sound = tried.stream()
                .filter(each -> !each.isDiverged)
                .mapToDouble(Tried::rate)
                .max()
                .orElse(Double.NaN);
        OptionalDouble lowest = tried.stream()
                .filter(each -> each.isDiverged && !(each.rate <= sound))
                .mapToDouble(Tried::rate)
                .min();
        return lowest.isPresent() && !Double.isNaN(sound)
                ? OptionalDouble.of(Math.sqrt(sound * lowest.getAsDouble()))
                : lowest;
    }

    private static void curve(Page page, Frame frame, List<Tried> tried) {
        List<Tried> drawn = tried.stream().filter(each -> each.loss.isPresent()).toList();
        if (drawn.isEmpty()) {
            return;
        }
        Ink ink = Ink.ofSeries(drawn.get(0).group);
        List<Point> values = drawn.stream()
                .map(each -> new Point(each.rate, each.loss.orElseThrow().mean()))
                .toList();
        page.add(new Line(
                values.stream().map(value -> frame.at(value.x(), value.y())).toList(), new Pen(ink, 2, false)));
        for (Tried each : drawn) {
            Spread loss = each.loss.orElseThrow();
            page.add(Line.between(
                    frame.at(each.rate, loss.low()), frame.at(each.rate, loss.high()), new Pen(ink, 1.5, false)));
            page.add(new Dot(frame.at(each.rate, loss.mean()), DOT, Page.shape(each.group), ink));
        }
        frame.outlier(values, ink).forEach(page::add);
    }

    private static List<Page.Entry> legend(RunGroups groups, List<Tried> tried, boolean isDiverged) {
        List<Page.Entry> entries = new ArrayList<>();
        if (groups.groups().size() > 1) {
            for (int g = 0; g < groups.groups().size(); g++) {
                Group group = groups.groups().get(g);
                Ink ink = Ink.ofSeries(g);
                entries.add(new Page.Entry(
                        group.label(), ink, Optional.of(new Pen(ink, 2, false)), Optional.of(Page.shape(g))));
            }
        }
        tried.stream()
                .filter(each -> each.loss.isPresent() && !each.isDiverged)
                .min(Comparator.comparingDouble(each -> each.loss.orElseThrow().mean()))
                .ifPresent(best -> entries.add(new Page.Entry(
                        String.format(
                                Locale.ROOT,
                                "lowest %s at %s",
                                best.loss.orElseThrow().format(),
                                Numbers.compact(best.rate)),
                        Ink.ofSeries(best.group),
                        Optional.empty(),
                        Optional.of(Page.shape(best.group)))));
        if (isDiverged) {
            entries.add(new Page.Entry("diverged from here on", Ink.RED, Optional.of(EDGE), Optional.empty()));
        }
        return entries;
    }
}
