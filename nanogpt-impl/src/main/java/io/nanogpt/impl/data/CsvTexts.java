package io.nanogpt.impl.data;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.Csv;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One column of comma-separated values (RFC 4180): a header line, cells in quotes where they hold commas, quotes
 * (doubled) or line ends, and guarded against being taken for formulas as in {@link Csv}. Empty lines are skipped; an
 * empty cell alone in its line is written {@code ""}. With tabs in place of commas, quotes within a cell need no quotes
 * around it.
 */
final class CsvTexts {
    static final char COMMA = ',';
    static final char TAB = '\t';
    private static final char QUOTE = '"';

    private final String text;
    private final String source;
    private final char delimiter;
    private int position;
    private int line = 1;
    private int lineStart;

    private CsvTexts(String text, String source, char delimiter) {
        this.text = text;
        this.source = source;
        this.delimiter = delimiter;
    }

    static List<String> read(Path file, String column, char delimiter) {
        return new CsvTexts(CorpusText.read(file), file.toString(), delimiter).column(column);
    }

    private List<String> column(String column) {
        skipEmptyLines();
        if (atEnd()) {
            throw new NanogptException(source + " is empty; expected a header line with the column \"" + column + "\"");
        }
        List<String> header = row();
        int index = header.indexOf(column);
        if (index < 0 || index != header.lastIndexOf(column)) {
            throw new NanogptException(source + ", line 1: expected one column \"" + column + "\", but "
                    + (index < 0 ? "there is none" : "there are several") + "; the columns are " + header);
        }
        List<String> texts = new ArrayList<>();
        for (skipEmptyLines(); !atEnd(); skipEmptyLines()) {
            int rowLine = line;
            List<String> row = row();
            if (row.size() != header.size()) {
                throw new NanogptException(source + ", line " + rowLine + ": expected " + header.size()
                        + " cells as in the header, but found " + row.size()
                        + "; a cell that holds a " + delimiterName() + " must be quoted");
            }
            texts.add(row.get(index));
        }
        return texts;
    }

    private List<String> row() {
        List<String> cells = new ArrayList<>();
        do {
            cells.add(!atEnd() && text.charAt(position) == QUOTE ? quoted() : plain());
        } while (take(delimiter));
        if (!atEnd() && !takeLineEnd()) {
            throw error("expected a " + delimiterName() + " or the end of the line after a quoted cell, but found '"
                    + Character.toString(text.codePointAt(position)) + "'; a quote inside a quoted cell is doubled");
        }
        return cells;
    }

    private String delimiterName() {
        return delimiter == TAB ? "tab" : "comma";
    }

    private String plain() {
        int start = position;
        while (!atEnd()) {
            char c = text.charAt(position);
            if (c == delimiter || c == '\n' || c == '\r') {
                break;
            }
            if (c == QUOTE && delimiter == COMMA) {
                throw error("found a quote inside a cell without quotes; put the cell in quotes and double this one");
            }
            position++;
        }
        return text.substring(start, position);
    }

    private String quoted() {
        int openingLine = line;
        int openingColumn = position - lineStart + 1;
        position++;
        StringBuilder cell = new StringBuilder();
        while (!atEnd()) {
            char c = text.charAt(position++);
            if (c == QUOTE && !take(QUOTE)) {
                return Csv.text(cell.toString());
            }
            cell.append(c);
            if (c == '\n') {
                line++;
                lineStart = position;
            }
        }
        throw new NanogptException(source + ", line " + openingLine + ", column " + openingColumn
                + ": expected a closing quote for this cell, but the file ends");
    }

    private void skipEmptyLines() {
        while (!atEnd() && takeLineEnd()) {
            // Each call takes one.
        }
    }

    private boolean takeLineEnd() {
        boolean carriageReturn = take('\r');
        boolean newline = take('\n');
        if (!carriageReturn && !newline) {
            return false;
        }
        line++;
        lineStart = position;
        return true;
    }

    private boolean take(char expected) {
        if (!atEnd() && text.charAt(position) == expected) {
            position++;
            return true;
        }
        return false;
    }

    private boolean atEnd() {
        return position == text.length();
    }

    private NanogptException error(String what) {
        return new NanogptException(source + ", line " + line + ", column " + (position - lineStart + 1) + ": " + what);
    }
}
