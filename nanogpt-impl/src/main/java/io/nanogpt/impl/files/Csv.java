package io.nanogpt.impl.files;

/**
 * Texts as cells of comma-separated values (RFC 4180). A spreadsheet takes a cell that begins with {@code = + - @}, a tab
 * or a carriage return for a formula; an apostrophe before it makes it a text. So that every text is read as it was
 * written, one that begins with apostrophes and such a character has an apostrophe more, and guarded cells are quoted.
 */
public final class Csv {
    private static final String FORMULA = "=+-@\t\r";
    private static final String QUOTED = ",\"\r\n";

    private Csv() {}

    /** A text as a cell, in quotes where it needs them. */
    public static String cell(String text) {
        boolean formula = isFormula(text);
        if (!formula && text.chars().noneMatch(character -> QUOTED.indexOf(character) >= 0)) {
            return text;
        }
        return '"' + (formula ? "'" : "") + text.replace("\"", "\"\"") + '"';
    }

    /** The text of a cell that was in quotes. */
    public static String text(String quoted) {
        return quoted.startsWith("'") && isFormula(quoted) ? quoted.substring(1) : quoted;
    }

    /** Whether a formula follows, after any number of apostrophes. */
    private static boolean isFormula(String text) {
        int start = 0;
        while (start < text.length() && text.charAt(start) == '\'') {
            start++;
        }
        return start < text.length() && FORMULA.indexOf(text.charAt(start)) >= 0;
    }
}
