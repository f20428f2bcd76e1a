package io.nanogpt.impl.page;

/** Escapes text for markup. */
public final class Markup {
    private Markup() {}

    /** Escapes element content and double-quoted attributes; characters that XML forbids become U+FFFD. */
    public static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(codePoint -> {
            switch (codePoint) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(isXml(codePoint) ? codePoint : 0xFFFD);
            }
        });
        return escaped.toString();
    }

    private static boolean isXml(int codePoint) {
        return (codePoint >= ' ' && codePoint < Character.MIN_SURROGATE)
                || codePoint == '\t'
                || codePoint == '\n'
                || codePoint == '\r'
                || (codePoint > Character.MAX_SURROGATE && codePoint < 0xFFFE)
                || codePoint >= Character.MIN_SUPPLEMENTARY_CODE_POINT;
    }
}
