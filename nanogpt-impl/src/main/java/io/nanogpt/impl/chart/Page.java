package io.nanogpt.impl.chart;

import io.nanogpt.impl.chart.Lettering.Face;
import io.nanogpt.impl.chart.Mark.Line;
import io.nanogpt.impl.chart.Mark.Pen;
import io.nanogpt.impl.chart.Mark.Point;
import io.nanogpt.impl.chart.Mark.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A scene that grows from its top: a title, notes, what a chart adds, a legend. */
final class Page {
    /** Free around everything. */
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
     * A page with nothing but its title.
     *
     * @param width of the whole
     */
    Page(double width, String title) {
        this.width = width;
        this.title = VisibleText.line(title);
        lines(this.title, Lettering.of(Ink.TEXT, TITLE_SIZE).in(Face.BOLD));
        bottom += 2;
    }

    /**
     * An entry of a legend.
     *
     * @param pen of the sample; none for points alone
     * @param shape of the sample's point, if it has one
     */
    record Entry(String label, Ink ink, Optional<Pen> pen, Optional<Mark.Shape> shape) {}

    /** The shape of the points of a series: another one where colours start again. */
    static Mark.Shape shape(int series) {
        Mark.Shape[] shapes = Mark.Shape.values();
        return shapes[series / Ink.SERIES.size() % shapes.length];
    }

    double width() {
        return width;
    }

    /** Where what comes next begins. */
    double bottom() {
        return bottom;
    }

    void add(Mark mark) {
        marks.add(mark);
    }

    /** Leaves so much free. */
    void skip(double height) {
        bottom += height;
    }

    /** Lines of text over the whole width. */
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

    /** What must be known to read the chart. */
    void note(String text) {
        lines(text, Lettering.of(Ink.FAINT, SIZE));
    }

    /** The same in a chart that may be wider than a screen: what can be read without moving it. */
    void narrowNote(String text) {
        lines(text, Lettering.of(Ink.FAINT, SIZE), Math.min(NARROW, width - 2 * MARGIN));
    }

    /** Samples and labels, one after the other and as many on a line as fit. */
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
