package io.nanogpt.impl.chart;

import io.nanogpt.impl.chart.Axis.Tick;
import io.nanogpt.impl.chart.Lettering.Anchor;
import io.nanogpt.impl.chart.Mark.Dot;
import io.nanogpt.impl.chart.Mark.Line;
import io.nanogpt.impl.chart.Mark.Pen;
import io.nanogpt.impl.chart.Mark.Point;
import io.nanogpt.impl.chart.Mark.Text;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The plotting area of a page, with its two axes, below what the page already contains. */
final class Frame {
    private static final double LOWEST = 200;
    private static final double HIGHEST = 420;
    /** Height divided by width. */
    private static final double ASPECT = 0.52;

    private static final Pen GRID = new Pen(Ink.GRID, 1, false);
    private static final Pen EDGE = new Pen(Ink.FAINT, 1, false);

    private static final double ARROW = 5;
    /** Lines of labels of arrows at the top of a plot, which otherwise overlap. */
    private static final int MOST_LINES = 3;

    private final Page page;
    private final Axis x;
    private final Axis y;
    private final double left;
    private final double right;
    private final double top;
    private final double bottom;
    private final List<OutlierLabel> outlierLabels = new ArrayList<>();

    /** The place of a label at the top of the plot, on one of the lines there. */
    private record OutlierLabel(double left, double right, int line) {
        boolean meets(OutlierLabel other) {
            return line == other.line && left < other.right + 4 && other.left < right + 4;
        }
    }

    private Frame(Page page, Axis x, Axis y, Mark.Box box) {
        this.page = page;
        this.x = x;
        this.y = y;
        left = box.left() + Math.max(widest(y) + 8, widest(x) / 2);
        right = box.right() - widest(x) / 2;
        top = box.top();
        bottom = box.bottom();
    }

    private static double widest(Axis axis) {
        Lettering labels = Lettering.of(Ink.TEXT, Page.SIZE);
        return axis.ticks().stream()
                .mapToDouble(tick -> labels.width(tick.label()))
                .max()
                .orElse(0);
    }

    /** Draws the axes and reserves their space on the page. The title of the y axis is above it. */
    static Frame on(Page page, Axis x, Axis y) {
        return on(page, x, y, 0);
    }

    /** Draws the axes within a box, in which the numbers of the y axis are on the left. Those of the x axis are below it. */
    static Frame within(Page page, Axis x, Axis y, Mark.Box box) {
        Frame frame = new Frame(page, x, y, box);
        frame.drawX();
        frame.drawY();
        return frame;
    }

    /**
     * Draws the axes and reserves their space on the page.
     *
     * @param aside width to leave on the right
     */
    static Frame on(Page page, Axis x, Axis y, double aside) {
        Lettering titles = Lettering.of(Ink.FAINT, Page.SIZE);
        page.skip(4);
        page.lines(y.title(), titles);
        double top = page.bottom() + 8;
        double height = height(page.width());
        Frame frame =
                new Frame(page, x, y, new Mark.Box(Page.MARGIN, top, page.width() - Page.MARGIN - aside, top + height));
        frame.drawX();
        frame.drawY();
        page.skip(frame.bottom - page.bottom() + 6 + titles.lineHeight());
        for (String line : titles.wrap(x.title(), page.width() - 2 * Page.MARGIN)) {
            double middle = Math.max(
                    Page.MARGIN + titles.width(line) / 2,
                    Math.min((frame.left + frame.right) / 2, page.width() - Page.MARGIN - titles.width(line) / 2));
            page.add(new Text(
                    new Point(middle, page.bottom() + Lettering.ASCENT * Page.SIZE),
                    line,
                    titles.anchored(Anchor.MIDDLE)));
            page.skip(titles.lineHeight());
        }
        return frame;
    }

    private void drawX() {
        Lettering labels = Lettering.of(Ink.TEXT, Page.SIZE).anchored(Anchor.MIDDLE);
        double end = Double.NEGATIVE_INFINITY;
        for (Tick tick : x.ticks()) {
            double at = xOf(tick.value());
            page.add(Line.between(new Point(at, top), new Point(at, bottom), GRID));
            double half = labels.width(tick.label()) / 2;
            if (at - half > end + 6) {
                page.add(new Text(new Point(at, bottom + 6 + Lettering.ASCENT * Page.SIZE), tick.label(), labels));
                end = at + half;
            }
        }
        page.add(Line.between(new Point(left, bottom), new Point(right, bottom), EDGE));
    }

    private void drawY() {
        Lettering labels = Lettering.of(Ink.TEXT, Page.SIZE).anchored(Anchor.END);
        for (Tick tick : y.ticks()) {
            double at = yOf(tick.value());
            page.add(Line.between(new Point(left, at), new Point(right, at), GRID));
            page.add(new Text(new Point(left - 8, at + 0.35 * Page.SIZE), tick.label(), labels));
        }
        page.add(Line.between(new Point(left, top), new Point(left, bottom), EDGE));
    }

    private double xOf(double value) {
        return left + x.place(value) * (right - left);
    }

    private double yOf(double value) {
        return bottom - y.place(value) * (bottom - top);
    }

    /** The point on the page of a pair of values. */
    Point at(double xValue, double yValue) {
        return new Point(xOf(xValue), yOf(yValue));
    }

    /** An arrow at the top of the plot with the highest value of a curve that leaves it there; nothing if none does. */
    List<Mark> outlier(List<Point> values, Ink ink) {
        Optional<Point> highest = values.stream()
                .filter(value -> value.y() > y.to() + (y.to() - y.from()) * 1e-6)
                .max(Comparator.comparingDouble(Point::y));
        if (highest.isEmpty()) {
            return List.of();
        }
        double at = xOf(highest.get().x());
        Lettering lettering = Lettering.of(ink, Page.SIZE);
        String label = Numbers.compact(highest.get().y());
        OutlierLabel place = freePlace(at, lettering.width(label));
        outlierLabels.add(place);
        Point beside = new Point(place.left, top + Lettering.ASCENT * Page.SIZE + place.line * lettering.lineHeight());
        return List.of(
                new Dot(new Point(at, top + ARROW), ARROW, Mark.Shape.TRIANGLE, ink),
                new Text(beside, label, lettering));
    }

    /** The first free place for a label beside an arrow: right of it, left of it, or on a lower line. */
    private OutlierLabel freePlace(double at, double width) {
        double[] sides = {at + ARROW + 2, at - ARROW - 2 - width};
        for (int line = 0; line < MOST_LINES; line++) {
            for (double from : sides) {
                OutlierLabel place = new OutlierLabel(from, from + width, line);
                if (place.left > left
                        && place.right < right
                        && outlierLabels.stream().noneMatch(place::meets)) {
                    return place;
                }
            }
        }
        double from = sides[sides[0] + width < right ? 0 : 1];
        return new OutlierLabel(from, from + width, 0);
    }

    /** Whether the y axis has a value. */
    boolean hasY(double value) {
        return value >= y.from() && value <= y.to();
    }

    /** Whether a text lies within the plot. */
    boolean contains(Mark.Box box) {
        return box.left() > left && box.right() < right && box.top() > top && box.bottom() < bottom;
    }

    /** The right end of the plot. */
    double right() {
        return right;
    }

    double top() {
        return top;
    }

    double bottom() {
        return bottom;
    }

    /** An area of the plot from a value of the x axis to its end. */
    Mark.Area from(double xValue, Mark.Fill fill) {
        double at = xOf(xValue);
        return Mark.Area.box(new Point(at, top), right - at, bottom - top, fill);
    }

    /** A vertical line through the plot at a value of the x axis. */
    Line upright(double xValue, Pen pen) {
        return Line.between(new Point(xOf(xValue), bottom), new Point(xOf(xValue), top), pen);
    }

    /** A horizontal line through the plot at a value of the y axis. */
    Line level(double yValue, Pen pen) {
        return Line.between(new Point(left, yOf(yValue)), new Point(right, yOf(yValue)), pen);
    }

    /** The height of a plot on a page of a width. */
    static double height(double width) {
        return Math.max(LOWEST, Math.min(HIGHEST, ASPECT * width));
    }

    /** The number of ticks that fit on an x axis. */
    static int ticksAcross(double width) {
        return (int) Math.max(3, Math.min(10, width / 80));
    }
}
