package io.nanogpt.impl.chart;

import io.nanogpt.impl.chart.Mark.Area;
import io.nanogpt.impl.chart.Mark.Cells;
import io.nanogpt.impl.chart.Mark.Dot;
import io.nanogpt.impl.chart.Mark.Hint;
import io.nanogpt.impl.chart.Mark.Line;
import io.nanogpt.impl.chart.Mark.Pen;
import io.nanogpt.impl.chart.Mark.Point;
import io.nanogpt.impl.chart.Mark.Text;
import io.nanogpt.impl.page.Markup;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes scenes as SVG. Text stays text, and colours are CSS classes that follow the light or dark theme. */
final class SvgWriter {
    /** The style sheet of all scenes. */
    static final String STYLE = Ink.rules(false)
            + "@media(prefers-color-scheme:dark){" + Ink.rules(true) + "}.chart text{font-family:'DejaVu"
            + " Sans',Verdana,'Segoe"
            + " UI',Roboto,Helvetica,Arial,sans-serif;white-space:pre}.chart"
            + " .m{font-family:'DejaVu Sans"
            + " Mono',Menlo,Consolas,'Liberation"
            + " Mono',monospace}.chart .b{font-weight:bold}.chart .h{fill:none;pointer-events:all}";

    private static final double HUNDREDTHS = 100;

    private final StringBuilder out = new StringBuilder();

    private SvgWriter() {}

    /** A standalone document with its style sheet. */
    static String document(Scene scene) {
        SvgWriter writer = new SvgWriter();
        writer.open(scene);
        writer.out.append("<style>").append(STYLE).append("</style>\n");
        return writer.draw(scene);
    }

    private void open(Scene scene) {
        String width = number(scene.width());
        String height = number(scene.height());
        String title = Markup.escape(scene.title());
        out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" width=\"" + width
                + "\" height=\"" + height + "\" viewBox=\"0 0 " + width + " " + height + "\" aria-label=\"" + title
                + "\">\n<title>" + title + "</title>\n");
    }

    private String draw(Scene scene) {
        out.append("<rect width=\"100%\" height=\"100%\" class=\"" + Ink.PAPER.fill() + "\"/>\n");
        scene.marks().forEach(this::mark);
        return out.append("</svg>\n").toString();
    }

    private void mark(Mark mark) {
        if (mark instanceof Line line) {
            line(line);
        } else if (mark instanceof Area area) {
            out.append("<polygon points=\"" + points(area.points()) + "\" class=\""
                    + area.ink().fill() + "\"" + opacity(area.opacity()) + "/>\n");
        } else if (mark instanceof Dot dot) {
            dot(dot);
        } else if (mark instanceof Text text) {
            text(text);
        } else if (mark instanceof Cells cells) {
            cells(cells);
        } else if (mark instanceof Hint hint) {
            hint(hint);
        }
    }

    /** An invisible square, whose title browsers show. */
    private void hint(Hint hint) {
        String side = number(hint.side());
        out.append("<path class=\"h\" d=\"M" + number(hint.corner().x()) + " "
                + number(hint.corner().y()) + "h" + side + "v" + side + "h-" + side + "z\"><title>"
                + Markup.escape(hint.text()) + "</title></path>\n");
    }

    private void line(Line line) {
        Pen pen = line.pen();
        String dashes = pen.dashed() ? "\" stroke-dasharray=\"" + number(3 * pen.width()) : "";
        out.append("<polyline points=\"" + points(line.points()) + "\" fill=\"none\" stroke-linejoin=\"round\" "
                + "stroke-width=\"" + number(pen.width()) + dashes + "\" class=\""
                + pen.ink().stroke() + "\"/>\n");
    }

    private void dot(Dot dot) {
        String end = " class=\"" + dot.ink().fill() + "\"/>\n";
        if (dot.shape() == Mark.Shape.CIRCLE) {
            out.append("<circle cx=\"" + number(dot.center().x()) + "\" cy=\""
                    + number(dot.center().y()) + "\" r=\"" + number(dot.radius()) + "\"" + end);
        } else {
            out.append("<polygon points=\"" + points(Outlines.of(dot)) + "\"" + end);
        }
    }

    private void text(Text text) {
        Lettering lettering = text.lettering();
        String x = number(text.at().x());
        String y = number(text.at().y());
        out.append("<text x=\"" + x + "\" y=\"" + y + "\" font-size=\"" + number(lettering.size()) + "\"");
        String face = switch (lettering.face()) {
            case PLAIN -> "";
            case BOLD -> " b";
            case MONOSPACED -> " m";
        };
        out.append(" class=\"" + lettering.ink().fill() + face + "\"");
        out.append(
                switch (lettering.anchor()) {
                    case START -> "";
                    case MIDDLE -> " text-anchor=\"middle\"";
                    case END -> " text-anchor=\"end\"";
                });
        if (lettering.upright()) {
            out.append(" transform=\"rotate(-90 " + x + " " + y + ")\"");
        }
        out.append(">" + Markup.escape(text.text()) + "</text>\n");
    }

    /** Draws all cells of one opacity as one path, in units of cells; adjacent cells of a row are one rectangle. */
    private void cells(Cells cells) {
        Map<Integer, StringBuilder> paths = new TreeMap<>();
        for (int row = 0; row < cells.rows().size(); row++) {
            int columns = cells.rows().get(row).length;
            int column = 0;
            while (column < columns) {
                int level = cells.level(row, column);
                int end = column + 1;
                while (end < columns && cells.level(row, end) == level) {
                    end++;
                }
                if (level > 0) {
                    int run = end - column;
                    paths.computeIfAbsent(level, key -> new StringBuilder())
                            .append("M" + column + " " + row + "h" + run + "v1h-" + run + "z");
                }
                column = end;
            }
        }
        out.append("<g shape-rendering=\"crispEdges\" transform=\"translate("
                + number(cells.corner().x()) + " " + number(cells.corner().y()) + ") scale(" + number(cells.cell())
                + ")\" class=\"" + cells.ink().fill() + "\">\n");
        paths.forEach((level, path) ->
                out.append("<path d=\"" + path + "\"" + opacity((double) level / Cells.LEVELS) + "/>\n"));
        out.append("</g>\n");
    }

    private static String opacity(double opacity) {
        return opacity < 1 ? " fill-opacity=\"" + number(opacity) + "\"" : "";
    }

    private static String points(List<Point> points) {
        StringBuilder text = new StringBuilder();
        for (Point point : points) {
            text.append(text.isEmpty() ? "" : " ")
                    .append(number(point.x()))
                    .append(',')
                    .append(number(point.y()));
        }
        return text.toString();
    }

    /** Formats with at most two decimals. */
    static String number(double value) {
        double rounded = Math.rint(value * HUNDREDTHS) / HUNDREDTHS;
        return rounded == Math.rint(rounded) ? Long.toString((long) rounded) : Double.toString(rounded);
    }
}
