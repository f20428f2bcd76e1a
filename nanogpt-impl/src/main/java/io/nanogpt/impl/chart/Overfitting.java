package io.nanogpt.impl.chart;

import io.nanogpt.impl.chart.Mark.Area;
import io.nanogpt.impl.chart.Mark.Dot;
import io.nanogpt.impl.chart.Mark.Point;
import io.nanogpt.impl.chart.Mark.Text;
import io.nanogpt.impl.chart.RunCurves.Curve;
import io.nanogpt.impl.chart.RunCurves.Loss;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * Where a validation loss rises again while the training loss falls: its lowest value is marked, and from there the gap to
 * the training loss is shaded.
 */
final class Overfitting {
    /** Charts of more curves have no marks. */
    private static final int MOST_CURVES = 6;

    /** The last loss is that much above the lowest, as a fraction. */
    private static final double RISE = 0.02;

    private static final double SHADE = 0.12;
    private static final double RING = 5;

    private Overfitting() {}

    /** Marks the curves that show it. */
    static void draw(Page page, Frame frame, List<Curve> curves) {
        if (curves.size() > MOST_CURVES) {
            return;
        }
        for (int i = 1; i < curves.size(); i++) {
            Curve training = curves.get(i - 1);
            Curve validation = curves.get(i);
            boolean isPair =
                    training.isTraining() && !validation.isTraining() && training.group() == validation.group();
            if (isPair && training.losses().size() == validation.losses().size()) {
                mark(page, frame, training.losses(), validation);
            }
        }
    }

    private static void mark(Page page, Frame frame, List<Loss> training, Curve validation) {
        List<Loss> losses = validation.losses();
        Loss lowest = losses.stream()
                .min(Comparator.comparingDouble(loss -> loss.value().mean()))
                .orElseThrow();
        int at = losses.indexOf(lowest);
        int end = losses.size() - 1;
        boolean rises = losses.get(end).value().mean() > lowest.value().mean() * (1 + RISE);
        boolean falls =
                training.get(end).value().mean() < training.get(at).value().mean();
        if (!rises || !falls) {
            return;
        }
        List<Point> gap = new ArrayList<>();
        losses.subList(at, end + 1)
                .forEach(loss -> gap.add(frame.at(loss.x(), loss.value().mean())));
        List<Loss> back = new ArrayList<>(training.subList(at, end + 1));
        Collections.reverse(back);
        back.forEach(loss -> gap.add(frame.at(loss.x(), loss.value().mean())));
        Ink ink = Ink.ofSeries(validation.group());
        page.add(new Area(gap, ink, SHADE));
        Point point = frame.at(lowest.x(), lowest.value().mean());
        page.add(new Dot(point, RING, Mark.Shape.DIAMOND, ink));
        Lettering label = Lettering.of(Ink.TEXT, Page.SIZE).anchored(Lettering.Anchor.MIDDLE);
        String text = "lowest " + Numbers.decimals(lowest.value().mean(), 3);
        double half = label.width(text) / 2;
        double x = Math.max(half + Page.MARGIN, Math.min(page.width() - half - Page.MARGIN, point.x()));
        page.add(new Text(new Point(x, point.y() - RING - 4), text, label));
    }
}
