package io.nanogpt.impl.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The methods of Python's texts on {@link Text}. */
final class PythonText {
    private PythonText() {}

    /** Whether Python counts a character as white space. */
    static boolean isSpace(char character) {
        return (character >= '\t' && character <= '\r')
                || (character >= '\u001C' && character <= ' ')
                || character == '\u0085'
                || Character.isSpaceChar(character);
    }

    /** A text without these characters, or without white space, at its ends. */
    static Text strip(Text text, @Nullable String characters, boolean left, boolean right) {
        String value = text.text();
        int from = 0;
        int to = value.length();
        while (left && from < to && isStripped(value.charAt(from), characters)) {
            from++;
        }
        while (right && to > from && isStripped(value.charAt(to - 1), characters)) {
            to--;
        }
        return text.part(from, to);
    }

    private static boolean isStripped(char character, @Nullable String characters) {
        return characters == null ? isSpace(character) : characters.indexOf(character) >= 0;
    }

    static List<Object> split(Text text, String separator, long most) {
        List<Object> parts = new ArrayList<>();
        int from = 0;
        for (int at = text.text().indexOf(separator);
                at >= 0 && (most < 0 || parts.size() < most);
                at = text.text().indexOf(separator, from)) {
            parts.add(text.part(from, at));
            from = at + separator.length();
        }
        parts.add(text.part(from, text.length()));
        return parts;
    }

    /** The parts between runs of white space. */
    static List<Object> split(Text text) {
        List<Object> parts = new ArrayList<>();
        int from = -1;
        for (int at = 0; at <= text.length(); at++) {
            boolean space = at == text.length() || isSpace(text.text().charAt(at));
            if (space && from >= 0) {
                parts.add(text.part(from, at));
                from = -1;
            } else if (!space && from < 0) {
                from = at;
            }
        }
        return parts;
    }

    static Text join(Text separator, List<Text> parts) {
        Text.Builder joined = new Text.Builder();
        for (int i = 0; i < parts.size(); i++) {
            if (i > 0) {
                joined.append(separator);
            }
            joined.append(parts.get(i));
        }
        return joined.text();
    }

    /** A text with other characters, which come from where its first did. */
    static Text changed(Text text, UnaryOperator<String> change) {
        return Text.of(change.apply(text.text()), text.message());
    }

    static String capitalize(String text) {
        return text.isEmpty()
                ? text
                : title(text.substring(0, text.offsetByCodePoints(0, 1)))
                        + text.substring(text.offsetByCodePoints(0, 1)).toLowerCase(Locale.ROOT);
    }

    /** Words begin with a capital letter, where a word is a run of letters. */
    static String title(String text) {
        StringBuilder title = new StringBuilder(text.length());
        boolean within = false;
        for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
            int codePoint = text.codePointAt(at);
            title.appendCodePoint(within ? Character.toLowerCase(codePoint) : Character.toTitleCase(codePoint));
            within = Character.isLetter(codePoint);
        }
        return title.toString();
    }

    static int codePoints(Text text) {
        return text.text().codePointCount(0, text.length());
    }

    /** The characters from one place, counted in code points, to another. */
    static Text codePoints(Text text, int from, int to) {
        String value = text.text();
        return text.part(value.offsetByCodePoints(0, from), value.offsetByCodePoints(0, to));
    }
}
