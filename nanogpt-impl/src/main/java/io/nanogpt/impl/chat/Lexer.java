package io.nanogpt.impl.chat;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a template into text and the tokens of its tags, with the white space rules of transformers: {@code trim_blocks}
 * and {@code lstrip_blocks}.
 */
final class Lexer {
    private static final List<String> OPERATORS = List.of(
            "==", "!=", "<=", ">=", "//", "**", "+", "-", "*", "/", "%", "~", "<", ">", "=", ".", ",", ":", "|", "(",
            ")", "[", "]", "{", "}");

    private final TemplateSource source;
    private final String text;
    private final List<Lexeme> lexemes = new ArrayList<>();
    private int at;
    /** Whether the next text begins a line. */
    private boolean lineBegins = true;

    /** The kinds of lexemes. */
    enum Kind {
        /** Text outside of tags. */
        DATA,
        /** Begin of a tag with a statement. */
        STATEMENT_BEGIN,
        STATEMENT_END,
        /** Begin of a tag with an expression. */
        OUTPUT_BEGIN,
        OUTPUT_END,
        NAME,
        TEXT,
        NUMBER,
        OPERATOR,
        END
    }

    /** A token of the template at a place. */
    record Lexeme(Kind kind, String text, int at) {
        boolean is(Kind other, String content) {
            return kind == other && text.equals(content);
        }
    }

    Lexer(TemplateSource source) {
        this.source = source;
        text = source.text();
    }

    List<Lexeme> read() {
        while (at < text.length()) {
            int tag = nextTag();
            readData(tag);
            if (tag < text.length()) {
                readTag(tag);
            }
        }
        lexemes.add(new Lexeme(Kind.END, "the end of the template", text.length()));
        return lexemes;
    }

    private int nextTag() {
        for (int i = at; i < text.length() - 1; i++) {
            if (text.charAt(i) == '{' && "{%#".indexOf(text.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return text.length();
    }

    private void readData(int tag) {
        int end = tag;
        if (tag < text.length()) {
            char sign = tag + 2 < text.length() ? text.charAt(tag + 2) : ' ';
            if (sign == '-') {
                while (end > at && PythonText.isSpace(text.charAt(end - 1))) {
                    end--;
                }
            } else if (text.charAt(tag + 1) != '{' && sign != '+') {
                int line = text.lastIndexOf('\n', tag - 1) + 1;
                if ((line > at || (line <= at && lineBegins))
                        && text.substring(Math.max(line, at), tag).isBlank()) {
                    end = Math.max(line, at);
                }
            }
        }
        if (end > at) {
            lexemes.add(new Lexeme(Kind.DATA, text.substring(at, end), at));
        }
        at = tag;
    }

    private void readTag(int tag) {
        char kind = text.charAt(tag + 1);
        if (kind == '#') {
            int end = text.indexOf("#}", tag + 2);
            if (end < 0) {
                throw source.error(tag, "a comment begins here that does not end; add #}");
            }
            boolean strip = end > tag + 2 && text.charAt(end - 1) == '-';
            boolean keep = end > tag + 2 && text.charAt(end - 1) == '+';
            at = end + 2;
            endTag(strip, !keep);
            return;
        }
        boolean output = kind == '{';
        lexemes.add(new Lexeme(output ? Kind.OUTPUT_BEGIN : Kind.STATEMENT_BEGIN, output ? "{{" : "{%", tag));
        at = tag + 2;
        if (at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
            at++;
        }
        int braces = 0;
        String close = output ? "}}" : "%}";
        while (true) {
            while (at < text.length() && PythonText.isSpace(text.charAt(at))) {
                at++;
            }
            if (at >= text.length()) {
                throw source.error(tag, "a tag begins here that does not end; add " + close);
            }
            char sign = text.charAt(at);
            boolean signed = (sign == '-' || (sign == '+' && !output)) && text.startsWith(close, at + 1);
            if (braces == 0 && (signed || text.startsWith(close, at))) {
                lexemes.add(new Lexeme(output ? Kind.OUTPUT_END : Kind.STATEMENT_END, close, at));
                at += signed ? 3 : 2;
                endTag(signed && sign == '-', !output && !(signed && sign == '+'));
                return;
            }
            braces += sign == '{' ? 1 : sign == '}' ? -1 : 0;
            readLexeme();
        }
    }

    /** Skips the white space after a tag. */
    private void endTag(boolean strip, boolean trim) {
        int before = at;
        if (strip) {
            while (at < text.length() && PythonText.isSpace(text.charAt(at))) {
                at++;
            }
        } else if (trim && at < text.length() && text.charAt(at) == '\n') {
            at++;
        }
        lineBegins = at > before && text.charAt(at - 1) == '\n';
    }

    private void readLexeme() {
        int begin = at;
        char first = text.charAt(at);
        if (first == '\'' || first == '"') {
            lexemes.add(new Lexeme(Kind.TEXT, readText(first), begin));
        } else if (Character.isLetter(first) || first == '_') {
            while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
                at++;
            }
            Lexeme name = new Lexeme(Kind.NAME, text.substring(begin, at), begin);
            if (name.text().equals("raw") && lexemes.get(lexemes.size() - 1).kind() == Kind.STATEMENT_BEGIN) {
                // What follows is no tokens.
                throw source.unsupported(begin, "the statement raw");
            }
            lexemes.add(name);
        } else if (first >= '0' && first <= '9') {
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                at++;
            }
            if (at + 1 < text.length() && text.charAt(at) == '.' && Character.isDigit(text.charAt(at + 1))) {
                throw source.unsupported(begin, "a decimal number");
            }
            lexemes.add(new Lexeme(Kind.NUMBER, text.substring(begin, at), begin));
        } else {
            String operator = OPERATORS.stream()
                    .filter(known -> text.startsWith(known, at))
                    .findFirst()
                    .orElseThrow(() -> source.error(begin, "unexpected character \"" + first + "\""));
            at += operator.length();
            lexemes.add(new Lexeme(Kind.OPERATOR, operator, begin));
        }
    }

    private String readText(char quote) {
        int begin = at++;
        StringBuilder value = new StringBuilder();
        while (at < text.length() && text.charAt(at) != quote) {
            char next = text.charAt(at++);
            if (next == '\\' && at < text.length()) {
                readEscape(value);
            } else {
                value.append(next);
            }
        }
        if (at >= text.length()) {
            throw source.error(begin, "a text begins here that does not end; add " + quote);
        }
        at++;
        return value.toString();
    }

    private void readEscape(StringBuilder value) {
        char escaped = text.charAt(at++);
        int known = "ntrabfv\\'\"".indexOf(escaped);
        if (known >= 0) {
            value.append("\n\t\r\u0007\b\f\u000B\\'\"".charAt(known));
        } else if (escaped == '\n') {
            return;
        } else if (escaped == 'x' || escaped == 'u' || escaped == 'U') {
            int digits = escaped == 'x' ? 2 : escaped == 'u' ? 4 : 8;
            String hex = at + digits <= text.length() ? text.substring(at, at + digits) : "";
            int codePoint = hex.matches("[0-9a-fA-F]{1,8}") && Long.parseLong(hex, 16) <= Character.MAX_CODE_POINT
                    ? Integer.parseInt(hex, 16)
                    : -1;
            if (codePoint < 0) {
                throw source.error(at - 2, "expected " + digits + " hexadecimal digits of a character");
            }
            value.appendCodePoint(codePoint);
            at += digits;
        } else {
            value.append('\\').append(escaped);
        }
    }
}
