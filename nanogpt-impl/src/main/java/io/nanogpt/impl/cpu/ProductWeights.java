package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import java.util.HashSet;
import java.util.Set;

/** The parameters of a graph that can be kept as {@link RoundedWeight}. */
final class ProductWeights {
    private ProductWeights() {}

    /** The names of the weights of linear layers, without those that any other operation reads than an embedding. */
    static Set<String> of(Graph graph) {
        Set<String> names = new HashSet<>();
        Set<String> others = new HashSet<>();
        for (Node reader : graph.nodes()) {
            for (int i = 0; i < reader.inputs().size(); i++) {
                if (graph.node(reader.input(i)).attributes() instanceof Attributes.Parameter parameter) {
                    if (reader.type() == OpType.LINEAR && i == 1) {
                        names.add(parameter.spec().name());
                    } else if (reader.type() != OpType.EMBEDDING) {
                        others.add(parameter.spec().name());
                    }
                }
            }
        }
        names.removeAll(others);
        return names;
    }
}
