package io.nanogpt.impl.tokenizer.pretokenize;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.regex.Node;
import io.nanogpt.impl.regex.Node.Greed;
import io.nanogpt.impl.regex.OnigurumaParser;
import io.nanogpt.impl.regex.UnsupportedPatternException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes a syntax tree for Oniguruma. A class that it spells in another way, or reads in another way, is written as
 * ranges of code points.
 */
final class OnigurumaWriter extends PatternWriter {
    private static final String LINE_BREAKS = "\\x{85}\\x{2028}\\x{2029}";

    /** Java's {@code $}. */
    private static final String BEFORE_LAST_BREAK = "(?:(?=(?:\\r\\n|[\\n\\r" + LINE_BREAKS + "])?\\z)(?!(?<=\\r)\\n))";

    /** Java's {@code (?m:^)}. */
    private static final String LINE_BEGIN = "(?:(?:\\A|(?<=[\\n" + LINE_BREAKS + "])|(?<=\\r)(?!\\n))(?!\\z))";

    /** Java's {@code (?m:$)}. */
    private static final String LINE_END = "(?:(?=[\\r" + LINE_BREAKS + "]|\\z)|(?<!\\r)(?=\\n))";

    private static final Map<Node, String> JAVA_ANCHORS = Map.of(
            OnigurumaParser.parse(BEFORE_LAST_BREAK, 0), "$",
            OnigurumaParser.parse(LINE_BEGIN, 0), "(?m:^)",
            OnigurumaParser.parse(LINE_END, 0), "(?m:$)");

    private final Map<Node.Characters, String> classes = new HashMap<>();

    /** Whether Oniguruma reads a pattern as a tree. */
    static boolean isReadAs(String pattern, Node tree) {
        try {
            return OnigurumaParser.parse(pattern, Pattern.UNICODE_CASE).equals(tree);
        } catch (UnsupportedPatternException e) {
            return false;
        }
    }

    /** Java's spelling of what {@link #anchor} writes for an anchor that has no equal; empty for other trees. */
    static String javaAnchor(Node node) {
        return JAVA_ANCHORS.getOrDefault(node, "");
    }

    @Override
    String anchor(Node.Anchor anchor) {
        boolean lineFeeds = (anchor.flags() & Pattern.UNIX_LINES) != 0;
        return switch (anchor.java()) {
            case "^" -> lineFeeds ? "^" : LINE_BEGIN;
            case "$" -> lineFeeds ? "$" : LINE_END;
            case "\\Z" -> lineFeeds ? "\\Z" : BEFORE_LAST_BREAK;
            case "\\A", "\\z", "\\G", "\\b", "\\B" -> {
                if (anchor.flags() != 0) {
                    throw inexpressible("word boundaries with the flag U");
                }
                yield anchor.java();
            }
            default -> throw inexpressible("the anchor " + anchor.java());
        };
    }

    static NanogptException inexpressible(String feature) {
        return new NanogptException("a tokenizer.json cannot have a pattern with " + feature
                + "; write the pattern without it, so that a tokenizer of it can be saved");
    }

    @Override
    String repeat(String body, Node.Repeat repeat) {
        String limits = limits(repeat);
        boolean interval = limits.endsWith("}");
        if (repeat.greed() == Greed.POSSESSIVE && !(repeat.body() instanceof Node.Characters)) {
            // In Java each round is final, not only all together.
            return "(?>(?>" + body + ")" + limits + ")";
        }
        if (!interval) {
            return body + limits + suffix(repeat.greed());
        }
        if (repeat.greed() == Greed.POSSESSIVE) {
            return "(?>" + body + limits + ")";
        }
        return body + limits + (repeat.least() == repeat.most() ? "" : suffix(repeat.greed()));
    }

    @Override
    String characters(Node.Characters characters) {
        return classes.computeIfAbsent(characters, OnigurumaWriter::spelling);
    }

    private static String spelling(Node.Characters characters) {
        if (characters.java().equals(".")) {
            if (characters.flags() == Pattern.UNIX_LINES) {
                return ".";
            }
            return characters.flags() == Pattern.DOTALL ? "(?m:.)" : "[^\\n\\r" + LINE_BREAKS + "]";
        }
        return isReadAs(characters.java(), characters) ? characters.java() : ranges(characters);
    }

    private static String ranges(Node.Characters characters) {
        Matcher matcher = Pattern.compile(UnicodeRegex.translate(characters.java()), characters.flags())
                .matcher("");
        StringBuilder ranges = new StringBuilder("[");
        int first = -1;
        int last = -1;
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (codePoint == Character.MIN_SURROGATE) {
                codePoint = Character.MAX_SURROGATE + 1; // No text has halves of surrogate pairs.
            }
            if (matcher.reset(Character.toString(codePoint)).matches()) {
                first = first < 0 ? codePoint : first;
                last = codePoint;
            } else if (first >= 0) {
                append(ranges, first, last);
                first = -1;
            }
        }
        if (first >= 0) {
            append(ranges, first, last);
        }
        return ranges.length() == 1 ? "(?!)" : ranges.append(']').toString();
    }

    private static void append(StringBuilder ranges, int first, int last) {
        ranges.append("\\x{")
                .append(Integer.toHexString(first).toUpperCase(java.util.Locale.ROOT))
                .append('}');
        if (last > first) {
            ranges.append("-\\x{")
                    .append(Integer.toHexString(last).toUpperCase(java.util.Locale.ROOT))
                    .append('}');
        }
    }
}
