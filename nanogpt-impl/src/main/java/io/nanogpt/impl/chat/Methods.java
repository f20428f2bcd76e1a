package io.nanogpt.impl.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The methods of texts and dictionaries. */
final class Methods {
    static final Set<String> NAMES = Set.of(
            "strip",
            "lstrip",
            "rstrip",
            "split",
            "startswith",
            "endswith",
            "replace",
            "upper",
            "lower",
            "title",
            "capitalize",
            "join",
            "find",
            "count",
            "get",
            "items",
            "keys",
            "values");

    private Methods() {}

    static Object call(Object object, String name, CallArguments arguments) {
        if (object instanceof Text text) {
            return call(text, name, arguments);
        }
        if (object instanceof Map<?, ?> map) {
            return call(map, name, arguments);
        }
        throw arguments.operand().error(Values.describe(object) + ", has no method " + name);
    }

    private static Object call(Text text, String name, CallArguments arguments) {
        Operand operand = arguments.operand();
        operand.budget().make(text.length(), operand.at());
        return switch (name) {
            case "strip", "lstrip", "rstrip" ->
                PythonText.strip(
                        text,
                        arguments
                                .find(0, "chars")
                                .map(operand::text)
                                .map(Text::text)
                                .orElse(null),
                        !name.equals("rstrip"),
                        !name.equals("lstrip"));
            case "split" -> split(text, arguments);
            case "startswith" -> text.text().startsWith(given(arguments, "prefix"));
            case "endswith" -> text.text().endsWith(given(arguments, "suffix"));
            case "find" -> {
                int found = text.text().indexOf(given(arguments, "sub"));
                yield (long) (found < 0 ? -1 : text.text().codePointCount(0, found));
            }
            case "count" -> {
                String sought = given(arguments, "sub");
                yield sought.isEmpty()
                        ? (long) PythonText.codePoints(text) + 1
                        : (long) PythonText.split(text, sought, -1).size() - 1;
            }
            case "replace" ->
                Filters.replace(text, operand.text(arguments.require(0, "old")), arguments.require(1, "new"), operand);
            case "upper" -> PythonText.changed(text, value -> value.toUpperCase(Locale.ROOT));
            case "lower" -> PythonText.changed(text, value -> value.toLowerCase(Locale.ROOT));
            case "title" -> PythonText.changed(text, PythonText::title);
            case "capitalize" -> PythonText.changed(text, PythonText::capitalize);
            case "join" -> Filters.join(text, arguments.require(0, "values"), operand);
            default -> throw operand.error("a text has no method " + name);
        };
    }

    private static String given(CallArguments arguments, String name) {
        return arguments.operand().text(arguments.require(0, name)).text();
    }

    private static List<Object> split(Text text, CallArguments arguments) {
        arguments.requireAtMost(2);
        Operand operand = arguments.operand();
        Object separator = arguments.find(0, "sep").orElse(Values.NONE);
        long most = arguments.find(1, "maxsplit").map(operand::number).orElse(-1L);
        if (separator == Values.NONE) {
            if (most >= 0) {
                throw operand.error("split with a maximum needs a separator");
            }
            return PythonText.split(text);
        }
        String value = operand.text(separator).text();
        if (value.isEmpty()) {
            throw operand.error("split needs a separator that is not empty");
        }
        return PythonText.split(text, value, most);
    }

    private static Object call(Map<?, ?> map, String name, CallArguments arguments) {
        Operand operand = arguments.operand();
        operand.budget().make(map.size(), operand.at());
        return switch (name) {
            case "get" -> {
                Object value = map.get(given(arguments, "key"));
                yield value != null ? value : arguments.find(1, "default").orElse(Values.NONE);
            }
            case "keys" -> operand.elements(map);
            case "values" -> new ArrayList<Object>(map.values());
            case "items" -> items(map);
            default -> throw operand.error("a dictionary has no method " + name);
        };
    }

    /** The pairs of a dictionary. */
    static List<Object> items(Map<?, ?> map) {
        List<Object> items = new ArrayList<>();
        map.forEach((key, value) -> items.add(List.of(Text.of((String) key), value)));
        return items;
    }
}
