package io.nanogpt.impl.chat;

import io.nanogpt.impl.chat.Lexer.Kind;
import io.nanogpt.impl.chat.Lexer.Lexeme;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads the statements of a template. */
final class TemplateParser {
    /** The most characters of a template; those of published models have at most 20,000. */
    private static final int LONGEST = 1_000_000;

    private static final int DEEPEST = 50;

    private final TemplateSource source;
    private final ExpressionParser expressions;
    private int depth;
    private int loops;

    private TemplateParser(TemplateSource source) {
        this.source = source;
        expressions = new ExpressionParser(source, new Lexer(source).read());
    }

    static List<Statement> parse(TemplateSource source) {
        if (source.text().length() > LONGEST) {
            throw source.error(
                    0,
                    "the template has " + source.text().length() + " characters, but at most " + LONGEST + " are read");
        }
        TemplateParser parser = new TemplateParser(source);
        List<Statement> statements = parser.statements(Set.of());
        if (parser.expressions.peek().kind() != Kind.END) {
            throw parser.expressions.expected("the end of the template");
        }
        return statements;
    }

    /** Statements up to a tag with one of these names, which is consumed up to its name; or up to the end. */
    private List<Statement> statements(Set<String> ends) {
        if (++depth > DEEPEST) {
            throw source.error(expressions.peek().at(), "statements are more than " + DEEPEST + " levels deep here");
        }
        List<Statement> statements = new ArrayList<>();
        while (expressions.peek().kind() != Kind.END) {
            Lexeme lexeme = expressions.next();
            if (lexeme.kind() == Kind.DATA) {
                statements.add(new Statement.Data(Text.of(lexeme.text())));
            } else if (lexeme.kind() == Kind.OUTPUT_BEGIN) {
                statements.add(new Statement.Output(expressions.expression()));
                expressions.require(Kind.OUTPUT_END, "}}");
            } else {
                Lexeme name = expressions.require(Kind.NAME, "the name of a statement");
                if (ends.contains(name.text())) {
                    depth--;
                    end = name;
                    return statements;
                }
                statements.add(statement(name));
            }
        }
        if (!ends.isEmpty()) {
            throw expressions.expected(
                    "the tag " + String.join(" or ", ends.stream().sorted().toList()));
        }
        depth--;
        return statements;
    }

    /** The name of the tag at which {@link #statements} ended. */
    private Lexeme end = new Lexeme(Kind.END, "", 0);

    private Statement statement(Lexeme name) {
        return switch (name.text()) {
            case "if" -> condition();
            case "for" -> loop(name.at());
            case "set" -> assignment(name.at());
            case "generation" -> {
                endTag();
                List<Statement> body = statements(Set.of("endgeneration"));
                endTag();
                yield new Statement.Group(body);
            }
            case "break", "continue" -> {
                if (loops == 0) {
                    throw source.error(name.at(), name.text() + " stands outside of a loop");
                }
                endTag();
                yield new Statement.Jump(name.text().equals("break"));
            }
            case "elif", "else", "endif", "endfor", "endset", "endgeneration" ->
                throw source.error(name.at(), "unexpected " + name.text() + ": no statement is open that it could end");
            default -> throw source.unsupported(name.at(), "the statement " + name.text());
        };
    }

    private void endTag() {
        expressions.require(Kind.STATEMENT_END, "%}");
    }

    private Statement condition() {
        List<Statement.Branch> branches = new ArrayList<>();
        List<Statement> otherwise = List.of();
        Expression condition = expressions.expression();
        while (true) {
            endTag();
            List<Statement> body = statements(Set.of("elif", "else", "endif"));
            branches.add(new Statement.Branch(condition, body));
            if (end.text().equals("elif")) {
                condition = expressions.expression();
                continue;
            }
            if (end.text().equals("else")) {
                endTag();
                otherwise = statements(Set.of("endif"));
            }
            endTag();
            return new Statement.If(branches, otherwise);
        }
    }

    private List<String> variables() {
        List<String> names = new ArrayList<>();
        boolean bracket = expressions.skipOperator("(");
        do {
            names.add(expressions.require(Kind.NAME, "the name of a variable").text());
        } while (expressions.skipOperator(","));
        if (bracket) {
            expressions.requireOperator(")");
        }
        return names;
    }

    private Statement loop(int at) {
        List<String> variables = variables();
        if (!expressions.skipName("in")) {
            throw expressions.expected("in");
        }
        Expression values = expressions.or();
        Expression condition = expressions.skipName("if") ? expressions.expression() : null;
        Lexeme next = expressions.peek();
        if (next.is(Kind.NAME, "recursive")) {
            throw source.unsupported(next.at(), "a recursive loop");
        }
        endTag();
        loops++;
        List<Statement> body = statements(Set.of("else", "endfor"));
        loops--;
        List<Statement> otherwise = List.of();
        if (end.text().equals("else")) {
            endTag();
            otherwise = statements(Set.of("endfor"));
        }
        endTag();
        return new Statement.For(variables, values, condition, body, otherwise, at);
    }

    private Statement assignment(int at) {
        List<String> variables = variables();
        String member = null;
        if (variables.size() == 1 && expressions.skipOperator(".")) {
            member = expressions.require(Kind.NAME, "the member of a namespace").text();
        }
        if (expressions.skipOperator("=")) {
            Expression value = expressions.expression();
            endTag();
            return new Statement.Set(variables, member, value, at);
        }
        if (expressions.peek().is(Kind.OPERATOR, "|")) {
            throw source.unsupported(expressions.peek().at(), "a filter of a set block");
        }
        endTag();
        if (variables.size() != 1 || member != null) {
            throw source.error(at, "a set block sets one variable");
        }
        List<Statement> body = statements(Set.of("endset"));
        endTag();
        return new Statement.SetBlock(variables.get(0), body, at);
    }
}
