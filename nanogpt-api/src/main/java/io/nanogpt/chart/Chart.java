package io.nanogpt.chart;

import java.nio.file.Path;

/** A drawing. The same data gives the same SVG on every machine; the letters of a PNG are those of the machine's fonts. */
public interface Chart {
    /** What stands above it. */
    String title();

    /** The same chart under another title. */
    Chart withTitle(String title);

    /**
     * The same chart in another width; the height follows. The default is 760, and 380 suits a phone. The size of maps of
     * attention follows from their tokens: they keep it.
     *
     * @param width of the SVG's view box, from 240 to 4000
     * @throws IllegalArgumentException if it is outside of these
     */
    Chart withWidth(int width);

    /**
     * As an SVG document of its own, which follows the reader's choice of light or dark colours. Its texts are texts:
     * they can be selected, searched and read aloud.
     */
    String svg();

    /**
     * Writes {@link #svg()}.
     *
     * @throws java.io.UncheckedIOException naming the file and the reason, if it cannot be written
     */
    void writeSvg(Path file);

    /**
     * Writes an image in light colours, with two pixels for each unit of the SVG's view box.
     *
     * @throws io.nanogpt.NanogptException if this Java has no fonts to write with, or no module {@code java.desktop}
     * @throws java.io.UncheckedIOException naming the file and the reason, if it cannot be written
     */
    void writePng(Path file);
}
