package io.nanogpt.impl.graph;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import java.util.BitSet;

/** The nodes that another one is computed from. */
final class Ancestors {
    private Ancestors() {}

    /** The ids of the nodes that a node is computed from, its own included. */
    static BitSet of(Graph graph, Node node) {
        BitSet ancestors = new BitSet();
        ancestors.set(node.id());
        for (int id = node.id(); id >= 0; id--) {
            if (ancestors.get(id)) {
                graph.node(id).inputs().forEach(ancestors::set);
            }
        }
        return ancestors;
    }
}
