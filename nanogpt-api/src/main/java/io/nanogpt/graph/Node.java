package io.nanogpt.graph;

import java.util.List;

/**
 * One operation of a {@link Graph}.
 *
 * @param id its place in the graph's topological order
 * @param type the operation
 * @param inputs the ids of the nodes it reads, all smaller than {@code id}
 * @param attributes what the operation needs beside its inputs
 * @param shape the shape of its one output
 * @param name for people, checkpoints and run-time inputs
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

    /** The id of the input at {@code index}. */
    public int input(int index) {
        return inputs.get(index);
    }
}
