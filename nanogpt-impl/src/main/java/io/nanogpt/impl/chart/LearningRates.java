package io.nanogpt.impl.chart;

import io.nanogpt.impl.chart.Axis.Range;
import io.nanogpt.impl.chart.Mark.Line;
import io.nanogpt.impl.chart.Mark.Pen;
import io.nanogpt.train.LearningRateFinder;
import java.util.List;
import java.util.Optional;

/** The loss curve of a learning-rate search. */
final class LearningRates {
    private static final Pen CURVE = new Pen(Ink.BLUE, 2, false);
    private static final Pen LOWEST = new Pen(Ink.FAINT, 1.5, true);
    private static final Pen SUGGESTION = new Pen(Ink.VERMILION, 1.5, false);

    private LearningRates() {}

    static Scene draw(String title, double width, LearningRateFinder.Result result) {
        List<LearningRateFinder.Point> points = result.points().stream()
                .filter(point -> Double.isFinite(point.loss()))
                .toList();
        if (points.isEmpty()) {
            throw new IllegalArgumentException("no learning rate tried has a finite loss; start at a lower one");
        }
        Page page = new Page(width, title);
        List<Double> rates =
                points.stream().map(LearningRateFinder.Point::learningRate).toList();
        Range tried = Range.of(rates);
        Range shown = new Range(Math.min(tried.from(), result.suggestion()), tried.to());
        Frame frame = Frame.on(
                page,
                Axis.logarithmic("learning rate (per optimizer step)", shown, Frame.ticksAcross(width)),
                Axis.linear(
                        "smoothed training loss (nats per token)",
                        Outliers.without(points.stream()
                                .map(LearningRateFinder.Point::loss)
                                .toList()),
                        6));
        page.add(frame.upright(result.lowestLoss(), LOWEST));
        page.add(frame.upright(result.suggestion(), SUGGESTION));
        page.add(new Line(
                points.stream()
                        .map(point -> frame.at(point.learningRate(), point.loss()))
                        .toList(),
                CURVE));
        frame.outlier(
                        points.stream()
                                .map(point -> new Mark.Point(point.learningRate(), point.loss()))
                                .toList(),
                        CURVE.ink())
                .forEach(page::add);
        page.legend(List.of(
                entry("suggestion: " + Numbers.significant(result.suggestion(), 2), SUGGESTION),
                entry("lowest loss: " + Numbers.significant(result.lowestLoss(), 2), LOWEST)));
        return page.scene();
    }

    private static Page.Entry entry(String label, Pen pen) {
        return new Page.Entry(label, pen.ink(), Optional.of(pen), Optional.empty());
    }
}
