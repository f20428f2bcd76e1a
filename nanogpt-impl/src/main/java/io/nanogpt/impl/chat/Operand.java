package io.nanogpt.impl.chat;

import io.nanogpt.NanogptException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Conversion of the operands of one operation, whose name and place the errors have. */
record Operand(TemplateSource source, Budget budget, String operation, int at) {
    NanogptException error(String what) {
        return source.error(at, what);
    }

    private NanogptException expected(String what, Object value) {
        return error(operation + " takes " + what + ", but is given " + Values.describe(value));
    }

    Text text(Object value) {
        if (value instanceof Text text) {
            return text;
        }
        throw expected("a text", value);
    }

    long number(Object value) {
        if (value instanceof Long number) {
            return number;
        }
        if (value instanceof Boolean truth) {
            return truth ? 1 : 0;
        }
        throw expected("a whole number", value);
    }

    /** The elements of a list, the keys of a dictionary or the characters of a text. */
    List<?> elements(Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        if (value instanceof Map<?, ?> map) {
            budget.make(map.size(), at);
            return map.keySet().stream().map(key -> Text.of((String) key)).collect(Collectors.toUnmodifiableList());
        }
        if (value instanceof Text text) {
            int count = PythonText.codePoints(text);
            budget.make(count, at);
            List<Text> characters = new ArrayList<>();
            for (int i = 0; i < text.length(); ) {
                int end = text.text().offsetByCodePoints(i, 1);
                characters.add(text.part(i, end));
                i = end;
            }
            return characters;
        }
        if (value instanceof Values.Undefined) {
            return List.of();
        }
        throw expected("a list", value);
    }

    /** A value as it is written. */
    Text written(Object value) {
        if (value instanceof Text text) {
            return text;
        }
        if (value instanceof Long || value == Values.NONE) {
            return Text.of(value.toString());
        }
        if (value instanceof Boolean truth) {
            return Text.of(truth ? "True" : "False");
        }
        if (value instanceof Values.Undefined) {
            return Text.EMPTY;
        }
        throw error(operation + " cannot write " + Values.describe(value) + "; use its elements, or the filter tojson");
    }
}
