package io.nanogpt.impl.chart;

import io.nanogpt.experiment.PowerLaw;
import io.nanogpt.experiment.Run;
import io.nanogpt.impl.chart.Axis.Range;
import io.nanogpt.impl.chart.Mark.Dot;
import io.nanogpt.impl.chart.Mark.Line;
import io.nanogpt.impl.chart.Mark.Pen;
import io.nanogpt.impl.chart.Mark.Point;
import io.nanogpt.impl.chart.Mark.Text;
import io.nanogpt.impl.chart.RunGroups.Group;
import io.nanogpt.impl.chart.RunGroups.Repeats;
import io.nanogpt.impl.files.Excerpt;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A scatter plot of final validation loss against parameter count, with deviations over seeds and a power law. */
final class RunScatter {
    private static final double DOT = 5;
    private static final int FEWEST_SIZES = 3;
    /** More points have no names beside them. */
    private static final int MOST_NAMES = 12;

    private static final int LONGEST_NAME = 24;
    private static final double MIN_R_SQUARED = 0.5;
    private static final int FIT_STEPS = 40;
    private static final Pen FIT = new Pen(Ink.FAINT, 1.5, true);

    private RunScatter() {}

    /** A data point. */
    private record Model(int group, String label, double parameters, long tokens, Spread loss) {}

    static Scene draw(String title, double width, RunGroups groups) {
        List<Model> models = models(groups);
        if (models.isEmpty()) {
            throw new IllegalArgumentException("no run has finished with a finite loss and a parameter count");
        }
        Optional<PowerLaw> law = law(models);
        Page page = new Page(width, title);
        RunNotes.write(page, groups, "");
        Frame frame = Frame.on(
                page,
                Axis.logarithmic(
                        "parameters (logarithmic)",
                        Range.of(models.stream().map(Model::parameters).toList()),
                        Frame.ticksAcross(width)),
                Axis.linear(
                        "validation loss of the final weights (nats per token)",
                        Range.of(Stream.concat(
                                        models.stream()
                                                .flatMap(model -> Stream.of(model.loss.low(), model.loss.high())),
                                        fitted(models, law).map(Point::y))
                                .toList()),
                        6));
        law.ifPresent(found -> page.add(new Line(
                fitted(models, law).map(point -> frame.at(point.x(), point.y())).toList(), FIT)));
        for (Model model : models) {
            Ink ink = Ink.ofSeries(model.group);
            page.add(Line.between(
                    frame.at(model.parameters, model.loss.low()),
                    frame.at(model.parameters, model.loss.high()),
                    new Pen(ink, 1.5, false)));
            page.add(new Dot(frame.at(model.parameters, model.loss.mean()), DOT, Page.shape(model.group), ink));
        }
        if (models.size() <= MOST_NAMES) {
            names(page, frame, models);
        }
        List<Page.Entry> entries = legend(groups, models);
        law.ifPresent(
                found -> entries.add(new Page.Entry(describe(found), Ink.FAINT, Optional.of(FIT), Optional.empty())));
        page.legend(entries);
        return page.scene();
    }

    /** Names the points, but for those whose names would be drawn over one another. */
    private static void names(Page page, Frame frame, List<Model> models) {
        List<Mark.Box> taken = new ArrayList<>();
        for (Model model : models) {
            Text name = name(page, frame, model);
            Mark.Box box = name.box();
            boolean isFree = taken.stream()
                    .noneMatch(other -> box.left() < other.right()
                            && other.left() < box.right()
                            && box.top() < other.bottom()
                            && other.top() < box.bottom());
            if (isFree && frame.contains(box)) {
                taken.add(box);
                page.add(name);
            }
        }
    }

    private static Text name(Page page, Frame frame, Model model) {
        Point point = frame.at(model.parameters, model.loss.mean());
        Lettering lettering = Lettering.of(Ink.FAINT, Page.SIZE);
        String label = Excerpt.of(VisibleText.line(model.label), LONGEST_NAME);
        boolean fits = point.x() + 2 * DOT + lettering.width(label) < page.width() - Page.MARGIN;
        double x = point.x() + (fits ? 2 : -2) * DOT;
        return new Text(
                new Point(x, point.y() - DOT),
                label,
                lettering.anchored(fits ? Lettering.Anchor.START : Lettering.Anchor.END));
    }

    private static List<Model> models(RunGroups groups) {
        List<Model> models = new ArrayList<>();
        for (int g = 0; g < groups.groups().size(); g++) {
            for (Repeats repeats : groups.groups().get(g).repeats()) {
                List<Run> finished = repeats.finished();
                Optional<Spread> loss = RunBars.spread(repeats, Run::finalValidationLoss);
                if (loss.isPresent() && finished.get(0).measures().parameters() > 0) {
                    Run first = finished.get(0);
                    long tokens = first.last()
                            .map(point -> first.tokens(point.step()))
                            .orElse(0L);
                    models.add(new Model(g, repeats.label(), first.measures().parameters(), tokens, loss.get()));
                }
            }
        }
        return models;
    }

    /** Fits models of at least three sizes, as any two lie on a law, that saw as many tokens, if size explains at least half of the variance. */
    private static Optional<PowerLaw> law(List<Model> models) {
        boolean comparable = models.stream().map(Model::tokens).distinct().count() == 1;
        boolean enough =
                comparable && models.stream().map(Model::parameters).distinct().count() >= FEWEST_SIZES;
        if (!enough || models.stream().anyMatch(model -> model.loss.mean() <= 0)) {
            return Optional.empty();
        }
        PowerLaw law = PowerLaw.fit(
                models.stream().mapToDouble(Model::parameters).toArray(),
                models.stream().mapToDouble(model -> model.loss.mean()).toArray());
        return law.rSquared() >= MIN_R_SQUARED ? Optional.of(law) : Optional.empty();
    }

    private static Stream<Point> fitted(List<Model> models, Optional<PowerLaw> law) {
        Range sizes = Range.of(models.stream().map(Model::parameters).toList());
        return law.stream()
                .flatMap(found -> IntStream.rangeClosed(0, FIT_STEPS)
                        .mapToDouble(
                                step -> sizes.from() * Math.pow(sizes.to() / sizes.from(), (double) step / FIT_STEPS))
                        .mapToObj(size -> new Point(size, found.at(size))));
    }

    private static String describe(PowerLaw law) {
        return String.format(
                Locale.ROOT,
                "power law: loss = %s N^%.3f (R² %.2f)",
                Numbers.significant(law.factor(), 3),
                law.exponent(),
                law.rSquared());
    }

    private static List<Page.Entry> legend(RunGroups groups, List<Model> models) {
        List<Page.Entry> entries = new ArrayList<>();
        for (int g = 0; g < groups.groups().size(); g++) {
            int group = g;
            if (models.stream().anyMatch(model -> model.group == group)) {
                Group drawn = groups.groups().get(g);
                entries.add(
                        new Page.Entry(drawn.label(), Ink.ofSeries(g), Optional.empty(), Optional.of(Page.shape(g))));
            }
        }
        return entries;
    }
}
