package io.nanogpt.impl.graph;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;

/** The last layer of a model. */
public final class Head {
    private Head() {}

    /** Returns the operation that computes the logits, before their cap. */
    public static Node of(Graph graph) {
        Node logits = graph.output(Graph.LOGITS);
        return logits.type() == OpType.SOFT_CAP ? graph.node(logits.input(0)) : logits;
    }
}
