package io.nanogpt.impl.chart;

import java.util.List;

/** A drawing primitive. Coordinates are relative to the upper left corner of the scene. */
sealed interface Mark {
    /** A position. */
    record Point(double x, double y) {}

    /**
     * A line style.
     *
     * @param dashed or solid
     */
    record Pen(Ink ink, double width, boolean dashed) {}

    /** A polyline. */
    record Line(List<Point> points, Pen pen) implements Mark {
        public Line {
            points = List.copyOf(points);
        }

        static Line between(Point from, Point to, Pen pen) {
            return new Line(List.of(from, to), pen);
        }
    }

    /** A filled polygon. */
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

    /** The fill of an area. */
    record Fill(Ink ink, double opacity) {}

    /** Shapes of data points, which distinguish series that share a colour. */
    enum Shape {
        CIRCLE,
        SQUARE,
        DIAMOND,
        TRIANGLE
    }

    /** A data point. */
    record Dot(Point center, double radius, Shape shape, Ink ink) implements Mark {}

    /** A line of text; {@code y} is its baseline. */
    record Text(Point at, String text, Lettering lettering) implements Mark {
        /** The bounding box, estimated without a font. */
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

    /** A bounding box. */
    record Box(double left, double top, double right, double bottom) {}

    /** A text that is shown while the pointer rests on a square; only an SVG has it. */
    record Hint(Point corner, double side, String text) implements Mark {}

    /**
     * A square grid of cells whose opacities are weights from 0 to 1.
     *
     * @param corner the upper left one
     * @param cell side length of a cell
     */
    record Cells(Point corner, double cell, List<float[]> rows, Ink ink) implements Mark {
        /** Number of distinct opacities; cells that round to 0 are not drawn. */
        static final int LEVELS = 64;

        int level(int row, int column) {
            float weight = rows.get(row)[column];
            return Float.isNaN(weight) ? 0 : Math.round(Math.max(0, Math.min(1, weight)) * LEVELS);
        }
    }
}
