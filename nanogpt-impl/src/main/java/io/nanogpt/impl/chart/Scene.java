package io.nanogpt.impl.chart;

import java.util.List;

/**
 * A drawn chart: a list of marks, independent of the output format.
 *
 * @param width in units of about a pixel
 * @param height in the same units
 * @param title alternative text for screen readers
 * @param marks in drawing order
 */
record Scene(double width, double height, String title, List<Mark> marks) {
    Scene {
        marks = List.copyOf(marks);
    }
}
