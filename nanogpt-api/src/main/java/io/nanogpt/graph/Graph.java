package io.nanogpt.graph;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Operations in topological order with named outputs. Immutable.
 *
 * @param nodes {@code nodes.get(i).id() == i}
 * @param outputs output name to node id, for example {@code logits}
 */
public record Graph(List<Node> nodes, Map<String, Integer> outputs) {
    /** The run-time input of token ids, {@code (batch, sequence)}. */
    public static final String TOKENS = "tokens";
    /** The run-time input of target ids, {@code (batch, sequence)}. */
    public static final String TARGETS = "targets";
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
                        + nodes.get(i).id() + " at place " + i);
            }
        }
        for (Map.Entry<String, Integer> output : outputs.entrySet()) {
            if (output.getValue() < 0 || output.getValue() >= nodes.size()) {
                throw new IllegalArgumentException(
                        "output " + output.getKey() + " names node " + output.getValue() + ", which does not exist");
            }
        }
    }

    /** The node with this id. */
    public Node node(int id) {
        return nodes.get(id);
    }

    /**
     * The node behind an output.
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

    /** The name of the output that holds the gradient of a parameter in a training graph. */
    public static String gradientOutput(String parameter) {
        return GRADIENT + parameter;
    }

    /** The gradients among the outputs: the name of a parameter to the node that computes its gradient, sorted by name. */
    public Map<String, Node> gradients() {
        Map<String, Node> gradients = new TreeMap<>();
        outputs.forEach((name, id) -> {
            if (name.startsWith(GRADIENT)) {
                gradients.put(name.substring(GRADIENT.length()), node(id));
            }
        });
        return gradients;
    }

    /** The parameters, in the order in which the model declares them. */
    public List<ParameterSpec> parameters() {
        return nodes.stream()
                .filter(node -> node.type() == OpType.PARAMETER)
                .map(node -> ((Attributes.Parameter) node.attributes()).spec())
                .toList();
    }

    /** The number of trained numbers. */
    public long parameterCount() {
        return parameters().stream().mapToLong(ParameterSpec::elements).sum();
    }
}
