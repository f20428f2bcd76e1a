package io.nanogpt.graph;

import java.util.List;

/**
 * An operation of a {@link Graph}.
 *
 * @param id its index in the topological order of the graph
 * @param type the type of the operation
 * @param inputs the ids of its input nodes, all smaller than {@code id}
 * @param attributes the attributes of the operation
 * @param shape the shape of its output
 * @param name its name in messages; for inputs and parameters also at run time and in checkpoints
 */
public record Node(int id, OpType type, List<Integer> inputs, Attributes attributes, Shape shape, String name) {
    public Node {
        inputs = List.copyOf(inputs);
        for (int input : inputs) {
            if (input < 0 || input >= id) {
                throw new IllegalArgumentException(name + " (node " + id + ") reads node " + input
                        + ", but an operation reads only nodes before it");
            }
        }
    }

    /** Returns the id of the input at {@code index}. */
    public int input(int index) {
        return inputs.get(index);
    }
}
