package io.nanogpt.examples.cli.console;

import java.io.IOException;
import java.io.Writer;
import java.util.Locale;

/**
 * Writes text for a terminal: its controls but tabs and line ends, and marks of the direction of text, as {@code \\u001B}.
 * So names, prompts and generated texts cannot move the cursor, ring the bell or reorder what is shown.
 */
final class VisibleWriter extends Writer {
    private final Writer out;

    VisibleWriter(Writer out) {
        this.out = out;
    }

    @Override
    public void write(char[] text, int from, int length) throws IOException {
        int end = from + length;
        int start = from;
        for (int i = from; i < end; i++) {
            boolean lineEnd = text[i] == '\r' && i + 1 < end && text[i + 1] == '\n';
            if (isInvisible(text[i]) && !lineEnd) {
                out.write(text, start, i - start);
                out.write(String.format(Locale.ROOT, "\\u%04X", (int) text[i]));
                start = i + 1;
            }
        }
        out.write(text, start, end - start);
    }

    private static boolean isInvisible(char character) {
        return (Character.isISOControl(character) && character != '\n' && character != '\t')
                || character == '\u061C'
                || character == '\u200E'
                || character == '\u200F'
                || (character >= '\u2028' && character <= '\u202E')
                || (character >= '\u2066' && character <= '\u2069');
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
