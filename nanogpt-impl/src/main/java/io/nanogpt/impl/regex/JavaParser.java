package io.nanogpt.impl.regex;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Parses the syntax of {@link Pattern}. */
public final class JavaParser extends PatternParser {
    private static final String FLAG_LETTERS = "idmsuxU";
    private static final int[] FLAGS = {
        Pattern.CASE_INSENSITIVE,
        Pattern.UNIX_LINES,
        Pattern.MULTILINE,
        Pattern.DOTALL,
        Pattern.UNICODE_CASE,
        Pattern.COMMENTS,
        Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNICODE_CASE
    };

    /** Whether flags are switched outside of groups, but not at the beginning. */
    private boolean switchedWithin;

    private JavaParser(String regex, int flags) {
        super(regex, flags);
    }

    /**
     * Parses a regular expression that {@link Pattern} accepts.
     *
     * @param flags of {@link Pattern}
     * @throws UnsupportedPatternException if it has syntax that is not supported
     */
    public static Node parse(String regex, int flags) {
        if ((flags & Pattern.CANON_EQ) != 0) {
            throw new UnsupportedPatternException("canonical equivalence");
        }
        boolean unicode = (flags & Pattern.UNICODE_CHARACTER_CLASS) != 0;
        JavaParser parser = new JavaParser(regex, unicode ? flags | Pattern.UNICODE_CASE : flags);
        return (flags & Pattern.LITERAL) != 0 ? parser.literals(regex.length()) : parser.parse();
    }

    /**
     * Parses a compiled pattern.
     *
     * @throws UnsupportedPatternException if it has syntax that is not supported
     */
    static Node parse(Pattern pattern) {
        int flags = pattern.flags();
        if ((flags & (Pattern.CANON_EQ | Pattern.LITERAL)) != 0) {
            return parse(pattern.pattern(), flags);
        }
        JavaParser parser = new JavaParser(pattern.pattern(), flags);
        Node node = parser.parse();
        if (parser.switchedWithin) {
            // The flags of a compiled pattern are those at its end, so those at its beginning are not known.
            throw new UnsupportedPatternException("flags that are switched within the pattern");
        }
        return node;
    }

    @Override
    int flag(char letter) {
        int index = FLAG_LETTERS.indexOf(letter);
        return index < 0 ? -1 : FLAGS[index];
    }

    @Override
    @Nullable
    Node restOfGroup(int start) {
        switchedWithin |= start > 0 && isOutermost();
        return null;
    }

    @Override
    Node dot() {
        at++;
        return new Node.Characters(".", has(Pattern.DOTALL) ? Pattern.DOTALL : flags & Pattern.UNIX_LINES);
    }

    @Override
    Node lineAnchor(char anchor) {
        if (has(Pattern.MULTILINE)) {
            return new Node.Anchor(String.valueOf(anchor), flags & (Pattern.MULTILINE | Pattern.UNIX_LINES));
        }
        return anchor == '^' ? new Node.Anchor("\\A", 0) : new Node.Anchor("\\Z", flags & Pattern.UNIX_LINES);
    }

    @Override
    Node quantified(Node node) {
        skipComments();
        int[] limits = limits(false);
        if (limits == null) {
            return node;
        }
        skipComments();
        return new Node.Repeat(node, limits[0], limits[1], greed());
    }

    @Override
    Node escape() {
        at++;
        int c = codePoint();
        return switch (c) {
            case 'Q' -> {
                int end = regex.indexOf("\\E", at);
                Node quoted = literals(end < 0 ? regex.length() : end);
                at = end < 0 ? at : end + 2;
                yield quoted;
            }
            case 'd', 'D', 's', 'S', 'w', 'W' -> predefined("\\" + (char) c);
            case 'h', 'H', 'v', 'V' -> new Node.Characters("\\" + (char) c, 0);
            case 'p', 'P' -> property(c == 'P', peek() == '{' ? enclosed('{', '}') : Character.toString(codePoint()));
            case 'A', 'z', 'G' -> new Node.Anchor("\\" + (char) c, 0);
            case 'Z' -> new Node.Anchor("\\Z", flags & Pattern.UNIX_LINES);
            case 'b', 'B' ->
                new Node.Anchor(take("{g}") ? "\\b{g}" : "\\" + (char) c, flags & Pattern.UNICODE_CHARACTER_CLASS);
            case 'R', 'X' -> new Node.Special("\\" + (char) c);
            case 'k' -> namedReference();
            case '1', '2', '3', '4', '5', '6', '7', '8', '9' -> numberedReference(c - '0');
            default -> literal(character(c));
        };
    }

    private Node literals(int end) {
        List<Node> literals = new ArrayList<>();
        while (at < end) {
            literals.add(literal(codePoint()));
        }
        return new Node.Sequence(List.copyOf(literals));
    }

    private Node numberedReference(int first) {
        int group = first;
        while (peek() >= '0' && peek() <= '9' && 10 * group + peek() - '0' <= groups) {
            group = 10 * group + peek() - '0';
            at++;
        }
        return reference(group);
    }

    private int character(int escaped) {
        return switch (escaped) {
            case 'a' -> 7;
            case 'e' -> 0x1B;
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case '0' -> digits(8, peek() <= '3' ? 3 : 2);
            case 'x' -> hexadecimal();
            case 'u' -> utf16();
            case 'c' -> codePoint() ^ 64;
            case 'N' -> Character.codePointOf(enclosed('{', '}'));
            default -> {
                if (escaped < 0x80 && Character.isLetterOrDigit(escaped)) {
                    throw unsupported("the escape \\" + (char) escaped);
                }
                yield escaped;
            }
        };
    }

    private int utf16() {
        char first = (char) digits(16, 4);
        int after = at;
        if (Character.isHighSurrogate(first) && take("\\u")) {
            char second = (char) digits(16, 4);
            if (Character.isLowSurrogate(second)) {
                return Character.toCodePoint(first, second);
            }
            at = after;
        }
        return first;
    }

    @Override
    Node brackets() {
        int start = at;
        skipBrackets();
        String text = regex.substring(start, at);
        int classFlags = caseFlags() | (flags & (Pattern.UNICODE_CHARACTER_CLASS | Pattern.COMMENTS));
        try {
            Pattern.compile(text, classFlags);
        } catch (PatternSyntaxException e) {
            throw unsupported(String.format(Locale.ROOT, "the class %s", text));
        }
        return new Node.Characters(text, classFlags);
    }

    private void skipBrackets() {
        at++;
        take("^");
        boolean first = true;
        while (first || peek() != ']') {
            first = false;
            if (at >= regex.length()) {
                throw unsupported("a class that is not closed");
            }
            if (peek() == '[') {
                skipBrackets();
            } else if (take("\\Q")) {
                int end = regex.indexOf("\\E", at);
                at = end < 0 ? regex.length() : end + 2;
            } else if (peek() == '#' && has(Pattern.COMMENTS)) {
                skipLine();
            } else {
                at += peek() == '\\' ? 2 : 1;
            }
        }
        at++;
    }
}
