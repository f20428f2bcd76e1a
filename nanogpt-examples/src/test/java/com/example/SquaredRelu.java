package com.example;

import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Node;

/** {@code max(x, 0)^2} (So et al. 2021). */
final class SquaredRelu {
    private SquaredRelu() {}

    static Node of(GraphBuilder g, Node x) {
        Node y = g.relu(x);
        return g.multiply(y, y);
    }
}
