package io.nanogpt.chart;

import java.nio.file.Path;

/** A chart. The same data gives the same SVG on every machine; a PNG depends on the fonts of the machine. */
public interface Chart {
    /** Returns the title above the chart. */
    String title();

    /** Returns a copy with this title. */
    Chart withTitle(String title);

    /**
     * Returns a copy with this width; the height follows. The default is 760, and 380 suits a phone. Attention maps
     * keep their size, which depends on the number of tokens.
     *
     * @param width the width of the SVG's view box, from 240 to 4000
     * @throws IllegalArgumentException if the width is outside this range
     */
    Chart withWidth(int width);

    /**
     * Returns the chart as an SVG document, which follows the reader's preference for light or dark colours. Its text
     * can be selected, searched and read by a screen reader.
     */
    String svg();

    /**
     * Writes {@link #svg()}.
     *
     * @throws java.io.UncheckedIOException naming the file and the reason, if it cannot be written
     */
    void writeSvg(Path file);

    /**
     * Writes a PNG image in light colours, with two pixels for each unit of the SVG's view box.
     *
     * @throws io.nanogpt.NanogptException if the Java runtime has no fonts, or no module {@code java.desktop}
     * @throws java.io.UncheckedIOException naming the file and the reason, if it cannot be written
     */
    void writePng(Path file);
}
