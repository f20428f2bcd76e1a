package io.nanogpt.impl.onnx;

import io.nanogpt.impl.files.ProtobufWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An ONNX graph under construction. Values are identified by their names; an empty name is an omitted input. */
final class OnnxGraph {
    /** The operators of the ONNX standard. */
    static final String STANDARD = "";
    /** ONNX Runtime's own operators. */
    static final String CONTRIB = "com.microsoft";

    private final ProtobufWriter nodes = new ProtobufWriter();
    private final Map<String, ProtobufWriter> inputs = new LinkedHashMap<>();
    private final ProtobufWriter outputs = new ProtobufWriter();
    private final Map<String, Tensor> initializers = new LinkedHashMap<>();
    private final Set<String> values = new HashSet<>();
    private final Set<String> domains = new HashSet<>();

    /** An attribute of an operator. */
    record Attribute(String name, ProtobufWriter value) {
        static Attribute of(String name, long value) {
            return new Attribute(
                    name,
                    new ProtobufWriter()
                            .integer(OnnxFields.Attribute.I, value)
                            .integer(OnnxFields.Attribute.TYPE, OnnxFields.AttributeType.INT));
        }

        static Attribute of(String name, float value) {
            return new Attribute(
                    name,
                    new ProtobufWriter()
                            .float32(OnnxFields.Attribute.F, value)
                            .integer(OnnxFields.Attribute.TYPE, OnnxFields.AttributeType.FLOAT));
        }

        static Attribute of(String name, String value) {
            return new Attribute(
                    name,
                    new ProtobufWriter()
                            .text(OnnxFields.Attribute.S, value)
                            .integer(OnnxFields.Attribute.TYPE, OnnxFields.AttributeType.STRING));
        }

        static Attribute of(String name, long[] values) {
            ProtobufWriter message = new ProtobufWriter();
            for (long value : values) {
                message.integer(OnnxFields.Attribute.INTS, value);
            }
            return new Attribute(name, message.integer(OnnxFields.Attribute.TYPE, OnnxFields.AttributeType.INTS));
        }
    }

    /** Adds a standard operator with one output and returns its name. */
    String add(String operator, String output, List<String> operands, Attribute... attributes) {
        add(STANDARD, operator, List.of(output), operands, attributes);
        return output;
    }

    /** Adds an operator. */
    void add(String domain, String operator, List<String> results, List<String> operands, Attribute... attributes) {
        ProtobufWriter node = new ProtobufWriter();
        operands.forEach(operand -> node.text(OnnxFields.Node.INPUT, operand));
        results.forEach(result -> node.text(OnnxFields.Node.OUTPUT, result.isEmpty() ? result : unique(result)));
        node.text(OnnxFields.Node.NAME, results.get(0)).text(OnnxFields.Node.OP_TYPE, operator);
        for (Attribute attribute : attributes) {
            node.message(
                    OnnxFields.Node.ATTRIBUTE,
                    new ProtobufWriter()
                            .text(OnnxFields.Attribute.NAME, attribute.name())
                            .append(attribute.value()));
        }
        if (!domain.equals(STANDARD)) {
            node.text(OnnxFields.Node.DOMAIN, domain);
            domains.add(domain);
        }
        nodes.message(OnnxFields.Graph.NODE, node);
    }

    /** Returns a run-time input, added at the first call with its name. Axes are sizes or names. */
    String input(String name, ElementType type, List<?> axes) {
        if (!inputs.containsKey(name)) {
            inputs.put(unique(name), value(name, type, axes));
        }
        return name;
    }

    /** Makes a value an output. */
    void output(String name, ElementType type, List<?> axes) {
        outputs.message(OnnxFields.Graph.OUTPUT, value(name, type, axes));
    }

    /** Returns a constant, added at the first call with its name. */
    String constant(Tensor tensor) {
        Tensor known = initializers.get(tensor.name());
        if (known == null) {
            initializers.put(unique(tensor.name()), tensor);
        } else if (known.type() != tensor.type() || !known.shape().equals(tensor.shape())) {
            throw new IllegalStateException("two constants of different kinds are named " + tensor.name());
        }
        return tensor.name();
    }

    /** A constant vector of integers, named after its values. */
    String axes(long... numbers) {
        StringBuilder name = new StringBuilder("constant");
        for (long number : numbers) {
            name.append('/').append(number);
        }
        return constant(Tensor.ofLongs(name.toString(), Tensor.shape(numbers.length), numbers));
    }

    /** A constant integer. */
    String scalar(long number) {
        return constant(Tensor.ofLongs("constant/scalar/" + number, List.of(), number));
    }

    /** A constant number. */
    String scalar(float number) {
        return constant(new Tensor(
                "constant/scalar/" + number,
                ElementType.FLOAT,
                List.of(),
                out -> Tensor.write(out, new float[] {number})));
    }

    /** Whether a value of this name was added. */
    boolean knows(String name) {
        return values.contains(name);
    }

    /** The nodes, inputs and outputs as fields of a {@code GraphProto}; the constants are the writer's. */
    ProtobufWriter fields() {
        ProtobufWriter graph = new ProtobufWriter().append(nodes).text(OnnxFields.Graph.NAME, "decoder");
        inputs.values().forEach(input -> graph.message(OnnxFields.Graph.INPUT, input));
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

    private static ProtobufWriter value(String name, ElementType type, List<?> axes) {
        ProtobufWriter shape = new ProtobufWriter();
        for (Object axis : axes) {
            ProtobufWriter dimension = axis instanceof Integer size
                    ? new ProtobufWriter().integer(OnnxFields.Dimension.DIM_VALUE, size)
                    : new ProtobufWriter().text(OnnxFields.Dimension.DIM_PARAM, axis.toString());
            shape.message(OnnxFields.TensorShape.DIM, dimension);
        }
        ProtobufWriter tensor = new ProtobufWriter()
                .integer(OnnxFields.TensorType.ELEM_TYPE, type.number())
                .message(OnnxFields.TensorType.SHAPE, shape);
        return new ProtobufWriter()
                .text(OnnxFields.ValueInfo.NAME, name)
                .message(OnnxFields.ValueInfo.TYPE, new ProtobufWriter().message(OnnxFields.Type.TENSOR_TYPE, tensor));
    }
}
