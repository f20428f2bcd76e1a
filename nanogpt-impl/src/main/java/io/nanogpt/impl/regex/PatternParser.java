package io.nanogpt.impl.regex;

import io.nanogpt.impl.regex.Node.Greed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The parts of a regular expression that dialects share: alternatives, sequences, repetitions and groups. */
abstract class PatternParser {
    private static final int MOST_DEPTH = 200;
    private static final int MOST_REPETITIONS = 1_000_000;

    final String regex;
    int at;
    /** The flags of {@link Pattern} that hold at this place. */
    int flags;
    /** The capturing groups so far. */
    int groups;

    final Map<String, Integer> names = new HashMap<>();
    private int depth;

    PatternParser(String regex, int flags) {
        this.regex = regex;
        this.flags = flags;
    }

    final Node parse() {
        Node all = choice();
        if (at < regex.length()) {
            throw unsupported("an unmatched )");
        }
        return all;
    }

    /** A backslash and what follows it. */
    abstract Node escape();

    /** A {@code ^} or {@code $}. */
    abstract Node lineAnchor(char anchor);

    /** A dot. */
    abstract Node dot();

    /** A class in brackets. */
    abstract Node brackets();

    /** Repeats a node as the quantifiers at this place require. */
    abstract Node quantified(Node node);

    /**
     * Changes the flags for the rest of this group, in which flags were switched on and off.
     *
     * @param start where they are switched
     */
    abstract @Nullable Node restOfGroup(int start);

    /** The flag of a letter, or -1. */
    abstract int flag(char letter);

    final UnsupportedPatternException unsupported(String feature) {
        return new UnsupportedPatternException(feature);
    }

    final boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** The current character, or 0 at the end. */
    final char peek() {
        return at < regex.length() ? regex.charAt(at) : 0;
    }

    final boolean take(String expected) {
        boolean taken = regex.startsWith(expected, at);
        at += taken ? expected.length() : 0;
        return taken;
    }

    /** Takes a code point. */
    final int codePoint() {
        if (at >= regex.length()) {
            throw unsupported("an incomplete escape");
        }
        int codePoint = regex.codePointAt(at);
        at += Character.charCount(codePoint);
        return codePoint;
    }

    /** Whether this place is in no group. */
    final boolean isOutermost() {
        return depth == 1;
    }

    final Node choice() {
        if (++depth > MOST_DEPTH) {
            throw unsupported("groups that are nested more than " + MOST_DEPTH + " deep");
        }
        List<Node> options = new ArrayList<>(List.of(sequence()));
        while (take("|")) {
            options.add(sequence());
        }
        depth--;
        return options.size() == 1 ? options.get(0) : new Node.Choice(List.copyOf(options));
    }

    private Node sequence() {
        List<Node> parts = new ArrayList<>();
        skipComments();
        while (at < regex.length() && peek() != '|' && peek() != ')') {
            atom(parts);
            skipComments();
        }
        return parts.size() == 1 ? parts.get(0) : new Node.Sequence(List.copyOf(parts));
    }

    private void atom(List<Node> parts) {
        char c = peek();
        Node atom = switch (c) {
            case '(' -> group();
            case '[' -> brackets();
            case '\\' -> escape();
            case '.' -> dot();
            case '^', '$' -> {
                at++;
                yield lineAnchor(c);
            }
            case '*', '+', '?', '{' -> throw unsupported("a repetition of nothing");
            default -> literal(codePoint());
        };
        if (atom instanceof Node.Sequence quoted && c == '\\') {
            addQuoted(quoted.parts(), parts);
        } else if (atom != null) {
            parts.add(quantified(atom));
        }
    }

    /** Adds the characters of a quotation, of which only the last is repeated. */
    private void addQuoted(List<Node> characters, List<Node> parts) {
        if (!characters.isEmpty()) {
            parts.addAll(characters.subList(0, characters.size() - 1));
            parts.add(quantified(characters.get(characters.size() - 1)));
        }
    }

    final void skipComments() {
        while (has(Pattern.COMMENTS) && at < regex.length()) {
            char c = regex.charAt(at);
            if (c == '#') {
                skipLine();
            } else if (c == ' ' || (c >= '\t' && c <= '\r')) {
                at++;
            } else {
                return;
            }
        }
    }

    final void skipLine() {
        while (at < regex.length() && "\n\r\u0085\u2028\u2029".indexOf(regex.charAt(at)) < 0) {
            at++;
        }
    }

    private @Nullable Node group() {
        int start = at++;
        int outer = flags;
        Node node;
        if (!take("?")) {
            int number = ++groups;
            node = new Node.Capture(number, choice());
        } else if (take("#")) {
            int end = regex.indexOf(')', at);
            at = end < 0 ? regex.length() : end;
            node = null;
        } else if (take(":")) {
            node = choice();
        } else if (take(">")) {
            node = new Node.Atomic(choice());
        } else if (peek() == '=' || peek() == '!') {
            boolean negated = regex.charAt(at++) == '!';
            node = new Node.Look(true, negated, choice());
        } else if (take("<=") || take("<!")) {
            boolean negated = regex.charAt(at - 1) == '!';
            node = new Node.Look(false, negated, choice());
        } else if (take("<")) {
            node = namedGroup();
        } else {
            readFlags();
            if (take(")")) {
                return restOfGroup(start);
            }
            if (!take(":")) {
                throw unsupported("the group (?" + peek());
            }
            node = choice();
        }
        if (!take(")")) {
            throw unsupported("a group that is not closed");
        }
        flags = outer;
        return node;
    }

    private Node namedGroup() {
        int end = regex.indexOf('>', at);
        if (end < 0) {
            throw unsupported("a group with an incomplete name");
        }
        int number = ++groups;
        names.put(regex.substring(at, end), number);
        at = end + 1;
        return new Node.Capture(number, choice());
    }

    private void readFlags() {
        boolean on = true;
        while (peek() != ')' && peek() != ':') {
            char letter = peek();
            at++;
            if (letter == '-') {
                on = false;
                continue;
            }
            int flag = flag(letter);
            if (flag < 0) {
                throw unsupported("the group (?" + letter);
            }
            flags = on ? flags | flag : flags & ~flag;
        }
    }

    /** The limits of a repetition; null, and nothing taken, if there is none. */
    final int @Nullable [] limits(boolean leastMayBeMissing) {
        int start = at;
        if (take("?")) {
            return new int[] {0, 1};
        }
        if (take("*")) {
            return new int[] {0, Node.UNBOUNDED};
        }
        if (take("+")) {
            return new int[] {1, Node.UNBOUNDED};
        }
        if (!take("{")) {
            return null;
        }
        int least = number();
        int most = least;
        if (take(",")) {
            most = number();
            least = least < 0 && leastMayBeMissing && most >= 0 ? 0 : least;
        }
        if (!take("}") || least < 0) {
            at = start;
            return null;
        }
        return new int[] {least, most};
    }

    /** A number, or -1. */
    private int number() {
        int value = -1;
        while (peek() >= '0' && peek() <= '9') {
            value = 10 * Math.max(0, value) + peek() - '0';
            at++;
            if (value > MOST_REPETITIONS) {
                throw unsupported("more than " + MOST_REPETITIONS + " repetitions");
            }
        }
        return value;
    }

    final Greed greed() {
        return take("?") ? Greed.RELUCTANT : take("+") ? Greed.POSSESSIVE : Greed.GREEDY;
    }

    /** The flags that change the case of characters, if any. */
    final int caseFlags() {
        return has(Pattern.CASE_INSENSITIVE) ? flags & (Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE) : 0;
    }

    final Node.Characters literal(int codePoint) {
        return new Node.Characters(literalText(codePoint), caseFlags());
    }

    /** A character in the syntax of every dialect. */
    static String literalText(int codePoint) {
        if (Character.isLetterOrDigit(codePoint) && codePoint < 0x80) {
            return Character.toString(codePoint);
        }
        return codePoint == ' '
                ? " "
                : codePoint > ' ' && codePoint < 0x7F
                        ? "\\" + (char) codePoint
                        : "\\x{" + Integer.toHexString(codePoint).toUpperCase(java.util.Locale.ROOT) + "}";
    }

    /** A class of the JDK by its escape, such as {@code \p{L}}. */
    final Node.Characters predefined(String escape) {
        return new Node.Characters(escape, flags & Pattern.UNICODE_CHARACTER_CLASS);
    }

    final Node.Characters property(boolean negated, String name) {
        return new Node.Characters(
                (negated ? "\\P{" : "\\p{") + name + "}", caseFlags() | (flags & Pattern.UNICODE_CHARACTER_CLASS));
    }

    /** A number of up to {@code most} digits. */
    final int digits(int radix, int most) {
        int start = at;
        while (at < regex.length() && at - start < most && Character.digit(regex.charAt(at), radix) >= 0) {
            at++;
        }
        if (at == start) {
            throw unsupported("an incomplete number of a character");
        }
        return Integer.parseInt(regex.substring(start, at), radix);
    }

    /** The number of a character after {@code \x}. */
    final int hexadecimal() {
        if (!take("{")) {
            return digits(16, 2);
        }
        int codePoint = digits(16, 6);
        if (!take("}") || codePoint > Character.MAX_CODE_POINT) {
            throw unsupported("an incomplete number of a character");
        }
        return codePoint;
    }

    /** The text between braces or angles. */
    final String enclosed(char open, char close) {
        int end = regex.indexOf(close, at);
        if (peek() != open || end < 0) {
            throw unsupported("an incomplete name");
        }
        String name = regex.substring(at + 1, end);
        at = end + 1;
        return name;
    }

    final Node reference(int group) {
        if (group < 1 || group > groups) {
            throw unsupported("a reference to a group that is not before it");
        }
        return new Node.BackReference(group, caseFlags());
    }

    final Node namedReference() {
        return reference(names.getOrDefault(enclosed('<', '>'), 0));
    }
}
