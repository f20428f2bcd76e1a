package io.nanogpt.impl.chat;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An expression of a template; {@code at} is its place. */
sealed interface Expression {
    int at();

    /** A text, a number, a truth value or none. */
    record Literal(Object value, int at) implements Expression {}

    /** A list or a tuple. */
    record ListOf(List<Expression> elements, int at) implements Expression {}

    /** A dictionary. */
    record DictOf(Map<String, Expression> entries, int at) implements Expression {}

    /** A variable. */
    record Name(String name, int at) implements Expression {}

    /** {@code object.name}. */
    record Attribute(Expression object, String name, int at) implements Expression {}

    /** {@code object[key]}. */
    record Item(Expression object, Expression key, int at) implements Expression {}

    /** {@code object[from:to:step]}. */
    record Slice(
            Expression object,
            @Nullable Expression from,
            @Nullable Expression to,
            @Nullable Expression step,
            int at) implements Expression {}

    /** The arguments of a call, by position and by name. */
    record Arguments(List<Expression> positional, Map<String, Expression> named) {
        static final Arguments NONE = new Arguments(List.of(), Map.of());
    }

    /** A call of a function. */
    record Call(String function, Arguments arguments, int at) implements Expression {}

    /** A call of a method. */
    record MethodCall(Expression object, String method, Arguments arguments, int at) implements Expression {}

    /** {@code value | name(arguments)}. */
    record Filter(Expression value, String name, Arguments arguments, int at) implements Expression {}

    /** {@code value is name(arguments)}. */
    record Test(Expression value, String name, Arguments arguments, int at) implements Expression {}

    /** {@code not value} or {@code -value}. */
    record Unary(String operator, Expression value, int at) implements Expression {}

    /** An operator between two values. */
    record Binary(String operator, Expression left, Expression right, int at) implements Expression {}

    /** {@code then if condition else otherwise}. */
    record Conditional(
            Expression condition, Expression then, @Nullable Expression otherwise, int at) implements Expression {}
}
