package io.nanogpt.impl.chat;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.chat.Expression.Arguments;
import io.nanogpt.impl.chat.Lexer.Kind;
import io.nanogpt.impl.chat.Lexer.Lexeme;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads expressions, with the precedence of Jinja. Names of functions, filters, tests and methods are checked here. */
final class ExpressionParser {
    /** The deepest tree of an expression; templates of published models stay below 30. */
    private static final int DEEPEST = 100;

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final TemplateSource source;
    private final List<Lexeme> lexemes;
    private final IdentityHashMap<Expression, Integer> depths = new IdentityHashMap<>();
    private int index;
    private int nesting;

    ExpressionParser(TemplateSource source, List<Lexeme> lexemes) {
        this.source = source;
        this.lexemes = lexemes;
    }

    Lexeme peek() {
        return lexemes.get(index);
    }

    Lexeme next() {
        Lexeme lexeme = lexemes.get(index);
        if (lexeme.kind() != Kind.END) {
            index++;
        }
        return lexeme;
    }

    boolean skip(Kind kind, String text) {
        if (peek().is(kind, text)) {
            index++;
            return true;
        }
        return false;
    }

    boolean skipOperator(String text) {
        return skip(Kind.OPERATOR, text);
    }

    boolean skipName(String text) {
        return skip(Kind.NAME, text);
    }

    Lexeme require(Kind kind, String what) {
        if (peek().kind() != kind) {
            throw expected(what);
        }
        return next();
    }

    void requireOperator(String text) {
        if (!skipOperator(text)) {
            throw expected("\"" + text + "\"");
        }
    }

    NanogptException expected(String what) {
        return source.error(peek().at(), "expected " + what + ", but found " + peek().text());
    }

    private <E extends Expression> E made(E expression, @Nullable Expression... parts) {
        int depth = 0;
        for (Expression part : parts) {
            depth = part == null ? depth : Math.max(depth, depths.getOrDefault(part, 0));
        }
        if (depth >= DEEPEST) {
            throw source.error(
                    expression.at(), "this expression is more than " + DEEPEST + " levels deep; divide it with set");
        }
        depths.put(expression, depth + 1);
        return expression;
    }

    /** An expression, with a condition after it. */
    Expression expression() {
        if (++nesting > DEEPEST / 2) {
            throw source.error(
                    peek().at(),
                    "more than " + DEEPEST / 2 + " brackets are open here; divide the expression with set");
        }
        Expression then = or();
        while (peek().is(Kind.NAME, "if")) {
            int at = next().at();
            Expression condition = or();
            Expression otherwise = skipName("else") ? expression() : null;
            then = made(new Expression.Conditional(condition, then, otherwise, at), condition, then, otherwise);
        }
        nesting--;
        return then;
    }

    /** An expression without a condition after it. */
    Expression or() {
        Expression left = and();
        while (peek().is(Kind.NAME, "or")) {
            left = binary("or", next().at(), left, and());
        }
        return left;
    }

    private Expression binary(String operator, int at, Expression left, Expression right) {
        return made(new Expression.Binary(operator, left, right, at), left, right);
    }

    private Expression and() {
        Expression left = not();
        while (peek().is(Kind.NAME, "and")) {
            left = binary("and", next().at(), left, not());
        }
        return left;
    }

    private Expression not() {
        List<Integer> nots = new ArrayList<>();
        while (peek().is(Kind.NAME, "not")) {
            nots.add(next().at());
        }
        Expression value = comparison();
        for (int i = nots.size() - 1; i >= 0; i--) {
            value = made(new Expression.Unary("not", value, nots.get(i)), value);
        }
        return value;
    }

    private Expression comparison() {
        Expression left = sum();
        Expression all = null;
        while (true) {
            Lexeme operator = peek();
            boolean notIn =
                    operator.is(Kind.NAME, "not") && lexemes.get(index + 1).is(Kind.NAME, "in");
            boolean compares = operator.kind() == Kind.OPERATOR && COMPARISONS.contains(operator.text());
            if (!notIn && !compares && !operator.is(Kind.NAME, "in")) {
                return all == null ? left : all;
            }
            index += notIn ? 2 : 1;
            Expression right = sum();
            Expression one = binary(notIn ? "not in" : operator.text(), operator.at(), left, right);
            // a < b < c compares both pairs.
            all = all == null ? one : binary("and", operator.at(), all, one);
            left = right;
        }
    }

    private Expression sum() {
        Expression left = concatenation();
        while (peek().is(Kind.OPERATOR, "+") || peek().is(Kind.OPERATOR, "-")) {
            Lexeme operator = next();
            left = binary(operator.text(), operator.at(), left, concatenation());
        }
        return left;
    }

    private Expression concatenation() {
        Expression left = product();
        while (peek().is(Kind.OPERATOR, "~")) {
            left = binary("~", next().at(), left, product());
        }
        return left;
    }

    private Expression product() {
        Expression left = unary();
        while (peek().kind() == Kind.OPERATOR
                && Set.of("*", "/", "//", "%", "**").contains(peek().text())) {
            Lexeme operator = next();
            if (operator.text().equals("/") || operator.text().equals("**")) {
                throw source.unsupported(operator.at(), "the operator " + operator.text());
            }
            left = binary(operator.text(), operator.at(), left, unary());
        }
        return left;
    }

    private Expression unary() {
        if (peek().is(Kind.OPERATOR, "-")) {
            int at = next().at();
            Expression value = primary();
            return filtersAndTests(made(new Expression.Unary("-", value, at), value));
        }
        return filtersAndTests(primary());
    }

    private Expression filtersAndTests(Expression begin) {
        Expression value = begin;
        while (true) {
            if (peek().is(Kind.OPERATOR, "|")) {
                value = filter(value);
            } else if (peek().is(Kind.NAME, "is")) {
                value = test(value);
            } else {
                return value;
            }
        }
    }

    /** What follows the name of a filter. */
    Expression filter(Expression value) {
        next();
        Lexeme name = require(Kind.NAME, "the name of a filter");
        if (!Filters.NAMES.contains(name.text())) {
            throw source.unsupported(name.at(), "the filter " + name.text());
        }
        Arguments arguments = skipOperator("(") ? arguments() : Arguments.NONE;
        return made(new Expression.Filter(value, name.text(), arguments, name.at()), parts(value, arguments));
    }

    private Expression test(Expression value) {
        int at = next().at();
        boolean not = skipName("not");
        Lexeme name = require(Kind.NAME, "the name of a test");
        if (!Tests.NAMES.contains(name.text())) {
            throw source.unsupported(name.at(), "the test " + name.text());
        }
        Arguments arguments = Arguments.NONE;
        if (skipOperator("(")) {
            arguments = arguments();
        } else if (Tests.takesArgument(name.text())) {
            arguments = new Arguments(List.of(primary()), Map.of());
        }
        Expression test = made(new Expression.Test(value, name.text(), arguments, name.at()), parts(value, arguments));
        return not ? made(new Expression.Unary("not", test, at), test) : test;
    }

    private static Expression[] parts(@Nullable Expression value, Arguments arguments) {
        List<Expression> parts = new ArrayList<>(arguments.positional());
        parts.addAll(arguments.named().values());
        if (value != null) {
            parts.add(value);
        }
        return parts.toArray(Expression[]::new);
    }

    /** Arguments up to the closing bracket. */
    private Arguments arguments() {
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        while (!skipOperator(")")) {
            Lexeme name = peek();
            if (name.kind() == Kind.NAME && lexemes.get(index + 1).is(Kind.OPERATOR, "=")) {
                index += 2;
                named.put(name.text(), expression());
            } else if (name.is(Kind.OPERATOR, "*") || name.is(Kind.OPERATOR, "**")) {
                throw source.unsupported(name.at(), "an argument with " + name.text());
            } else {
                positional.add(expression());
            }
            if (!skipOperator(",") && !peek().is(Kind.OPERATOR, ")")) {
                throw expected("\",\" or \")\"");
            }
        }
        return new Arguments(positional, named);
    }

    private Expression primary() {
        Expression value = atom();
        while (true) {
            Lexeme lexeme = peek();
            if (skipOperator(".")) {
                value = attribute(value);
            } else if (skipOperator("[")) {
                value = item(value, lexeme.at());
            } else if (lexeme.is(Kind.OPERATOR, "(")) {
                throw source.unsupported(lexeme.at(), "the call of a value");
            } else {
                return value;
            }
        }
    }

    private Expression attribute(Expression object) {
        Lexeme name = next();
        if (name.kind() == Kind.NUMBER) {
            Expression key = made(new Expression.Literal(number(name), name.at()));
            return made(new Expression.Item(object, key, name.at()), object);
        }
        if (name.kind() != Kind.NAME) {
            throw source.error(name.at(), "expected a name, but found " + name.text());
        }
        if (!skipOperator("(")) {
            return made(new Expression.Attribute(object, name.text(), name.at()), object);
        }
        if (!Methods.NAMES.contains(name.text())) {
            throw source.unsupported(name.at(), "the method " + name.text());
        }
        Arguments arguments = arguments();
        return made(new Expression.MethodCall(object, name.text(), arguments, name.at()), parts(object, arguments));
    }

    private Expression item(Expression object, int at) {
        Expression from = peek().is(Kind.OPERATOR, ":") ? null : expression();
        if (from != null && skipOperator("]")) {
            return made(new Expression.Item(object, from, at), object, from);
        }
        requireOperator(":");
        Expression to = peek().is(Kind.OPERATOR, ":") || peek().is(Kind.OPERATOR, "]") ? null : expression();
        Expression step = skipOperator(":") && !peek().is(Kind.OPERATOR, "]") ? expression() : null;
        requireOperator("]");
        return made(new Expression.Slice(object, from, to, step, at), object, from, to, step);
    }

    private Expression atom() {
        Lexeme lexeme = next();
        return switch (lexeme.kind()) {
            case TEXT -> {
                StringBuilder text = new StringBuilder(lexeme.text());
                while (peek().kind() == Kind.TEXT) {
                    text.append(next().text());
                }
                yield made(new Expression.Literal(Text.of(text.toString()), lexeme.at()));
            }
            case NUMBER -> made(new Expression.Literal(number(lexeme), lexeme.at()));
            case NAME -> name(lexeme);
            case OPERATOR -> bracket(lexeme);
            case DATA, STATEMENT_BEGIN, STATEMENT_END, OUTPUT_BEGIN, OUTPUT_END, END -> {
                index -= lexeme.kind() == Kind.END ? 0 : 1;
                throw expected("a value");
            }
        };
    }

    private Object number(Lexeme lexeme) {
        if (lexeme.text().length() > 18) {
            throw source.error(lexeme.at(), "the number " + lexeme.text().substring(0, 18) + "... is too large");
        }
        return Long.parseLong(lexeme.text());
    }

    private Expression name(Lexeme name) {
        Object constant = switch (name.text()) {
            case "true", "True" -> true;
            case "false", "False" -> false;
            case "none", "None" -> Values.NONE;
            default -> null;
        };
        if (constant != null) {
            return made(new Expression.Literal(constant, name.at()));
        }
        if (skipOperator("(")) {
            if (!Functions.NAMES.contains(name.text())) {
                throw source.unsupported(name.at(), "the function " + name.text());
            }
            Arguments arguments = arguments();
            return made(new Expression.Call(name.text(), arguments, name.at()), parts(null, arguments));
        }
        return made(new Expression.Name(name.text(), name.at()));
    }

    private Expression bracket(Lexeme bracket) {
        switch (bracket.text()) {
            case "(" -> {
                List<Expression> elements = new ArrayList<>();
                boolean tuple = peek().is(Kind.OPERATOR, ")");
                while (!skipOperator(")")) {
                    elements.add(expression());
                    if (skipOperator(",")) {
                        tuple = true;
                    } else if (!peek().is(Kind.OPERATOR, ")")) {
                        throw expected("\")\"");
                    }
                }
                return tuple ? list(elements, bracket.at()) : elements.get(0);
            }
            case "[" -> {
                List<Expression> elements = new ArrayList<>();
                while (!skipOperator("]")) {
                    elements.add(expression());
                    if (!skipOperator(",") && !peek().is(Kind.OPERATOR, "]")) {
                        throw expected("\",\" or \"]\"");
                    }
                }
                return list(elements, bracket.at());
            }
            case "{" -> {
                Map<String, Expression> entries = new LinkedHashMap<>();
                while (!skipOperator("}")) {
                    String key = require(Kind.TEXT, "a text as key").text();
                    requireOperator(":");
                    entries.put(key, expression());
                    if (!skipOperator(",") && !peek().is(Kind.OPERATOR, "}")) {
                        throw expected("\",\" or \"}\"");
                    }
                }
                return made(
                        new Expression.DictOf(entries, bracket.at()),
                        entries.values().toArray(Expression[]::new));
            }
            default -> throw source.error(bracket.at(), "expected a value, but found " + bracket.text());
        }
    }

    private Expression list(List<Expression> elements, int at) {
        return made(new Expression.ListOf(elements, at), elements.toArray(Expression[]::new));
    }
}
