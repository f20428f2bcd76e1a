package io.nanogpt.impl.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * A text style, with estimates of text widths.
 *
 * @param size font size
 * @param anchor the point of the text that is at its position
 * @param face font face
 * @param upright whether the text is rotated to run upwards
 */
record Lettering(Ink ink, double size, Anchor anchor, Face face, boolean upright) {
    /** Extent of letters above and below the baseline, in font sizes. */
    static final double ASCENT = 0.95;

    static final double DESCENT = 0.25;

    /** Distance between baselines, in font sizes. */
    private static final double LEADING = 1.35;

    /**
     * Widths of the characters from the space to the tilde in DejaVu Sans, in hundredths of the font size. It is the
     * widest of the usual fonts, so text that fits by this table fits in all of them, and charts do not depend on
     * installed fonts.
     */
    private static final int[] WIDTHS = {
        32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34,
                84,
        84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79, 60, 79, 69, 63, 61, 73, 68, 99, 69,
                61,
        69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63, 62, 35, 63, 63, 28, 28, 58, 28, 97, 63, 61, 63, 63, 41, 52, 39, 63,
                59,
        82, 59, 59, 52, 64, 34, 64, 84
    };

    private static final double OTHER = 0.84;
    /** Chinese, Japanese, Korean and emoji. */
    private static final double WIDE = 1.3;

    private static final int FIRST_WIDE = 0x1100;
    private static final double MONOSPACED = 0.602;
    private static final double BOLD = 1.13;

    /** The point of a text that is at its position. */
    enum Anchor {
        START(0),
        MIDDLE(0.5),
        END(1);

        private final double before;

        Anchor(double before) {
            this.before = before;
        }

        /** The fraction of the width before the position. */
        double before() {
            return before;
        }
    }

    /** The fonts. */
    enum Face {
        PLAIN,
        BOLD,
        /** For tokens, whose white space matters. */
        MONOSPACED
    }

    static Lettering of(Ink ink, double size) {
        return new Lettering(ink, size, Anchor.START, Face.PLAIN, false);
    }

    Lettering anchored(Anchor place) {
        return new Lettering(ink, size, place, face, upright);
    }

    Lettering in(Face other) {
        return new Lettering(ink, size, anchor, other, upright);
    }

    Lettering turned() {
        return new Lettering(ink, size, anchor, face, true);
    }

    double lineHeight() {
        return LEADING * size;
    }

    /** An upper bound of the text's width in the usual fonts. */
    double width(String text) {
        return size * text.codePoints().mapToDouble(this::relativeWidth).sum();
    }

    private double relativeWidth(int codePoint) {
        boolean ascii = codePoint >= ' ' && codePoint <= '~';
        if (isWide(codePoint)) {
            return WIDE;
        }
        return switch (face) {
            case MONOSPACED -> ascii || isSign(codePoint) ? MONOSPACED : OTHER;
            case PLAIN -> ascii ? WIDTHS[codePoint - ' '] / 100.0 : OTHER;
            case BOLD -> BOLD * (ascii ? WIDTHS[codePoint - ' '] / 100.0 : OTHER);
        };
    }

    private static boolean isWide(int codePoint) {
        if (codePoint < FIRST_WIDE || isSign(codePoint)) {
            return false;
        }
        return !Character.isLetter(codePoint)
                || Character.isIdeographic(codePoint)
                || switch (Character.UnicodeScript.of(codePoint)) {
                    case HANGUL, HIRAGANA, KATAKANA -> true;
                    default -> false;
                };
    }

    /** Whether a code point is punctuation or a symbol for white space. */
    private static boolean isSign(int codePoint) {
        return codePoint >= 0x2010 && codePoint < 0x2500;
    }

    /** Breaks the text into lines of at most a width, between words where possible. */
    List<String> wrap(String text, double widest) {
        List<String> lines = new ArrayList<>();
        String rest = text;
        int end = fitting(rest, widest);
        while (end < rest.length()) {
            int space = rest.lastIndexOf(' ', end);
            int cut = space > 0 ? space : end;
            lines.add(rest.substring(0, cut));
            rest = rest.substring(cut).stripLeading();
            end = fitting(rest, widest);
        }
        if (!rest.isEmpty()) {
            lines.add(rest);
        }
        return lines;
    }

    /** Truncates the text with an ellipsis if it is wider. */
    String shorten(String text, double widest) {
        if (fitting(text, widest) == text.length()) {
            return text;
        }
        return text.substring(0, fitting(text, widest - width("…"))) + "…";
    }

    /** The end index of the longest prefix that fits, of at least one code point if there are any. */
    private int fitting(String text, double widest) {
        double sum = 0;
        int end = 0;
        while (end < text.length()) {
            int codePoint = text.codePointAt(end);
            sum += relativeWidth(codePoint);
            if (end > 0 && size * sum > widest) {
                break;
            }
            end += Character.charCount(codePoint);
        }
        return end;
    }
}
