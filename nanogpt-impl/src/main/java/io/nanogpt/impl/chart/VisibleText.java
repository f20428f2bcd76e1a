package io.nanogpt.impl.chart;

import io.nanogpt.impl.files.Excerpt;

/** Makes untrusted text of models and users printable, and escapes it for markup. */
final class VisibleText {
    /** The most code points that are shown of a title, a label, a setting or a value, which a run log may have in any length. */
    static final int LONGEST = 200;

    private static final String EMPTY = "∅";

    private VisibleText() {}

    /** A token as a label: white space as symbols, invisible characters as their code points. */
    static String token(String token) {
        if (token.isEmpty()) {
            return EMPTY;
        }
        StringBuilder label = new StringBuilder();
        token.codePoints().forEach(codePoint -> {
            switch (codePoint) {
                case ' ' -> label.append('␣');
                case '\n' -> label.append('↵');
                case '\r' -> label.append('␍');
                case '\t' -> label.append('⇥');
                default -> append(label, codePoint);
            }
        });
        return label.toString();
    }

    /** A setting's value, shortened: line breaks and tabs as symbols, invisible characters as their code points. */
    static String value(String value) {
        return value.isEmpty() ? EMPTY : token(shortened(value)).replace('␣', ' ');
    }

    /** A title or name on one line, shortened: white space as single spaces, invisible characters as their code points. */
    static String line(String text) {
        StringBuilder line = new StringBuilder();
        shortened(text.strip().replaceAll("\\s+", " ")).codePoints().forEach(codePoint -> append(line, codePoint));
        return line.toString();
    }

    /** The beginning of a label that is longer than {@link #LONGEST}, with an ellipsis. */
    static String shortened(String label) {
        return Excerpt.of(label, LONGEST);
    }

    /** Appends a code point, or its number if it is invisible, as controls of text direction are. */
    private static void append(StringBuilder label, int codePoint) {
        boolean visible = switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> codePoint == ' ';
            default -> true;
        };
        if (visible) {
            label.appendCodePoint(codePoint);
        } else {
            label.append(String.format("‹%02X›", codePoint));
        }
    }

    /** Whether a text has letters of right-to-left scripts, or marks that change its direction. */
    static boolean isBidirectional(String text) {
        return text.codePoints().map(Character::getDirectionality).anyMatch(direction -> switch (direction) {
            case Character.DIRECTIONALITY_RIGHT_TO_LEFT,
                    Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC,
                    Character.DIRECTIONALITY_ARABIC_NUMBER,
                    Character.DIRECTIONALITY_LEFT_TO_RIGHT_EMBEDDING,
                    Character.DIRECTIONALITY_LEFT_TO_RIGHT_OVERRIDE,
                    Character.DIRECTIONALITY_RIGHT_TO_LEFT_EMBEDDING,
                    Character.DIRECTIONALITY_RIGHT_TO_LEFT_OVERRIDE,
                    Character.DIRECTIONALITY_POP_DIRECTIONAL_FORMAT,
                    Character.DIRECTIONALITY_LEFT_TO_RIGHT_ISOLATE,
                    Character.DIRECTIONALITY_RIGHT_TO_LEFT_ISOLATE,
                    Character.DIRECTIONALITY_FIRST_STRONG_ISOLATE,
                    Character.DIRECTIONALITY_POP_DIRECTIONAL_ISOLATE -> true;
            default -> false;
        });
    }
}
