package io.nanogpt.impl.chart;

import io.nanogpt.chart.Heatmap;
import io.nanogpt.impl.chart.Lettering.Anchor;
import io.nanogpt.impl.chart.Lettering.Face;
import io.nanogpt.impl.chart.Mark.Area;
import io.nanogpt.impl.chart.Mark.Cells;
import io.nanogpt.impl.chart.Mark.Fill;
import io.nanogpt.impl.chart.Mark.Hint;
import io.nanogpt.impl.chart.Mark.Line;
import io.nanogpt.impl.chart.Mark.Pen;
import io.nanogpt.impl.chart.Mark.Point;
import io.nanogpt.impl.chart.Mark.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows of attention maps on one colour scale, so that they can be compared. Opacity is the square root of the weight:
 * otherwise the small weights of a token that attends to many others would hardly be visible.
 */
final class Heatmaps {
    private static final Ink INK = Ink.BLUE;
    private static final Pen EDGE = new Pen(Ink.GRID, 1, false);
    private static final double LABEL_SIZE = 10;
    /** The spacing of labels along a side. */
    private static final double LABEL_PITCH = 11;
    /** Cells of at least this fraction of that spacing are enlarged to fit a label each. */
    private static final double ALMOST = 0.6;
    /** Longer tokens end with an ellipsis. */
    private static final double WIDEST_LABEL = 84;

    private static final double LARGEST_CELL = 22;
    private static final double SMALLEST_CELL = 2;
    /** The target width of a row of maps; more if its cells would become too small. */
    private static final double ROW = 1500;

    private static final double WIDEST_MAP = 480;
    /** Of a map that is alone in its chart. */
    private static final double WIDEST_ALONE = 900;

    private static final double LARGEST_CELL_ALONE = 34;
    /** Charts of more cells have no hints, which take a hundred bytes each. */
    private static final int MOST_HINTS = 4000;

    private static final double POSITION_SIZE = 8;
    private static final double NARROWEST_MAP = 150;
    private static final double GAP = 18;
    private static final double BAR_WIDTH = 240;
    private static final int BAR_STEPS = 48;
    private static final double[] BAR_TICKS = {0, 0.1, 0.25, 0.5, 1};

    private final List<List<Heatmap>> rows;
    private final Lettering labels = Lettering.of(Ink.TEXT, LABEL_SIZE).in(Face.MONOSPACED);
    private final int most;
    private final double cell;
    private final double labelWidth;
    /** Whether the text is in a strip above all maps, which have the positions of its tokens alone. */
    private final boolean hasStrip;

    private final boolean hasHints;

    private Heatmaps(List<List<Heatmap>> rows) {
        this.rows = rows;
        most = all().stream().mapToInt(map -> map.tokens().size()).max().orElseThrow();
        cell = cell();
        hasStrip = every() > 1 && all().stream().map(Heatmap::tokens).distinct().count() == 1;
        hasHints = all().stream()
                        .mapToLong(
                                map -> (long) map.tokens().size() * map.tokens().size())
                        .sum()
                <= MOST_HINTS;
        labelWidth = 4
                + all().stream()
                        .flatMap(map -> IntStream.range(0, map.tokens().size()).mapToObj(t -> label(map, t)))
                        .mapToDouble(labels::width)
                        .max()
                        .orElse(0);
    }

    /**
     * Draws rows of maps.
     *
     * @throws IllegalArgumentException if there is no map
     */
    static Scene draw(String title, List<List<Heatmap>> rows) {
        if (rows.stream().allMatch(List::isEmpty)) {
            throw new IllegalArgumentException(
                    "there is no attention map to draw; does the model have attention layers?");
        }
        return new Heatmaps(rows).scene(title);
    }

    private List<Heatmap> all() {
        return rows.stream().flatMap(List::stream).toList();
    }

    private int columns() {
        return rows.stream().mapToInt(List::size).max().orElseThrow();
    }

    private double cell() {
        boolean alone = all().size() == 1;
        double side = Math.max(NARROWEST_MAP, Math.min(alone ? WIDEST_ALONE : WIDEST_MAP, ROW / columns()));
        double fitting = Math.floor(side / most);
        boolean almost = fitting < LABEL_PITCH && fitting >= ALMOST * LABEL_PITCH;
        double largest = alone ? LARGEST_CELL_ALONE : LARGEST_CELL;
        return almost ? LABEL_PITCH : Math.max(SMALLEST_CELL, Math.min(largest, fitting));
    }

    private double side() {
        return Math.max(cell * most, NARROWEST_MAP);
    }

    /** The width of a map with its labels, which every map has, since the tokens of checkpoints may differ. */
    private double pitch() {
        return labelWidth + side() + GAP;
    }

    private Scene scene(String title) {
        double width = Math.max(2 * Page.MARGIN + columns() * pitch() - GAP, 380);
        Page page = new Page(width, title);
        page.narrowNote("A row shows what one token (the query) looks at: itself and those before it (the keys), "
                + "from left to right.");
        if (hasStrip) {
            page.narrowNote("The numbers at the maps are the positions of the tokens in the text below.");
            page.skip(4);
            strip(page, all().get(0).tokens());
        } else if (every() > 1) {
            page.narrowNote("One token in " + every() + " is labelled.");
        }
        colorBar(page);
        for (List<Heatmap> row : rows) {
            drawRow(page, row);
        }
        return page.scene();
    }

    private int every() {
        return (int) Math.ceil(LABEL_PITCH / cell);
    }

    /** Draws all tokens in lines, with a small number before each. */
    private void strip(Page page, List<String> tokens) {
        Lettering position = Lettering.of(Ink.FAINT, POSITION_SIZE);
        double left = Page.MARGIN;
        for (int t = 0; t < tokens.size(); t++) {
            String token = shortened(tokens.get(t));
            double number = position.width(Integer.toString(t)) + 1;
            double width = number + labels.width(token);
            if (left > Page.MARGIN && left + width > page.width() - Page.MARGIN) {
                left = Page.MARGIN;
                page.skip(labels.lineHeight() + 2);
            }
            double baseline = page.bottom() + Lettering.ASCENT * LABEL_SIZE;
            page.add(new Text(new Point(left, baseline), Integer.toString(t), position));
            page.add(new Text(new Point(left + number, baseline), token, labels));
            left += width + 6;
        }
        page.skip(labels.lineHeight() + 6);
    }

    private void colorBar(Page page) {
        Lettering lettering = Lettering.of(Ink.FAINT, Page.SIZE);
        page.skip(4);
        page.lines("attention weight (1 is all of a token's attention)", lettering);
        double left = Page.MARGIN + lettering.width("0") / 2;
        double step = BAR_WIDTH / BAR_STEPS;
        for (int i = 0; i < BAR_STEPS; i++) {
            Point corner = new Point(left + i * step, page.bottom());
            page.add(Area.box(corner, step, Page.SIZE, new Fill(INK, (i + 0.5) / BAR_STEPS)));
        }
        page.skip(Page.SIZE + 3);
        for (double tick : BAR_TICKS) {
            Point at = new Point(left + Math.sqrt(tick) * BAR_WIDTH, page.bottom() + Lettering.ASCENT * Page.SIZE);
            page.add(new Text(at, Numbers.compact(tick), lettering.anchored(Anchor.MIDDLE)));
        }
        page.skip(lettering.lineHeight() + 6);
    }

    private void drawRow(Page page, List<Heatmap> row) {
        Lettering titles = Lettering.of(Ink.TEXT, Page.SIZE).in(Face.BOLD);
        List<List<String>> lines = row.stream()
                .map(map -> titles.wrap(VisibleText.line(map.title()), pitch() - GAP))
                .toList();
        int highest = lines.stream().mapToInt(List::size).max().orElse(0);
        double below = 0;
        for (int column = 0; column < row.size(); column++) {
            double left = Page.MARGIN + column * pitch();
            for (int i = 0; i < lines.get(column).size(); i++) {
                double baseline = page.bottom() + i * titles.lineHeight() + Lettering.ASCENT * Page.SIZE;
                page.add(new Text(new Point(left, baseline), lines.get(column).get(i), titles));
            }
            double top = page.bottom() + highest * titles.lineHeight() + 4;
            below = Math.max(below, drawMap(page, row.get(column), new Point(left + labelWidth, top)));
        }
        page.skip(below - page.bottom() + GAP);
    }

    /** Draws a map at its upper left corner and returns its bottom. */
    private double drawMap(Page page, Heatmap map, Point corner) {
        int tokens = map.tokens().size();
        double end = cell * tokens;
        page.add(new Cells(corner, cell, shades(map.rows()), INK));
        edges(page, corner, end);
        for (int t = 0; t < tokens; t += every()) {
            label(page, label(map, t), new Point(corner.x() - 4, corner.y() + (t + 0.5) * cell), false);
            label(page, label(map, t), new Point(corner.x() + (t + 0.5) * cell, corner.y() + end + 4), true);
        }
        if (hasHints) {
            hints(page, map, corner);
        }
        return corner.y() + end + Math.max(labelWidth, LABEL_PITCH + 4);
    }

    /** Draws a label on the left of a map or below it, where it is rotated unless all labels are narrow. */
    private void label(Page page, String label, Point at, boolean isBelow) {
        if (isBelow && labelWidth - 4 <= LABEL_PITCH) {
            Point baseline = new Point(at.x(), at.y() + Lettering.ASCENT * LABEL_SIZE);
            page.add(new Text(baseline, label, labels.anchored(Anchor.MIDDLE)));
        } else if (isBelow) {
            Point baseline = new Point(at.x() + 0.35 * LABEL_SIZE, at.y());
            page.add(new Text(baseline, label, labels.anchored(Anchor.END).turned()));
        } else {
            Point baseline = new Point(at.x(), at.y() + 0.35 * LABEL_SIZE);
            page.add(new Text(baseline, label, labels.anchored(Anchor.END)));
        }
    }

    /** For each weight of a token, a text with both tokens and the number. */
    private void hints(Page page, Heatmap map, Point corner) {
        for (int t = 0; t < map.tokens().size(); t++) {
            for (int s = 0; s < map.tokens().size(); s++) {
                float weight = map.rows().get(t)[s];
                if (s <= t || weight > 0) {
                    Point at = new Point(corner.x() + s * cell, corner.y() + t * cell);
                    page.add(new Hint(
                            at,
                            cell,
                            shortened(map.tokens().get(t)) + " → "
                                    + shortened(map.tokens().get(s)) + "  " + Numbers.compact(weight)));
                }
            }
        }
    }

    private static void edges(Page page, Point corner, double side) {
        Point right = new Point(corner.x() + side, corner.y());
        Point below = new Point(corner.x(), corner.y() + side);
        page.add(new Line(List.of(corner, right, new Point(right.x(), below.y()), below, corner), EDGE));
    }

    private static List<float[]> shades(List<float[]> weights) {
        List<float[]> shades = new ArrayList<>();
        for (float[] row : weights) {
            float[] shade = new float[row.length];
            for (int i = 0; i < row.length; i++) {
                shade[i] = (float) Math.sqrt(row[i]);
            }
            shades.add(shade);
        }
        return shades;
    }

    /** The label of a token at its map: its text, or its position if the text is in the strip. */
    private String label(Heatmap map, int t) {
        return hasStrip ? Integer.toString(t) : shortened(map.tokens().get(t));
    }

    private String shortened(String token) {
        return labels.shorten(VisibleText.token(token), WIDEST_LABEL);
    }
}
