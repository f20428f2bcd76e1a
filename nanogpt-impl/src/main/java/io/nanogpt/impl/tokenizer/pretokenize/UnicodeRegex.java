package io.nanogpt.impl.tokenizer.pretokenize;

import java.util.BitSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Rewrites regular expressions so that {@code java.util.regex} has the character classes of Unicode 16: general
 * categories, as {@code \p{L}}, and {@code \s}, {@code \d} and {@code \w}. Other classes stay the JDK's.
 */
final class UnicodeRegex {
    private static final String WHITE_SPACE = "\\x{9}-\\x{D}\\x{20}\\x{85}\\x{A0}\\x{1680}\\x{2000}-\\x{200A}"
            + "\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}";

    private static final String NOT_WHITE_SPACE = "\\x{0}-\\x{8}\\x{E}-\\x{1F}\\x{21}-\\x{84}\\x{86}-\\x{9F}"
            + "\\x{A1}-\\x{167F}\\x{1681}-\\x{1FFF}\\x{200B}-\\x{2027}\\x{202A}-\\x{202E}\\x{2030}-\\x{205E}"
            + "\\x{2060}-\\x{2FFF}\\x{3001}-\\x{10FFFF}";

    private static final Set<String> WORD = Set.of("L", "M", "Nd", "Nl", "Pc");
    /** What {@code \w} has beside its categories: circled letters, and in Oniguruma numbers of Latin-1. */
    private static final int[][] OTHER_WORD = {
        {0xB2, 0xB3},
        {0xB9, 0xB9},
        {0xBC, 0xBE},
        {0x24B6, 0x24E9},
        {0x1F130, 0x1F149},
        {0x1F150, 0x1F169},
        {0x1F170, 0x1F189}
    };

    private static final Set<String> DIGIT = Set.of("Nd");

    /** Their computation looks at every code point; there are as many as categories. */
    private static final Map<Members, String> RANGES = new ConcurrentHashMap<>();

    private record Members(Set<String> categories, boolean negated) {}

    private final String regex;
    private final StringBuilder out = new StringBuilder();
    private int position;
    private int depth;

    private UnicodeRegex(String regex) {
        this.regex = regex;
    }

    static String translate(String regex) {
        return new UnicodeRegex(regex).translate();
    }

    private String translate() {
        while (position < regex.length()) {
            char c = regex.charAt(position);
            if (c == '\\' && position + 1 < regex.length()) {
                escape(regex.charAt(position + 1));
            } else {
                depth += c == '[' ? 1 : c == ']' && depth > 0 ? -1 : 0;
                out.append(c);
                position++;
            }
        }
        if (out.indexOf("(?<=") >= 0 || out.indexOf("(?<!") >= 0) {
            // The JDK looks behind by one char at a time unless it sees a surrogate pair in the pattern. This matches
            // nothing.
            out.append("|(?!)\uD801\uDC00");
        }
        return out.toString();
    }

    private void escape(char kind) {
        int start = position;
        position += 2;
        switch (kind) {
            case 's' -> charset(WHITE_SPACE);
            case 'S' -> charset(NOT_WHITE_SPACE);
            case 'd', 'D' -> charset(ranges(DIGIT, kind == 'D'));
            case 'w', 'W' -> charset(ranges(WORD, kind == 'W'));
            case 'p', 'P' -> property(start, kind == 'P');
            case 'b', 'B' -> boundary(start, kind == 'B');
            case 'Q' -> {
                int end = regex.indexOf("\\E", position);
                position = end < 0 ? regex.length() : end + 2;
                out.append(regex, start, position);
            }
            default -> out.append(regex, start, position);
        }
    }

    /** A place between a character of {@code \w} and another, or none such. */
    private void boundary(int start, boolean negated) {
        if (depth > 0 || regex.startsWith("{g}", position)) {
            out.append(regex, start, position);
            return;
        }
        String word = "[" + ranges(WORD, false) + "]";
        out.append(String.format(
                Locale.ROOT,
                negated ? "(?:(?<=%1$s)(?=%1$s)|(?<!%1$s)(?!%1$s))" : "(?:(?<=%1$s)(?!%1$s)|(?<!%1$s)(?=%1$s))",
                word));
    }

    private void property(int start, boolean negated) {
        boolean braces = position < regex.length() && regex.charAt(position) == '{';
        int end = braces ? regex.indexOf('}', position) + 1 : position + 1;
        String name = braces ? regex.substring(position + 1, end - 1) : regex.substring(position, end);
        position = end;
        boolean inverse = name.startsWith("^");
        String category = name.substring(inverse ? 1 : 0).replaceFirst("^(Is|gc=|general_category=)", "");
        if (UnicodeCategories.isCategory(category)) {
            charset(ranges(Set.of(category), negated != inverse));
        } else {
            out.append(regex, start, end);
        }
    }

    private void charset(String ranges) {
        out.append(depth > 0 ? ranges : "[" + ranges + "]");
    }

    /** The members of categories or, if negated, of no such category; the JDK's own class if it is the same. */
    private static String ranges(Set<String> categories, boolean negated) {
        return RANGES.computeIfAbsent(new Members(categories, negated), UnicodeRegex::compute);
    }

    private static String compute(Members members) {
        Set<String> categories = members.categories;
        boolean negated = members.negated;
        BitSet wanted = UnicodeCategories.union(categories);
        if (categories.equals(WORD)) {
            for (int[] range : OTHER_WORD) {
                wanted.set(range[0], range[1] + 1);
            }
        }
        if (negated) {
            wanted.flip(0, Character.MAX_CODE_POINT + 1);
            return explicit(wanted);
        }
        BitSet ofJdk = UnicodeCategories.ofJdk(categories);
        BitSet removed = (BitSet) ofJdk.clone();
        removed.andNot(wanted);
        if (!removed.isEmpty()) {
            return explicit(wanted);
        }
        wanted.andNot(ofJdk);
        String names =
                categories.stream().sorted().map(name -> "\\p{" + name + "}").collect(Collectors.joining());
        return names + explicit(wanted);
    }

    private static String explicit(BitSet codePoints) {
        StringBuilder ranges = new StringBuilder();
        for (int first = codePoints.nextSetBit(0); first >= 0; ) {
            int end = codePoints.nextClearBit(first);
            ranges.append(String.format(Locale.ROOT, "\\x{%X}-\\x{%X}", first, end - 1));
            first = codePoints.nextSetBit(end);
        }
        return ranges.toString();
    }
}
