package io.nanogpt.impl.chart;

import io.nanogpt.impl.chart.Mark.Line;
import io.nanogpt.impl.chart.Mark.Pen;
import io.nanogpt.impl.chart.Mark.Point;
import io.nanogpt.impl.chart.Mark.Text;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The names of curves beside their ends, in their colours, and moved apart where they would overlap. */
final class EndLabels {
    /** The space between a plot and its labels. */
    static final double GAP = 8;

    private static final Lettering LETTERING = Lettering.of(Ink.TEXT, Page.SIZE);
    private static final double PITCH = LETTERING.lineHeight();

    private EndLabels() {}

    /** The name of a curve that ends at a point. */
    record End(Point at, String name, Ink ink) {
        double y() {
            return at.y();
        }
    }

    /** The width of a column of names, with the space before it. */
    static double width(List<String> names) {
        return GAP + names.stream().mapToDouble(LETTERING::width).max().orElse(0);
    }

    /** Whether so many names fit below one another. */
    static boolean fit(int names, double height) {
        return names * PITCH <= height;
    }

    /**
     * Places names on the right of a plot, with a thin line to those of curves that end earlier.
     *
     * @param frame the plot, whose height they share
     */
    static List<Mark> beside(Frame frame, List<End> ends) {
        List<End> sorted = new ArrayList<>(ends);
        sorted.sort(Comparator.comparingDouble(End::y));
        double[] places = new double[sorted.size()];
        double lowest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < places.length; i++) {
            places[i] = Math.max(Math.max(sorted.get(i).y(), frame.top() + PITCH / 2), lowest + PITCH);
            lowest = places[i];
        }
        double highest = frame.bottom() + PITCH / 2;
        for (int i = places.length - 1; i >= 0; i--) {
            places[i] = Math.min(places[i], highest - (i == places.length - 1 ? PITCH / 2 : PITCH));
            highest = places[i];
        }
        List<Mark> marks = new ArrayList<>();
        for (int i = 0; i < places.length; i++) {
            End end = sorted.get(i);
            if (end.at.x() < frame.right() - GAP) {
                marks.add(Line.between(
                        end.at, new Point(frame.right() + GAP / 2, places[i]), new Pen(end.ink, 0.75, true)));
            }
            marks.add(new Text(
                    new Point(frame.right() + GAP, places[i] + 0.35 * Page.SIZE),
                    end.name,
                    Lettering.of(end.ink, Page.SIZE)));
        }
        return marks;
    }
}
