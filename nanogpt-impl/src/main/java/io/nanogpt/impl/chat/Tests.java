package io.nanogpt.impl.chat;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tests of templates. */
final class Tests {
    private static final Set<String> EQUALITIES = Set.of("equalto", "eq", "ne", "in");

    static final Set<String> NAMES = Set.of(
            "defined",
            "undefined",
            "none",
            "string",
            "mapping",
            "iterable",
            "sequence",
            "number",
            "integer",
            "boolean",
            "true",
            "false",
            "odd",
            "even",
            "equalto",
            "eq",
            "ne",
            "in");

    private Tests() {}

    /** Whether a test takes an argument, which may stand without brackets. */
    static boolean takesArgument(String name) {
        return EQUALITIES.contains(name);
    }

    static boolean test(String name, Object value, CallArguments arguments) {
        Operand operand = arguments.operand();
        return switch (name) {
            case "defined" -> !(value instanceof Values.Undefined);
            case "undefined" -> value instanceof Values.Undefined;
            case "none" -> value == Values.NONE;
            case "string" -> value instanceof Text;
            case "mapping" -> value instanceof Map<?, ?>;
            case "iterable" ->
                value instanceof List<?>
                        || value instanceof Map<?, ?>
                        || value instanceof Text
                        || value instanceof Values.Undefined;
            case "sequence" ->
                value instanceof List<?>
                        || value instanceof Map<?, ?>
                        || value instanceof Text
                        || value instanceof Values.Undefined;
            case "number" -> value instanceof Long || value instanceof Boolean;
            case "integer" -> value instanceof Long;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "odd" -> Math.floorMod(operand.number(value), 2) == 1;
            case "even" -> Math.floorMod(operand.number(value), 2) == 0;
            case "equalto", "eq" -> Values.areEqual(value, arguments.require(0, "other"), operand);
            case "ne" -> !Values.areEqual(value, arguments.require(0, "other"), operand);
            default -> contains(arguments.require(0, "seq"), value, operand);
        };
    }

    /** Whether a list has an element, a dictionary a key, or a text a part. */
    static boolean contains(Object container, Object value, Operand operand) {
        if (container instanceof Text text) {
            operand.budget().make(text.length(), operand.at());
            return text.text().contains(operand.text(value).text());
        }
        if (container instanceof Map<?, ?> map) {
            return value instanceof Text key && map.containsKey(key.text());
        }
        List<?> elements = operand.elements(container);
        operand.budget().make(elements.size(), operand.at());
        return elements.stream().anyMatch(element -> Values.areEqual(element, value, operand));
    }
}
