package io.nanogpt.examples.cli.options;

/** Line breaks and tabs in options, which a shell makes hard to type: {@code \n}, {@code \r}, {@code \t}, {@code \\}. */
public final class Escapes {
    private static final String CODES = "nrt\\";
    private static final String MEANINGS = "\n\r\t\\";

    private Escapes() {}

    public static String resolve(String text) {
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

    /** A text on one line between double quotes, in which {@code "} is {@code \\"}. */
    public static String quote(String text) {
        return '"' + show(text).replace("\"", "\\\"") + '"';
    }

    /** A text on one line, the inverse of {@link #resolve}. */
    public static String show(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            int meaning = MEANINGS.indexOf(text.charAt(i));
            shown.append(meaning < 0 ? text.substring(i, i + 1) : "\\" + CODES.charAt(meaning));
        }
        return shown.toString();
    }
}
