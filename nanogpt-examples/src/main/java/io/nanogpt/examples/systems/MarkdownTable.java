package io.nanogpt.examples.systems;

import java.util.Collections;
import java.util.List;

/** A table in Markdown, whose first column is text and whose other columns are numbers. */
final class MarkdownTable {
    private final StringBuilder text = new StringBuilder();
    private final int columns;

    MarkdownTable(String... header) {
        this.columns = header.length;
        line(List.of(header));
        text.append("|---|")
                .append(String.join("", Collections.nCopies(columns - 1, "---:|")))
                .append('\n');
    }

    void row(String... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException("a row must have " + columns + " cells, but has " + cells.length);
        }
        line(List.of(cells));
    }

    private void line(List<String> cells) {
        text.append('|');
        for (String cell : cells) {
            text.append(' ')
                    .append(cell.replace("\n", "\\n").replace("|", "\\|"))
                    .append(" |");
        }
        text.append('\n');
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
