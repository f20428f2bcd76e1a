package io.nanogpt.impl.chart;

import java.util.List;

/**
 * What a chart looks like.
 *
 * @param width in units of about a pixel
 * @param height in the same
 * @param title for readers who do not see it
 * @param marks in the order in which they are painted
 */
record Scene(double width, double height, String title, List<Mark> marks) {
    Scene {
        marks = List.copyOf(marks);
    }
}
