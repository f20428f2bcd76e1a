package io.nanogpt.impl.chart;

import io.nanogpt.NanogptException;
import io.nanogpt.chart.Chart;
import io.nanogpt.impl.files.AtomicFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A chart that is drawn anew for every output.
 *
 * @param drawer makes its scene
 */
record DrawnChart(String title, int width, Drawer drawer) implements Chart {
    static final int WIDTH = 760;
    private static final int NARROWEST = 240;
    private static final int WIDEST = 4000;

    /** Draws a chart of a given title and width. */
    @FunctionalInterface
    interface Drawer {
        Scene draw(String title, double width);
    }

    /** Draws the chart once, so that errors surface here and not when it is written. */
    static DrawnChart of(String title, Drawer drawer) {
        drawer.draw(title, WIDTH);
        return new DrawnChart(title, WIDTH, drawer);
    }

    @Override
    public Chart withTitle(String other) {
        return new DrawnChart(other, width, drawer);
    }

    @Override
    public Chart withWidth(int other) {
        if (other < NARROWEST || other > WIDEST) {
            throw new IllegalArgumentException(
                    "width must be from " + NARROWEST + " to " + WIDEST + ", but is " + other);
        }
        return new DrawnChart(title, other, drawer);
    }

    Scene scene() {
        return drawer.draw(title, width);
    }

    @Override
    public String svg() {
        return SvgWriter.document(scene());
    }

    @Override
    public void writeSvg(Path file) {
        byte[] bytes = svg().getBytes(StandardCharsets.UTF_8);
        AtomicFiles.write(file, out -> out.write(bytes));
    }

    @Override
    public void writePng(Path file) {
        byte[] bytes = png();
        AtomicFiles.write(file, out -> out.write(bytes));
    }

    private byte[] png() {
        try {
            return PngWriter.png(scene());
        } catch (NoClassDefFoundError e) {
            throw new NanogptException(
                    "PNG images need the module java.desktop, which this Java runtime lacks (" + e
                            + "); add it to the run-time image, or write SVG, which does not need it",
                    e);
        }
    }
}
