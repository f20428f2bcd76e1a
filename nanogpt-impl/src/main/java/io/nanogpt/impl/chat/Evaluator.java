package io.nanogpt.impl.chat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Computes the values of expressions. */
final class Evaluator {
    private final TemplateSource source;
    private final Budget budget;

    Evaluator(TemplateSource source, Budget budget) {
        this.source = source;
        this.budget = budget;
    }

    Operand operand(String operation, int at) {
        return new Operand(source, budget, operation, at);
    }

    Object evaluate(Expression expression, Scope scope) {
        budget.step(expression.at());
        if (expression instanceof Expression.Literal literal) {
            return literal.value();
        }
        if (expression instanceof Expression.Name name) {
            return scope.get(name.name());
        }
        if (expression instanceof Expression.Attribute attribute) {
            return attribute(evaluate(attribute.object(), scope), attribute.name(), attribute.at());
        }
        if (expression instanceof Expression.Item item) {
            return item(evaluate(item.object(), scope), evaluate(item.key(), scope), item.at());
        }
        if (expression instanceof Expression.Slice slice) {
            return slice(slice, scope);
        }
        if (expression instanceof Expression.ListOf list) {
            budget.make(list.elements().size(), list.at());
            List<Object> elements = new ArrayList<>();
            list.elements().forEach(element -> elements.add(evaluate(element, scope)));
            return elements;
        }
        if (expression instanceof Expression.DictOf dict) {
            budget.make(dict.entries().size(), dict.at());
            Map<String, Object> entries = new LinkedHashMap<>();
            dict.entries().forEach((key, value) -> entries.put(key, evaluate(value, scope)));
            return entries;
        }
        if (expression instanceof Expression.Unary unary) {
            Object value = evaluate(unary.value(), scope);
            return unary.operator().equals("not")
                    ? (Object) !Values.isTrue(value)
                    : (Object) (-operand("the operator -", unary.at()).number(value));
        }
        if (expression instanceof Expression.Conditional conditional) {
            boolean condition = Values.isTrue(evaluate(conditional.condition(), scope));
            @Nullable Expression chosen = condition ? conditional.then() : conditional.otherwise();
            return chosen == null ? new Values.Undefined("the value without else") : evaluate(chosen, scope);
        }
        return expression instanceof Expression.Binary binary ? binary(binary, scope) : call(expression, scope);
    }

    private Object call(Expression expression, Scope scope) {
        if (expression instanceof Expression.Call call) {
            return Functions.call(call.function(), arguments(call.arguments(), scope, call.function(), call.at()));
        }
        if (expression instanceof Expression.MethodCall call) {
            Object object = evaluate(call.object(), scope);
            return Methods.call(object, call.method(), arguments(call.arguments(), scope, call.method(), call.at()));
        }
        if (expression instanceof Expression.Filter filter) {
            Object value = evaluate(filter.value(), scope);
            return Filters.apply(
                    filter.name(),
                    value,
                    arguments(filter.arguments(), scope, "the filter " + filter.name(), filter.at()));
        }
        Expression.Test test = (Expression.Test) expression;
        Object value = evaluate(test.value(), scope);
        if (test.value() instanceof Expression.Name name && Functions.NAMES.contains(name.name())) {
            // A function that exists; strftime_now does not.
            boolean defined = !name.name().equals("strftime_now");
            return test.name().equals("defined") ? defined : test.name().equals("undefined") && !defined;
        }
        return Tests.test(test.name(), value, arguments(test.arguments(), scope, "the test " + test.name(), test.at()));
    }

    private CallArguments arguments(Expression.Arguments given, Scope scope, String operation, int at) {
        List<Object> positional = new ArrayList<>();
        given.positional().forEach(argument -> positional.add(evaluate(argument, scope)));
        Map<String, Object> named = new LinkedHashMap<>();
        given.named().forEach((name, argument) -> named.put(name, evaluate(argument, scope)));
        return new CallArguments(positional, named, operand(operation, at));
    }

    private Object attribute(Object object, String name, int at) {
        if (object instanceof Values.Undefined undefined) {
            throw source.error(at, undefined.name() + " is undefined, so that it has no " + name);
        }
        return Filters.member(object, name);
    }

    private Object item(Object object, Object key, int at) {
        if (key instanceof Text name) {
            return attribute(object, name.text(), at);
        }
        if (object instanceof Values.Undefined) {
            return attribute(object, "elements", at);
        }
        long index = operand("an index", at).number(key);
        if (object instanceof List<?> list) {
            long place = index < 0 ? index + list.size() : index;
            return place < 0 || place >= list.size() ? new Values.Undefined("element " + index) : list.get((int) place);
        }
        if (object instanceof Text text) {
            int count = PythonText.codePoints(text);
            budget.make(text.length(), at);
            long place = index < 0 ? index + count : index;
            return place < 0 || place >= count
                    ? new Values.Undefined("character " + index)
                    : PythonText.codePoints(text, (int) place, (int) place + 1);
        }
        return new Values.Undefined("element " + index);
    }

    private Object slice(Expression.Slice slice, Scope scope) {
        Object object = evaluate(slice.object(), scope);
        Operand operand = operand("a slice", slice.at());
        long step = bound(slice.step(), scope, operand, 1);
        if (step == 0) {
            throw operand.error("the step of a slice must not be 0");
        }
        List<?> elements = object instanceof Text || object instanceof List<?> ? List.of() : operand.elements(object);
        int size = object instanceof Text text
                ? PythonText.codePoints(text)
                : object instanceof List<?> list ? list.size() : elements.size();
        budget.make(object instanceof Text text ? text.length() : size, slice.at());
        long from = place(bound(slice.from(), scope, operand, step > 0 ? 0 : Long.MAX_VALUE), size, step);
        long to = slice.to() == null ? (step > 0 ? size : -1) : place(bound(slice.to(), scope, operand, 0), size, step);
        if (object instanceof Text text && step == 1) {
            return from >= to ? Text.EMPTY : PythonText.codePoints(text, (int) from, (int) to);
        }
        List<?> all = operand.elements(object);
        List<Object> chosen = new ArrayList<>();
        for (long at = from; step > 0 ? at < to : at > to; at += step) {
            chosen.add(all.get((int) at));
        }
        return object instanceof Text ? Filters.join(Text.EMPTY, chosen, operand) : chosen;
    }

    private long bound(@Nullable Expression expression, Scope scope, Operand operand, long otherwise) {
        if (expression == null) {
            return otherwise;
        }
        Object value = evaluate(expression, scope);
        return value == Values.NONE ? otherwise : operand.number(value);
    }

    /** A bound within the elements, as Python counts it. */
    private static long place(long bound, int size, long step) {
        long place = bound < 0 ? bound + size : bound;
        return step > 0 ? Math.max(0, Math.min(size, place)) : Math.max(-1, Math.min(size - 1L, place));
    }

    private Object binary(Expression.Binary binary, Scope scope) {
        Object left = evaluate(binary.left(), scope);
        switch (binary.operator()) {
            case "and" -> {
                return Values.isTrue(left) ? evaluate(binary.right(), scope) : left;
            }
            case "or" -> {
                return Values.isTrue(left) ? left : evaluate(binary.right(), scope);
            }
            default -> {}
        }
        Object right = evaluate(binary.right(), scope);
        Operand operand = operand("the operator " + binary.operator(), binary.at());
        return switch (binary.operator()) {
            case "==" -> Values.areEqual(left, right, operand);
            case "!=" -> !Values.areEqual(left, right, operand);
            case "in" -> Tests.contains(right, left, operand);
            case "not in" -> !Tests.contains(right, left, operand);
            case "~" -> plus(operand.written(left), operand.written(right), operand);
            case "+" -> add(left, right, operand);
            case "<", "<=", ">", ">=" -> compare(binary.operator(), left, right, operand);
            default -> calculate(binary.operator(), operand.number(left), operand.number(right), operand);
        };
    }

    private static Object plus(Text left, Text right, Operand operand) {
        operand.budget().make((long) left.length() + right.length(), operand.at());
        return left.plus(right);
    }

    private static Object add(Object left, Object right, Operand operand) {
        if (left instanceof Text text) {
            return plus(text, operand.text(right), operand);
        }
        if (left instanceof List<?> list && right instanceof List<?> other) {
            operand.budget().make((long) list.size() + other.size(), operand.at());
            List<Object> both = new ArrayList<>(list);
            both.addAll(other);
            return both;
        }
        if (right instanceof Text) {
            throw operand.error("the operator + cannot join " + Values.describe(left) + " and a text; use ~");
        }
        return calculate("+", operand.number(left), operand.number(right), operand);
    }

    private static Object calculate(String operator, long left, long right, Operand operand) {
        if (right == 0 && (operator.equals("%") || operator.equals("//"))) {
            throw operand.error("division by zero");
        }
        try {
            return switch (operator) {
                case "+" -> Math.addExact(left, right);
                case "-" -> Math.subtractExact(left, right);
                case "*" -> Math.multiplyExact(left, right);
                case "//" -> Math.floorDiv(left, right);
                default -> Math.floorMod(left, right);
            };
        } catch (ArithmeticException e) {
            throw operand.error("the result of " + left + " " + operator + " " + right + " is too large");
        }
    }

    private static boolean compare(String operator, Object left, Object right, Operand operand) {
        int order = left instanceof Text text
                ? text.text().compareTo(operand.text(right).text())
                : Long.compare(operand.number(left), operand.number(right));
        return switch (operator) {
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            default -> order >= 0;
        };
    }
}
