package io.nanogpt.examples.systems;

import io.nanogpt.chart.Chart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A page of docs with the results of a study. A table or text stands between the comments {@code <!-- begin NAME -->} and
 * {@code <!-- end NAME -->}; a figure is the file {@code PAGE-NAME.svg} beside the page. The page shows what it likes.
 */
final class StudyPage {
    private static final String EXTENSION = ".md";

    private final Path file;
    private final String stem;

    StudyPage(Path file) {
        this.file = file;
        String name = Objects.requireNonNull(file.getFileName(), "file").toString();
        this.stem = name.substring(0, name.length() - (name.endsWith(EXTENSION) ? EXTENSION.length() : 0));
    }

    /** Replaces a table or a text that the page shows; no other. */
    void write(String name, String markdown) {
        String page = read();
        String begin = "<!-- begin " + name + " -->\n";
        String end = "<!-- end " + name + " -->";
        int from = page.indexOf(begin);
        int to = page.indexOf(end, Math.max(0, from));
        if (from < 0) {
            return;
        }
        if (to < 0) {
            throw new IllegalArgumentException(file + " has the line " + begin.strip() + ", but after it no " + end);
        }
        try {
            Files.writeString(
                    file, page.substring(0, from) + begin + "\n" + markdown.strip() + "\n\n" + page.substring(to));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /** Draws a figure again that the page shows; no other. */
    void draw(String name, Chart chart) {
        String figure = stem + "-" + name + ".svg";
        if (read().contains("(" + figure + ")")) {
            chart.writeSvg(file.resolveSibling(figure));
        }
    }

    private String read() {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
