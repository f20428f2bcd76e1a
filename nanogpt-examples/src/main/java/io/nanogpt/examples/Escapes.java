package io.nanogpt.examples;

/** Line breaks and tabs in options, which a shell makes hard to type: {@code \n}, {@code \r}, {@code \t}, {@code \\}. */
final class Escapes {
    private static final String CODES = "nrt\\";
    private static final String MEANINGS = "\n\r\t\\";

    private Escapes() {}

    static String resolve(String text) {
        StringBuilder resolved = new StringBuilder(text.length());
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            int code = c == '\\' && i + 1 < text.length() ? CODES.indexOf(text.charAt(i + 1)) : -1;
            resolved.append(code < 0 ? c : MEANINGS.charAt(code));
            i += code < 0 ? 1 : 2;
        }
        return resolved.toString();
    }

    /** A text on one line: what {@link #resolve} makes the text of. */
    static String show(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            int meaning = MEANINGS.indexOf(text.charAt(i));
            shown.append(meaning < 0 ? text.substring(i, i + 1) : "\\" + CODES.charAt(meaning));
        }
        return shown.toString();
    }
}
