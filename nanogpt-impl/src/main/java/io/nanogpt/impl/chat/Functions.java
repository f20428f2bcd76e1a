package io.nanogpt.impl.chat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/** The functions of templates. */
final class Functions {
    /** {@code strftime_now} is known but undefined: the text of a prompt does not depend on the day. */
    static final Set<String> NAMES = Set.of("raise_exception", "namespace", "range", "dict", "strftime_now");

    private Functions() {}

    static Object call(String name, CallArguments arguments) {
        return switch (name) {
            case "raise_exception" ->
                throw new IllegalArgumentException("the chat template refuses these messages: "
                        + arguments.operand().written(arguments.require(0, "message")));
            case "namespace" -> {
                Values.Namespace namespace = new Values.Namespace();
                namespace.members().putAll(arguments.named());
                yield namespace;
            }
            case "dict" -> new LinkedHashMap<>(arguments.named());
            case "range" -> range(arguments);
            default ->
                throw arguments
                        .operand()
                        .error(name + " is undefined here; test it with \"" + name + " is defined\" before the call");
        };
    }

    private static List<Object> range(CallArguments arguments) {
        arguments.requireAtMost(3);
        Operand operand = arguments.operand();
        long first = operand.number(arguments.require(0, "stop"));
        boolean single = arguments.positional().size() < 2;
        long from = single ? 0 : first;
        long to = single ? first : operand.number(arguments.positional().get(1));
        long step = arguments.positional().size() < 3
                ? 1
                : operand.number(arguments.positional().get(2));
        if (step == 0) {
            throw operand.error("the step of a range must not be 0");
        }
        List<Object> numbers = new ArrayList<>();
        for (long number = from; step > 0 ? number < to : number > to; number += step) {
            operand.budget().make(1, operand.at());
            numbers.add(number);
        }
        return numbers;
    }
}
