package io.nanogpt.impl.chart;

import io.nanogpt.impl.chart.Mark.Dot;
import io.nanogpt.impl.chart.Mark.Point;
import java.util.List;

/** Corners of polygonal dots, scaled to about the area of a circle of the same radius. */
final class Outlines {
    private static final double SQUARE = 0.89;
    private static final double DIAMOND = 1.25;
    private static final double TRIANGLE = 1.4;

    private Outlines() {}

    static List<Point> of(Dot dot) {
        double r = dot.radius();
        return switch (dot.shape()) {
            case CIRCLE -> throw new IllegalArgumentException("a circle has no corners");
            case SQUARE -> around(dot, SQUARE * r, new double[][] {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}});
            case DIAMOND -> around(dot, DIAMOND * r, new double[][] {{0, -1}, {1, 0}, {0, 1}, {-1, 0}});
            case TRIANGLE -> around(dot, TRIANGLE * r, new double[][] {{0, -1}, {0.87, 0.5}, {-0.87, 0.5}});
        };
    }

    private static List<Point> around(Dot dot, double scale, double[][] corners) {
        return List.of(corners).stream()
                .map(corner -> new Point(
                        dot.center().x() + scale * corner[0], dot.center().y() + scale * corner[1]))
                .toList();
    }
}
