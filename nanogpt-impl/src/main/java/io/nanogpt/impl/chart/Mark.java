package io.nanogpt.impl.chart;

import java.util.List;

/** One thing that is drawn. Places are from the upper left corner of the scene. */
sealed interface Mark {
    /** A place. */
    record Point(double x, double y) {}

    /**
     * How a line is drawn.
     *
     * @param dashed or solid
     */
    record Pen(Ink ink, double width, boolean dashed) {}

    /** Straight lines from point to point. */
    record Line(List<Point> points, Pen pen) implements Mark {
        public Line {
            points = List.copyOf(points);
        }

        static Line between(Point from, Point to, Pen pen) {
            return new Line(List.of(from, to), pen);
        }
    }

    /** A closed polygon that is filled. */
    record Area(List<Point> points, Ink ink, double opacity) implements Mark {
        public Area {
            points = List.copyOf(points);
        }

        static Area box(Point corner, double width, double height, Fill fill) {
            return new Area(
                    List.of(
                            corner,
                            new Point(corner.x + width, corner.y),
                            new Point(corner.x + width, corner.y + height),
                            new Point(corner.x, corner.y + height)),
                    fill.ink,
                    fill.opacity);
        }
    }

    /** What an area is filled with. */
    record Fill(Ink ink, double opacity) {}

    /** The shapes of points, by which more series than there are colours can be told apart. */
    enum Shape {
        CIRCLE,
        SQUARE,
        DIAMOND,
        TRIANGLE
    }

    /** A point of data. */
    record Dot(Point center, double radius, Shape shape, Ink ink) implements Mark {}

    /** A line of letters; {@code y} is that of the line on which they stand. */
    record Text(Point at, String text, Lettering lettering) implements Mark {
        /** The least box that holds it, as far as widths can be known without a font. */
        Box box() {
            double width = lettering.width(text);
            double before = lettering.anchor().before() * width;
            double up = Lettering.ASCENT * lettering.size();
            double down = Lettering.DESCENT * lettering.size();
            return lettering.upright()
                    ? new Box(at.x - up, at.y - width + before, at.x + down, at.y + before)
                    : new Box(at.x - before, at.y - up, at.x - before + width, at.y + down);
        }
    }

    /** The sides of a box. */
    record Box(double left, double top, double right, double bottom) {}

    /**
     * A square of cells whose opacities are weights from 0 to 1.
     *
     * @param corner the upper left one
     * @param cell the side of a cell
     */
    record Cells(Point corner, double cell, List<float[]> rows, Ink ink) implements Mark {
        /** Opacities that are told apart; a cell below the first is not drawn. */
        static final int LEVELS = 64;

        int level(int row, int column) {
            float weight = rows.get(row)[column];
            return Float.isNaN(weight) ? 0 : Math.round(Math.max(0, Math.min(1, weight)) * LEVELS);
        }
    }
}
