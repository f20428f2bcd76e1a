package io.nanogpt.examples.cli.console;

import io.nanogpt.tokenizer.TokenizedText.Piece;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** Tokens in lines of two rows, the pieces of a text and their ids below; in a terminal the pieces have colours. */
public final class TokenLines {
    /** Pale backgrounds of the 256 colours of terminals, which suit black letters. */
    private static final int[] COLORS = {153, 216, 151, 218, 229};

    private static final String BOLD = "1;";
    private static final String RESET = "\033[0m";
    private static final String FAINT = "\033[2m";
    private static final int WIDTH = 80;
    private static final int NARROWEST = 20;
    private static final int FIRST_PICTURE = 0x1F300;
    private static final int LONGEST = 40;

    private final boolean inColors;
    private final int width;
    private final StringBuilder pieces = new StringBuilder();
    private final StringBuilder ids = new StringBuilder();
    private int column;

    private TokenLines(boolean inColors, int width) {
        this.inColors = inColors;
        this.width = width;
    }

    /**
     * Prints tokens, in colours if standard output is a terminal and the environment does not refuse them by
     * {@code NO_COLOR}.
     */
    public static void print(PrintWriter out, List<Piece> tokens) {
        Map<String, String> environment = System.getenv();
        // A writer for a terminal makes controls visible, and those of colours are meant.
        boolean inColors = out instanceof TerminalWriter && Terminal.allowsColors(environment);
        PrintWriter writer = inColors ? TerminalWriter.forControls(out) : out;
        writer.print(format(tokens, inColors, width(environment)));
        writer.flush();
    }

    private static int width(Map<String, String> environment) {
        String columns = environment.getOrDefault("COLUMNS", "");
        return columns.matches("\\d{1,4}") ? Math.max(NARROWEST, Integer.parseInt(columns)) : WIDTH;
    }

    /** The lines of tokens. */
    static String format(List<Piece> tokens, boolean inColors, int width) {
        StringBuilder all = new StringBuilder();
        TokenLines line = new TokenLines(inColors, width);
        for (int i = 0; i < tokens.size(); i++) {
            Piece token = tokens.get(i);
            line.add(token, COLORS[i % COLORS.length], all);
            if (token.text().indexOf('\n') >= 0) {
                line.end(all);
            }
        }
        line.end(all);
        return all.toString();
    }

    private void add(Piece token, int color, StringBuilder all) {
        String label = shortened(label(token.text()));
        String id = Integer.toString(token.id());
        int cell = Math.max(columns(label), id.length());
        if (column > 0 && column + 1 + cell > width) {
            end(all);
        }
        if (column > 0) {
            pieces.append(' ');
            ids.append(' ');
            column++;
        }
        String before = inColors ? "\033[" + (token.isSpecial() ? BOLD : "") + "30;48;5;" + color + "m" : "";
        pieces.append(before).append(label).append(inColors ? RESET : "").append(" ".repeat(cell - columns(label)));
        ids.append(id).append(" ".repeat(cell - id.length()));
        column += cell;
    }

    /** Moves a line with its ids to the end of all. */
    private void end(StringBuilder all) {
        if (column > 0) {
            String numbers = ids.toString().stripTrailing();
            all.append(pieces.toString().stripTrailing()).append(System.lineSeparator());
            all.append(inColors ? FAINT + numbers + RESET : numbers).append(System.lineSeparator());
            pieces.setLength(0);
            ids.setLength(0);
            column = 0;
        }
    }

    /** The text of a token on one line, with its white space and controls as signs. */
    private static String label(String text) {
        StringWriter visible = new StringWriter();
        try (VisibleWriter writer = new VisibleWriter(visible)) {
            writer.write(text.replace(' ', '␣').replace('\n', '↵').replace('\t', '⇥'));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // A StringWriter throws none.
        }
        return visible.toString();
    }

    private static String shortened(String label) {
        return label.codePointCount(0, label.length()) <= LONGEST
                ? label
                : label.substring(0, label.offsetByCodePoints(0, LONGEST - 1)) + "…";
    }

    /** The columns of a terminal that a text takes. */
    static int columns(String text) {
        return text.codePoints().map(TokenLines::columns).sum();
    }

    private static int columns(int codePoint) {
        int type = Character.getType(codePoint);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        return switch (Character.UnicodeScript.of(codePoint)) {
            case HAN, HIRAGANA, KATAKANA, HANGUL -> 2;
            default -> codePoint >= FIRST_PICTURE ? 2 : 1;
        };
    }
}
