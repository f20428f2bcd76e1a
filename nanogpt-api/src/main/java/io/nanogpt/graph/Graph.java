package io.nanogpt.graph;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Operations in topological order with named outputs. Immutable.
 *
 * @param nodes the operations, with {@code nodes.get(i).id() == i}
 * @param outputs output name to node id, for example {@code logits}
 */
public record Graph(List<Node> nodes, Map<String, Integer> outputs) {
    /** The run-time input of token ids, {@code (batch, sequence)}. */
    public static final String TOKENS = "tokens";
    /** The run-time input of target ids, {@code (batch, sequence)}. */
    public static final String TARGETS = "targets";
    /**
     * The run-time input of packed sequences, {@code (batch, sequence)}: the position of each token in its own example. A
     * graph that has it restarts at every token of position 0: attention reads no key of an earlier example, and learned,
     * sinusoidal and rotary positions are those of this input.
     */
    public static final String POSITIONS = "positions";
    /** The output of a language model, {@code (batch, sequence, vocabulary)}. */
    public static final String LOGITS = "logits";
    /** The output of a training graph, a scalar. */
    public static final String LOSS = "loss";

    private static final String GRADIENT = "gradient/";

    public Graph {
        nodes = List.copyOf(nodes);
        outputs = Map.copyOf(outputs);
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).id() != i) {
                throw new IllegalArgumentException("node " + nodes.get(i).name() + " has id "
                        + nodes.get(i).id() + " at index " + i);
            }
        }
        for (Map.Entry<String, Integer> output : outputs.entrySet()) {
            if (output.getValue() < 0 || output.getValue() >= nodes.size()) {
                throw new IllegalArgumentException(
                        "output " + output.getKey() + " names node " + output.getValue() + ", which does not exist");
            }
        }
    }

    /** Returns the node with this id. */
    public Node node(int id) {
        return nodes.get(id);
    }

    /**
     * Returns the node of an output.
     *
     * @throws IllegalArgumentException if there is no such output
     */
    public Node output(String name) {
        Integer id = outputs.get(name);
        if (id == null) {
            throw new IllegalArgumentException("no output " + name + "; this graph has " + outputs.keySet());
        }
        return nodes.get(id);
    }

    /** Returns the name of the output for the gradient of a parameter in a training graph. */
    public static String gradientOutput(String parameter) {
        return GRADIENT + parameter;
    }

    /**
     * Returns the gradients among the outputs: a map from the name of a parameter to the node of its gradient, sorted.
     */
    public Map<String, Node> gradients() {
        Map<String, Node> gradients = new TreeMap<>();
        outputs.forEach((name, id) -> {
            if (name.startsWith(GRADIENT)) {
                gradients.put(name.substring(GRADIENT.length()), node(id));
            }
        });
        return gradients;
    }

    /** Returns the parameters in the order of their declaration, each with the role that it has in this graph. */
    public List<ParameterSpec> parameters() {
        ParameterRoles roles = new ParameterRoles(this);
        return nodes.stream()
                .filter(node -> node.type() == OpType.PARAMETER)
                .map(roles::of)
                .toList();
    }

    /** Returns the parameters that training changes: those that are not frozen. */
    public List<ParameterSpec> trainedParameters() {
        return parameters().stream().filter(spec -> !spec.frozen()).toList();
    }

    /** Returns the total number of elements of all parameters. */
    public long parameterCount() {
        return parameters().stream().mapToLong(ParameterSpec::elements).sum();
    }
}
