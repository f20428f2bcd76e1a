package io.nanogpt.impl.chat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The values of a template: {@link Text}, {@code Long}, {@code Boolean}, {@link #NONE}, {@link Undefined}, lists, and maps
 * of texts.
 */
final class Values {
    private static final int DEEPEST = 100;

    static final Object NONE = new Object() {
        @Override
        public String toString() {
            return "None";
        }
    };

    private Values() {}

    /** A variable or a member that does not exist. */
    record Undefined(String name) {}

    /** A namespace: variables that a loop can set. */
    static final class Namespace {
        private final Map<String, Object> members = new HashMap<>();

        Map<String, Object> members() {
            return members;
        }
    }

    static boolean isTrue(Object value) {
        if (value instanceof Boolean truth) {
            return truth;
        }
        if (value instanceof Text text) {
            return text.length() > 0;
        }
        if (value instanceof Long number) {
            return number != 0;
        }
        if (value instanceof List<?> list) {
            return !list.isEmpty();
        }
        if (value instanceof Map<?, ?> map) {
            return !map.isEmpty();
        }
        return value instanceof Namespace;
    }

    /** Whether two values are equal; counts the elements that it compares. */
    static boolean areEqual(Object left, Object right, Operand operand) {
        return areEqual(left, right, operand, 0);
    }

    private static boolean areEqual(Object left, Object right, Operand operand, int depth) {
        operand.budget().step(operand.at());
        requireShallow(depth, operand);
        if (left instanceof List<?> list && right instanceof List<?> other) {
            for (int i = 0; i < list.size() && list.size() == other.size(); i++) {
                if (!areEqual(list.get(i), other.get(i), operand, depth + 1)) {
                    return false;
                }
            }
            return list.size() == other.size();
        }
        if (left instanceof Map<?, ?> map && right instanceof Map<?, ?> other) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                Object value = other.get(entry.getKey());
                if (value == null || !areEqual(entry.getValue(), value, operand, depth + 1)) {
                    return false;
                }
            }
            return map.size() == other.size();
        }
        if (left instanceof Text text) {
            operand.budget().make(text.length(), operand.at());
        }
        Object one = left instanceof Boolean truth ? (Object) (truth ? 1L : 0L) : left;
        Object other = right instanceof Boolean truth ? (Object) (truth ? 1L : 0L) : right;
        if (one instanceof Undefined || other instanceof Undefined) {
            return one instanceof Undefined && other instanceof Undefined;
        }
        return one.equals(other);
    }

    /** Refuses lists within lists that a template made in a loop, for those who walk through them. */
    static void requireShallow(int depth, Operand operand) {
        if (depth > DEEPEST) {
            throw operand.error("the value is more than " + DEEPEST + " lists deep");
        }
    }

    /** What a value is, for messages. */
    static String describe(Object value) {
        if (value instanceof Undefined undefined) {
            return undefined.name() + ", which is undefined";
        }
        if (value instanceof Text) {
            return "a text";
        }
        if (value instanceof Long) {
            return "a number";
        }
        if (value instanceof Boolean) {
            return "a truth value";
        }
        if (value instanceof List<?>) {
            return "a list";
        }
        if (value instanceof Map<?, ?>) {
            return "a dictionary";
        }
        return value instanceof Namespace ? "a namespace" : "none";
    }
}
