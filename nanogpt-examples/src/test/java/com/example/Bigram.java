package com.example;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.Shape;
import io.nanogpt.model.Architecture;
import java.util.Map;

/** Logits from the current token alone: an embedding, an activation and a head. */
final class Bigram implements Architecture {
    static final String KIND = "bigram";

    private final int vocabularySize;
    private final int width;
    private final Graph graph;

    Bigram(int vocabularySize, int width) {
        this.vocabularySize = vocabularySize;
        this.width = width;
        GraphBuilder g = new GraphBuilder();
        Initializer normal = new Initializer.Normal(0.02f);
        Node table = g.parameter("table", Shape.of(vocabularySize, width), normal);
        Node head = g.parameter("head", Shape.of(vocabularySize, width), normal);
        Node x = g.embedding(g.input(Graph.TOKENS), table);
        Node y = g.add(x, SquaredRelu.of(g, x));
        graph = g.output(Graph.LOGITS, g.linear(y, head)).build();
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public int vocabularySize() {
        return vocabularySize;
    }

    @Override
    public int contextLength() {
        return 8;
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public Map<String, Object> settings() {
        return Map.of("vocabularySize", vocabularySize, "width", width);
    }
}
