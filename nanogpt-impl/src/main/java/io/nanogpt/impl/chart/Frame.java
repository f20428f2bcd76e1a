package io.nanogpt.impl.chart;

import io.nanogpt.impl.chart.Axis.Tick;
import io.nanogpt.impl.chart.Lettering.Anchor;
import io.nanogpt.impl.chart.Mark.Line;
import io.nanogpt.impl.chart.Mark.Pen;
import io.nanogpt.impl.chart.Mark.Point;
import io.nanogpt.impl.chart.Mark.Text;

/** The plotting area of a page, with its two axes, below what the page already contains. */
final class Frame {
    private static final double LOWEST = 200;
    private static final double HIGHEST = 420;
    /** Height divided by width. */
    private static final double ASPECT = 0.52;

    private static final Pen GRID = new Pen(Ink.GRID, 1, false);
    private static final Pen EDGE = new Pen(Ink.FAINT, 1, false);

    private final Page page;
    private final Axis x;
    private final Axis y;
    private final double left;
    private final double right;
    private final double top;
    private final double bottom;

    private Frame(Page page, Axis x, Axis y) {
        this.page = page;
        this.x = x;
        this.y = y;
        Lettering labels = Lettering.of(Ink.TEXT, Page.SIZE);
        double yLabels = y.ticks().stream()
                .mapToDouble(tick -> labels.width(tick.label()))
                .max()
                .orElse(0);
        double xLabels = x.ticks().stream()
                .mapToDouble(tick -> labels.width(tick.label()))
                .max()
                .orElse(0);
        left = Page.MARGIN + Math.max(yLabels + 8, xLabels / 2);
        right = page.width() - Page.MARGIN - xLabels / 2;
        top = page.bottom() + 8;
        bottom = top + Math.max(LOWEST, Math.min(HIGHEST, ASPECT * page.width()));
    }

    /** Draws the axes and reserves their space on the page. The title of the y axis is above it. */
    static Frame on(Page page, Axis x, Axis y) {
        Lettering titles = Lettering.of(Ink.FAINT, Page.SIZE);
        page.skip(4);
        page.lines(y.title(), titles);
        Frame frame = new Frame(page, x, y);
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

    /** A vertical line through the plot at a value of the x axis. */
    Line upright(double xValue, Pen pen) {
        return Line.between(new Point(xOf(xValue), bottom), new Point(xOf(xValue), top), pen);
    }

    /** A horizontal line through the plot at a value of the y axis. */
    Line level(double yValue, Pen pen) {
        return Line.between(new Point(left, yOf(yValue)), new Point(right, yOf(yValue)), pen);
    }

    /** The number of ticks that fit on an x axis. */
    static int ticksAcross(double width) {
        return (int) Math.max(3, Math.min(10, width / 80));
    }
}
