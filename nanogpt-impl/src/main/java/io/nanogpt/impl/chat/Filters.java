package io.nanogpt.impl.chat;

import io.nanogpt.impl.files.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The filters of templates. */
final class Filters {
    static final Set<String> NAMES = Set.of(
            "trim",
            "length",
            "count",
            "upper",
            "lower",
            "title",
            "capitalize",
            "first",
            "last",
            "join",
            "replace",
            "default",
            "d",
            "string",
            "int",
            "list",
            "reverse",
            "items",
            "tojson",
            "selectattr",
            "rejectattr",
            "map");

    private Filters() {}

    static Object apply(String name, Object value, CallArguments arguments) {
        Operand operand = arguments.operand();
        return switch (name) {
            case "trim" -> trim(value, arguments);
            case "length", "count" -> length(value, operand);
            case "upper" -> PythonText.changed(copied(value, operand), text -> text.toUpperCase(Locale.ROOT));
            case "lower" -> PythonText.changed(copied(value, operand), text -> text.toLowerCase(Locale.ROOT));
            case "title" -> PythonText.changed(copied(value, operand), PythonText::title);
            case "capitalize" -> PythonText.changed(copied(value, operand), PythonText::capitalize);
            case "string" -> operand.written(value);
            case "int" -> integer(value, arguments);
            case "default", "d" -> orDefault(value, arguments);
            case "replace" ->
                replace(
                        operand.written(value),
                        operand.text(arguments.require(0, "old")),
                        arguments.require(1, "new"),
                        operand);
            case "tojson" -> {
                arguments.requireAtMost(0);
                yield json(value, operand, 0);
            }
            default -> applyToList(name, value, arguments);
        };
    }

    private static Object applyToList(String name, Object value, CallArguments arguments) {
        Operand operand = arguments.operand();
        if (name.equals("items")) {
            return value instanceof Map<?, ?> map ? Methods.items(map) : List.of();
        }
        List<?> elements = operand.elements(value);
        operand.budget().make(elements.size(), operand.at());
        return switch (name) {
            case "list" -> new ArrayList<Object>(elements);
            case "first" -> elements.isEmpty() ? new Values.Undefined("the first element") : elements.get(0);
            case "last" ->
                elements.isEmpty() ? new Values.Undefined("the last element") : elements.get(elements.size() - 1);
            case "join" -> join(operand.written(arguments.find(0, "d").orElse(Text.EMPTY)), elements, operand);
            case "reverse" -> {
                List<Object> reversed = new ArrayList<>(elements);
                Collections.reverse(reversed);
                yield value instanceof Text ? join(Text.EMPTY, reversed, operand) : reversed;
            }
            case "selectattr", "rejectattr" -> select(name.equals("selectattr"), elements, arguments);
            default -> mapped(elements, arguments);
        };
    }

    private static Text copied(Object value, Operand operand) {
        Text text = operand.written(value);
        operand.budget().make(text.length(), operand.at());
        return text;
    }

    private static Text trim(Object value, CallArguments arguments) {
        return PythonText.strip(
                copied(value, arguments.operand()),
                arguments
                        .find(0, "chars")
                        .map(arguments.operand()::text)
                        .map(Text::text)
                        .orElse(null),
                true,
                true);
    }

    static long length(Object value, Operand operand) {
        if (value instanceof Text text) {
            return PythonText.codePoints(text);
        }
        return value instanceof Map<?, ?> map
                ? map.size()
                : operand.elements(value).size();
    }

    private static Object integer(Object value, CallArguments arguments) {
        if (value instanceof Text text && text.text().strip().matches("[+-]?[0-9]{1,18}")) {
            return Long.parseLong(text.text().strip());
        }
        return value instanceof Long || value instanceof Boolean
                ? arguments.operand().number(value)
                : arguments.find(0, "default").orElse(0L);
    }

    private static Object orDefault(Object value, CallArguments arguments) {
        boolean falsy = arguments.find(1, "boolean").map(Values::isTrue).orElse(false);
        return value instanceof Values.Undefined || (falsy && !Values.isTrue(value))
                ? arguments.find(0, "default_value").orElse(Text.EMPTY)
                : value;
    }

    static Text replace(Text text, Text old, Object by, Operand operand) {
        if (old.length() == 0) {
            throw operand.error("replace needs a text to replace that is not empty");
        }
        Text replacement = operand.written(by);
        operand.budget().make(text.length(), operand.at());
        return join(replacement, PythonText.split(text, old.text(), -1), operand);
    }

    static Text join(Text separator, Object values, Operand operand) {
        List<Text> texts = new ArrayList<>();
        long length = 0;
        for (Object element : operand.elements(values)) {
            Text text = operand.written(element);
            length += text.length() + (long) separator.length();
            texts.add(text);
        }
        operand.budget().make(length, operand.at());
        return PythonText.join(separator, texts);
    }

    private static List<Object> select(boolean accepted, List<?> elements, CallArguments arguments) {
        String attribute =
                arguments.operand().text(arguments.require(0, "attribute")).text();
        String test = arguments.positional().size() < 2
                ? ""
                : arguments.operand().text(arguments.positional().get(1)).text();
        if (!test.isEmpty() && !Tests.NAMES.contains(test)) {
            throw arguments.operand().source().unsupported(arguments.operand().at(), "the test " + test);
        }
        List<Object> rest = arguments.positional().size() < 3
                ? List.of()
                : arguments.positional().subList(2, arguments.positional().size());
        List<Object> selected = new ArrayList<>();
        for (Object element : elements) {
            Object member = member(element, attribute);
            boolean passes = test.isEmpty()
                    ? Values.isTrue(member)
                    : Tests.test(test, member, new CallArguments(rest, Map.of(), arguments.operand()));
            if (passes == accepted) {
                selected.add(element);
            }
        }
        return selected;
    }

    private static List<Object> mapped(List<?> elements, CallArguments arguments) {
        Object attribute = arguments.named().get("attribute");
        if (attribute == null) {
            throw arguments
                    .operand()
                    .source()
                    .unsupported(arguments.operand().at(), "the filter map without attribute=");
        }
        String name = arguments.operand().text(attribute).text();
        List<Object> members = new ArrayList<>();
        elements.forEach(element -> members.add(member(element, name)));
        return members;
    }

    /** A member of a dictionary or a namespace. */
    static Object member(Object object, String name) {
        Object member = object instanceof Map<?, ?> map
                ? map.get(name)
                : object instanceof Values.Namespace namespace
                        ? namespace.members().get(name)
                        : null;
        return member == null ? new Values.Undefined(name) : member;
    }

    private static Text json(Object value, Operand operand, int depth) {
        Values.requireShallow(depth, operand);
        operand.budget().step(operand.at());
        if (value instanceof Text text) {
            operand.budget().make(text.length() + 2L, operand.at());
            return Text.of(Json.quoted(text.text()), text.message());
        }
        if (value instanceof Boolean || value == Values.NONE) {
            return Text.of(value == Values.NONE ? "null" : value.toString());
        }
        if (value instanceof Long) {
            return Text.of(value.toString());
        }
        List<Text> parts = new ArrayList<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, element) ->
                    parts.add(Text.of(Json.quoted((String) key) + ": ").plus(json(element, operand, depth + 1))));
        } else if (value instanceof List<?> list) {
            list.forEach(element -> parts.add(json(element, operand, depth + 1)));
        } else {
            throw operand.error("tojson cannot write " + Values.describe(value));
        }
        boolean list = value instanceof List<?>;
        return Text.of(list ? "[" : "{")
                .plus(join(Text.of(", "), parts, operand))
                .plus(Text.of(list ? "]" : "}"));
    }
}
