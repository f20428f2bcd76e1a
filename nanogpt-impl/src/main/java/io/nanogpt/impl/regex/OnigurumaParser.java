package io.nanogpt.impl.regex;

import io.nanogpt.impl.regex.Node.Greed;
import java.lang.Character.UnicodeScript;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Parses the syntax of Oniguruma, in which Hugging Face's tokenizers read the patterns of their files. Differences from
 * {@code java.util.regex}: {@code ^} and {@code $} are of lines, a dot is anything but a line feed, {@code {n}+} repeats
 * a repetition, {@code {n}?} makes it optional, {@code (?m)} is for dots, and {@code \h} is a hexadecimal digit.
 */
public final class OnigurumaParser extends PatternParser {
    private static final Set<String> CATEGORIES = Set.of(
            "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps",
            "Pe", "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Cs", "Co",
            "Cn");

    /** The content of a class in the syntax of {@code java.util.regex}, by its name between {@code [:} and {@code :]}. */
    private static final Map<String, String> POSIX = Map.ofEntries(
            Map.entry("alpha", "\\p{IsAlphabetic}\\p{L}\\p{Nl}"),
            Map.entry("digit", "\\p{Nd}"),
            Map.entry("alnum", "\\p{IsAlphabetic}\\p{L}\\p{Nl}\\p{Nd}"),
            Map.entry("punct", "\\p{P}\\p{S}"),
            Map.entry("space", "\\s"),
            Map.entry("upper", "\\p{IsUppercase}\\p{Lu}"),
            Map.entry("lower", "\\p{IsLowercase}\\p{Ll}"),
            Map.entry("blank", "\\t\\p{Zs}"),
            Map.entry("cntrl", "\\p{Cc}"),
            Map.entry("xdigit", "0-9a-fA-F"),
            Map.entry("word", "\\w"),
            Map.entry("ascii", "\\x{0}-\\x{7F}"));

    private static final Map<String, String> LONG_NAMES = Map.of(
            "Letter",
            "L",
            "Mark",
            "M",
            "Number",
            "N",
            "Punctuation",
            "P",
            "Punct",
            "P",
            "Symbol",
            "S",
            "Separator",
            "Z",
            "Other",
            "C");

    private OnigurumaParser(String regex, int flags) {
        super(regex, flags);
    }

    /**
     * Parses a regular expression.
     *
     * @param flags of {@link Pattern}
     * @throws UnsupportedPatternException if it has syntax that is not supported
     */
    public static Node parse(String regex, int flags) {
        return new OnigurumaParser(regex, flags).parse();
    }

    @Override
    int flag(char letter) {
        return switch (letter) {
            case 'i' -> Pattern.CASE_INSENSITIVE;
            case 'm' -> Pattern.DOTALL;
            case 'x' -> Pattern.COMMENTS;
            default -> -1;
        };
    }

    /** The rest, its alternatives included, is a group of its own. */
    @Override
    Node restOfGroup(int start) {
        return choice();
    }

    @Override
    Node dot() {
        at++;
        return new Node.Characters(".", has(Pattern.DOTALL) ? Pattern.DOTALL : Pattern.UNIX_LINES);
    }

    @Override
    Node lineAnchor(char anchor) {
        return new Node.Anchor(String.valueOf(anchor), Pattern.MULTILINE | Pattern.UNIX_LINES);
    }

    @Override
    Node quantified(Node node) {
        Node repeated = node;
        while (true) {
            skipComments();
            boolean interval = peek() == '{';
            int[] limits = limits(true);
            if (limits == null) {
                return repeated;
            }
            boolean exact = interval && limits[0] == limits[1];
            boolean suffix = !interval || (peek() == '?' && !exact);
            Greed greed = suffix ? greed() : Greed.GREEDY;
            boolean atomic = greed == Greed.POSSESSIVE && !(repeated instanceof Node.Characters);
            repeated = atomic
                    ? new Node.Atomic(new Node.Repeat(repeated, limits[0], limits[1], Greed.GREEDY))
                    : new Node.Repeat(repeated, limits[0], limits[1], greed);
        }
    }

    @Override
    Node escape() {
        at++;
        int c = codePoint();
        return switch (c) {
            case 'd', 'D', 's', 'S', 'w', 'W' -> predefined("\\" + (char) c);
            case 'h' -> new Node.Characters("[0-9a-fA-F]", 0);
            case 'H' -> new Node.Characters("[^0-9a-fA-F]", 0);
            case 'p', 'P' -> property(c == 'P');
            case 'A', 'z', 'G' -> new Node.Anchor("\\" + (char) c, 0);
            case 'Z' -> new Node.Anchor("\\Z", Pattern.UNIX_LINES);
            case 'b', 'B' -> new Node.Anchor("\\" + (char) c, 0);
            case 'R', 'X' -> new Node.Special("\\" + (char) c);
            case 'k' -> namedReference();
            case '1', '2', '3', '4', '5', '6', '7', '8', '9' -> reference(c - '0');
            default -> literal(character(c));
        };
    }

    private int character(int escaped) {
        return switch (escaped) {
            case 'a' -> 7;
            case 'e' -> 0x1B;
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 0xB;
            case 'x' -> hexadecimal();
            case 'u' -> digits(16, 4);
            default -> {
                if (escaped < 0x80 && Character.isLetterOrDigit(escaped)) {
                    throw unsupported("the escape \\" + (char) escaped);
                }
                yield escaped;
            }
        };
    }

    private Node.Characters property(boolean negated) {
        String name = enclosed('{', '}');
        boolean inverse = name.startsWith("^");
        return property(negated != inverse, javaName(inverse ? name.substring(1) : name));
    }

    private String javaName(String name) {
        if (CATEGORIES.contains(name)) {
            return name;
        }
        if (LONG_NAMES.containsKey(name)) {
            return LONG_NAMES.getOrDefault(name, name);
        }
        try {
            return "Is" + UnicodeScript.forName(name);
        } catch (IllegalArgumentException e) {
            throw unsupported("the property \\p{" + name + "}");
        }
    }

    @Override
    Node brackets() {
        StringBuilder java = new StringBuilder();
        copyBrackets(java);
        int classFlags = caseFlags() | (flags & Pattern.UNICODE_CHARACTER_CLASS);
        try {
            Pattern.compile(java.toString(), classFlags);
        } catch (PatternSyntaxException e) {
            throw unsupported(String.format(Locale.ROOT, "the class %s", java));
        }
        return new Node.Characters(java.toString(), classFlags);
    }

    private void copyBrackets(StringBuilder java) {
        java.append('[');
        at++;
        if (take("^")) {
            java.append('^');
        }
        boolean first = true;
        while (first || peek() != ']') {
            first = false;
            if (at >= regex.length()) {
                throw unsupported("a class that is not closed");
            }
            if (take("[:")) {
                posix(java);
            } else if (peek() == '[') {
                copyBrackets(java);
            } else if (peek() == '\\') {
                escapeInBrackets(java);
            } else {
                java.appendCodePoint(codePoint());
            }
        }
        java.append(']');
        at++;
    }

    private void posix(StringBuilder java) {
        boolean negated = take("^");
        int end = regex.indexOf(":]", at);
        String content = end < 0 ? null : POSIX.get(regex.substring(at, end));
        if (content == null) {
            throw unsupported("a class [: that is not one of "
                    + POSIX.keySet().stream().sorted().toList());
        }
        at = end + 2;
        java.append(negated ? "[^" : "[").append(content).append(']');
    }

    private void escapeInBrackets(StringBuilder java) {
        int start = at;
        at++;
        int c = codePoint();
        switch (c) {
            case 'h' -> java.append("0-9a-fA-F");
            case 'b' -> java.append("\\x{8}");
            case 'p', 'P' -> {
                Node.Characters property = property(c == 'P');
                java.append(property.java());
            }
            case 'd', 'D', 's', 'S', 'w', 'W', 'f', 'n', 'r', 't', 'a', 'e' -> java.append(regex, start, at);
            default -> {
                int codePoint = character(c);
                // Keeps the text, so that a class that both dialects read alike is the same in both.
                java.append(c == 'v' ? "\\x{B}" : regex.substring(start, at));
                if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                    throw unsupported("half of a surrogate pair");
                }
            }
        }
    }
}
