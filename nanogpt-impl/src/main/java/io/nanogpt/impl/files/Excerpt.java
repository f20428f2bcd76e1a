package io.nanogpt.impl.files;

/** Beginnings of texts that may be long. */
public final class Excerpt {
    private Excerpt() {}

    /** Returns a text of at most this many code points as it is, and of a longer one the beginning with an ellipsis. */
    public static String of(String text, int most) {
        if (text.length() <= most || text.codePointCount(0, text.length()) <= most) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, most)) + "…";
    }
}
