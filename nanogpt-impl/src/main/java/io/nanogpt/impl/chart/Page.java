package io.nanogpt.impl.chart;

import io.nanogpt.impl.chart.Lettering.Face;
import io.nanogpt.impl.chart.Mark.Line;
import io.nanogpt.impl.chart.Mark.Pen;
import io.nanogpt.impl.chart.Mark.Point;
import io.nanogpt.impl.chart.Mark.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A scene laid out from top to bottom: title, notes, plot and legend. */
final class Page {
    /** Blank margin on every side. */
    static final double MARGIN = 12;

    static final double SIZE = 12;
    private static final double NARROW = 310;
    private static final double TITLE_SIZE = 15;
    private static final double SAMPLE = 22;
    private static final double DOT = 4;

    private final double width;
    private final String title;
    private final List<Mark> marks = new ArrayList<>();
    private double bottom = MARGIN;

    /**
     * Creates a page with a title only.
     *
     * @param width total width
     */
    Page(double width, String title) {
        this.width = width;
        this.title = VisibleText.line(title);
        lines(this.title, Lettering.of(Ink.TEXT, TITLE_SIZE).in(Face.BOLD));
        bottom += 2;
    }

    /**
     * A legend entry.
     *
     * @param pen line style; none for points alone
     * @param shape shape of the data points, if there are any
     */
    record Entry(String label, Ink ink, Optional<Pen> pen, Optional<Mark.Shape> shape) {}

    /** The point shape of a series: the next one each time the colours repeat. */
    static Mark.Shape shape(int series) {
        Mark.Shape[] shapes = Mark.Shape.values();
        return shapes[series / Ink.SERIES.size() % shapes.length];
    }

    double width() {
        return width;
    }

    /** The y coordinate at which the next content begins. */
    double bottom() {
        return bottom;
    }

    void add(Mark mark) {
        marks.add(mark);
    }

    /** Leaves vertical space. */
    void skip(double height) {
        bottom += height;
    }

    /** Adds text, wrapped to the full width. */
    void lines(String text, Lettering lettering) {
        lines(text, lettering, width - 2 * MARGIN);
    }

    private void lines(String text, Lettering lettering, double widest) {
        for (String line : lettering.wrap(text, widest)) {
            double baseline = bottom + Lettering.ASCENT * lettering.size();
            add(new Text(new Point(MARGIN, baseline), line, lettering));
            bottom += lettering.lineHeight();
        }
    }

    /** Adds a note for the reader of the chart. */
    void note(String text) {
        lines(text, Lettering.of(Ink.FAINT, SIZE));
    }

    /** Adds a note wrapped to a narrow screen, for charts that may be wider than the screen. */
    void narrowNote(String text) {
        lines(text, Lettering.of(Ink.FAINT, SIZE), Math.min(NARROW, width - 2 * MARGIN));
    }

    /** Adds a legend, with as many entries on a line as fit. */
    void legend(List<Entry> entries) {
        Lettering lettering = Lettering.of(Ink.TEXT, SIZE);
        double widest = width - 2 * MARGIN - SAMPLE - 6;
        double left = MARGIN;
        skip(8);
        for (Entry entry : entries) {
            List<String> lines = lettering.wrap(VisibleText.line(entry.label()), widest);
            double needed = lines.stream().mapToDouble(lettering::width).max().orElse(0) + SAMPLE + 6;
            if (left > MARGIN && (left + needed > width - MARGIN || lines.size() > 1)) {
                left = MARGIN;
                bottom += lettering.lineHeight();
            }
            sample(entry, left);
            for (int i = 0; i < lines.size(); i++) {
                bottom += i == 0 ? 0 : lettering.lineHeight();
                add(new Text(new Point(left + SAMPLE + 6, bottom + Lettering.ASCENT * SIZE), lines.get(i), lettering));
            }
            left += needed + 18;
        }
        bottom += lettering.lineHeight();
    }

    private void sample(Entry entry, double left) {
        double middle = bottom + 0.6 * SIZE;
        entry.pen().ifPresent(pen -> add(Line.between(new Point(left, middle), new Point(left + SAMPLE, middle), pen)));
        entry.shape()
                .ifPresent(shape -> add(new Mark.Dot(new Point(left + SAMPLE / 2, middle), DOT, shape, entry.ink())));
    }

    Scene scene() {
        return new Scene(width, Math.ceil(bottom + MARGIN), title, marks);
    }
}
