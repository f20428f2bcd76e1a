package io.nanogpt.impl.jsonschema;

import io.nanogpt.impl.regex.JavaParser;
import io.nanogpt.impl.regex.Node;
import io.nanogpt.impl.regex.UnsupportedPatternException;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Translates the regular expressions of JSON schemas, those of ECMA-262, to the syntax of the JDK. */
final class EcmaPattern {
    private static final int LONGEST = 2_000;

    /** White space of ASCII, in a class: that of the JDK's {@code \s}. */
    private static final String ASCII_SPACE = "\\t\\n\\x0B\\f\\r ";

    /**
     * White space, in a class. Other dialects have that of ASCII only, so what is white space in one of them alone is
     * never written, neither as white space nor as anything else.
     */
    private static final String SPACE =
            ASCII_SPACE + "\\xA0\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}\\x{FEFF}";

    private static final Pattern CATEGORY = Pattern.compile("\\{[LMNPSZC][a-z]?}");

    private final String pattern;
    private final StringBuilder java = new StringBuilder();
    private int at;
    private boolean inClass;
    private boolean inNegatedClass;

    private EcmaPattern(String pattern) {
        this.pattern = pattern;
    }

    /**
     * Parses a pattern.
     *
     * @throws UnsupportedPatternException if it is not a regular expression, or has syntax that the two dialects read
     *     differently
     */
    static Node parse(String pattern) {
        if (pattern.length() > LONGEST) {
            throw unsupported("more than " + LONGEST + " characters");
        }
        String java = new EcmaPattern(pattern).translate();
        try {
            Pattern.compile(java);
        } catch (PatternSyntaxException e) {
            throw unsupported("a syntax error (" + e.getDescription() + ")");
        }
        return JavaParser.parse(java, 0);
    }

    private static UnsupportedPatternException unsupported(String feature) {
        return new UnsupportedPatternException(feature);
    }

    private String translate() {
        while (at < pattern.length()) {
            char c = pattern.charAt(at++);
            if (c == '\\') {
                escape();
            } else if (inClass) {
                member(c);
            } else {
                syntax(c);
            }
        }
        return java.toString();
    }

    private void syntax(char c) {
        switch (c) {
            case '^' -> java.append("\\A");
            case '$' -> java.append("\\z");
            case '[' -> {
                inClass = true;
                java.append(c);
                if (pattern.startsWith("^", at)) {
                    java.append('^');
                    inNegatedClass = true;
                    at++;
                }
                if (pattern.startsWith("]", at)) {
                    throw unsupported("an empty class");
                }
            }
            case '(' -> {
                boolean named = pattern.startsWith("?<", at)
                        && !pattern.startsWith("?<=", at)
                        && !pattern.startsWith("?<!", at);
                boolean known = named || pattern.startsWith("?:", at) || pattern.startsWith("?=", at);
                if (pattern.startsWith("?", at) && !known) {
                    throw unsupported("a group (?" + pattern.substring(at + 1, Math.min(at + 2, pattern.length())));
                }
                java.append(c);
            }
            case '*', '+', '?', '}' -> {
                if (pattern.startsWith("+", at)) {
                    throw unsupported("a repetition of a repetition");
                }
                java.append(c);
            }
            default -> java.append(c);
        }
    }

    private void member(char c) {
        if (c == ']') {
            inClass = false;
            inNegatedClass = false;
            java.append(c);
        } else if (c == '[' || c == '&') {
            java.append('\\').append(c);
        } else {
            java.append(c);
        }
    }

    private void escape() {
        if (at >= pattern.length()) {
            throw unsupported("an incomplete escape");
        }
        char c = pattern.charAt(at++);
        switch (c) {
            case 's' -> java.append(inNegatedClass ? SPACE : inClass ? ASCII_SPACE : "[" + ASCII_SPACE + "]");
            case 'S' -> java.append("[^" + (inNegatedClass ? ASCII_SPACE : SPACE) + "]");
            case 'v' -> java.append("\\x0B");
            case 'u' -> unicode();
            case 'd', 'D', 'w', 'W', 't', 'n', 'f', 'r', 'x', 'c' ->
                java.append('\\').append(c);
            case 'p', 'P' -> {
                if (!CATEGORY.matcher(pattern).region(at, pattern.length()).lookingAt()) {
                    throw unsupported("a property that is no general category, such as \\p{L}");
                }
                java.append('\\').append(c);
            }
            case 'k', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> throw unsupported("a back reference");
            case '0' -> java.append("\\x00");
            default -> {
                if (c < 0x80 && Character.isLetterOrDigit(c)) {
                    throw unsupported("the escape \\" + c);
                }
                java.append(c < 0x80 ? "\\" : "").append(c);
            }
        }
    }

    private void unicode() {
        if (pattern.startsWith("{", at)) {
            java.append("\\x");
        } else {
            java.append("\\u");
        }
    }
}
