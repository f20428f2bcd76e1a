package io.nanogpt.impl.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An ONNX graph under construction. Values are known by their names; an empty name is an input that is left out. */
final class OnnxGraph {
    /** The operators of the ONNX standard. */
    static final String STANDARD = "";
    /** ONNX Runtime's own operators. */
    static final String CONTRIB = "com.microsoft";

    private final Message nodes = new Message();
    private final Map<String, Message> inputs = new LinkedHashMap<>();
    private final Message outputs = new Message();
    private final Map<String, Tensor> initializers = new LinkedHashMap<>();
    private final Set<String> values = new HashSet<>();
    private final Set<String> domains = new HashSet<>();

    /** An attribute of an operator. */
    record Attribute(String name, Message value) {
        static Attribute of(String name, long value) {
            return new Attribute(name, new Message().number(3, value).number(20, 2));
        }

        static Attribute of(String name, float value) {
            return new Attribute(name, new Message().real(2, value).number(20, 1));
        }

        static Attribute of(String name, String value) {
            return new Attribute(name, new Message().text(4, value).number(20, 3));
        }

        static Attribute of(String name, long[] values) {
            Message message = new Message();
            for (long value : values) {
                message.number(8, value);
            }
            return new Attribute(name, message.number(20, 7));
        }
    }

    /** Adds a standard operator with one output and returns its name. */
    String add(String operator, String output, List<String> operands, Attribute... attributes) {
        add(STANDARD, operator, List.of(output), operands, attributes);
        return output;
    }

    /** Adds an operator. */
    void add(String domain, String operator, List<String> results, List<String> operands, Attribute... attributes) {
        Message node = new Message();
        operands.forEach(operand -> node.text(1, operand));
        results.forEach(result -> node.text(2, result.isEmpty() ? result : unique(result)));
        node.text(3, results.get(0)).text(4, operator);
        for (Attribute attribute : attributes) {
            node.message(5, new Message().text(1, attribute.name()).append(attribute.value()));
        }
        if (!domain.equals(STANDARD)) {
            node.text(7, domain);
            domains.add(domain);
        }
        nodes.message(1, node);
    }

    /** A run-time input; asked for again, the same one. Axes are sizes or names. */
    String input(String name, ElementType type, List<?> axes) {
        if (!inputs.containsKey(name)) {
            inputs.put(unique(name), value(name, type, axes));
        }
        return name;
    }

    /** Makes a value an output. */
    void output(String name, ElementType type, List<?> axes) {
        outputs.message(12, value(name, type, axes));
    }

    /** A constant; asked for again under the same name, the same one. */
    String constant(Tensor tensor) {
        Tensor known = initializers.get(tensor.name());
        if (known == null) {
            initializers.put(unique(tensor.name()), tensor);
        } else if (known.type() != tensor.type() || !known.shape().equals(tensor.shape())) {
            throw new IllegalStateException("two constants of different kinds are named " + tensor.name());
        }
        return tensor.name();
    }

    /** A vector of whole numbers, named after what they are. */
    String axes(long... numbers) {
        StringBuilder name = new StringBuilder("constant");
        for (long number : numbers) {
            name.append('/').append(number);
        }
        return constant(Tensor.ofLongs(name.toString(), Tensor.shape(numbers.length), numbers));
    }

    /** A whole number. */
    String scalar(long number) {
        return constant(Tensor.ofLongs("constant/scalar/" + number, List.of(), number));
    }

    /** Whether a value of this name was added. */
    boolean knows(String name) {
        return values.contains(name);
    }

    /** The nodes, inputs and outputs as fields of a {@code GraphProto}; the constants are the writer's. */
    Message fields() {
        Message graph = new Message().append(nodes).text(2, "decoder");
        inputs.values().forEach(input -> graph.message(11, input));
        return graph.append(outputs);
    }

    List<Tensor> constants() {
        return new ArrayList<>(initializers.values());
    }

    boolean usesContrib() {
        return domains.contains(CONTRIB);
    }

    private String unique(String name) {
        if (!values.add(name)) {
            throw new IllegalStateException("two values of the graph are named " + name);
        }
        return name;
    }

    private static Message value(String name, ElementType type, List<?> axes) {
        Message shape = new Message();
        for (Object axis : axes) {
            Message dimension = axis instanceof Integer size
                    ? new Message().number(1, size)
                    : new Message().text(2, axis.toString());
            shape.message(1, dimension);
        }
        Message tensor = new Message().number(1, type.number()).message(2, shape);
        return new Message().text(1, name).message(2, new Message().message(1, tensor));
    }
}
