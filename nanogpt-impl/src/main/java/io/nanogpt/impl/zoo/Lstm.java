package io.nanogpt.impl.zoo;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.Shape;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.Initialization;
import io.nanogpt.model.LstmConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An LSTM language model. Parameter names and initial values are those of PyTorch's {@code nn.Embedding},
 * {@code nn.LSTM} and {@code nn.Linear}.
 */
final class Lstm implements Architecture {
    /** The kind in {@code config.json}. */
    static final String KIND = "nanogpt-lstm";

    private final LstmConfig config;
    private final Graph graph;

    Lstm(LstmConfig config) {
        this.config = config;
        this.graph = build(config);
    }

    /** Restores a model from its {@link #settings}. */
    static Lstm read(Settings settings) {
        return new Lstm(new LstmConfig(
                settings.bounded("layers", Settings.MOST_LAYERS),
                settings.integer("embeddingSize"),
                settings.integer("hiddenSize"),
                settings.integer("contextLength"),
                settings.integer("vocabularySize")));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public int vocabularySize() {
        return config.vocabularySize();
    }

    @Override
    public int contextLength() {
        return config.contextLength();
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("layers", config.layers());
        settings.put("embeddingSize", config.embeddingSize());
        settings.put("hiddenSize", config.hiddenSize());
        settings.put("contextLength", config.contextLength());
        settings.put("vocabularySize", config.vocabularySize());
        return settings;
    }

    private static Graph build(LstmConfig config) {
        GraphBuilder g = new GraphBuilder();
        Weights weights = new Weights(g, new Initialization.PyTorchDefault(), config.layers());
        int width = config.hiddenSize();
        int gates = Math.multiplyExact(4, width);
        Node x = g.embedding(
                g.input(Graph.TOKENS),
                weights.table("embedding.weight", config.vocabularySize(), config.embeddingSize()));
        for (int layer = 0; layer < config.layers(); layer++) {
            int inputs = x.shape().features();
            // PyTorch initializes all weights and biases of a layer within 1 / sqrt(hidden size).
            Node input = g.linear(
                    x,
                    weights.uniform("lstm.weight_ih_l" + layer, Shape.of(gates, inputs), width),
                    weights.uniform("lstm.bias_ih_l" + layer, Shape.of(gates), width));
            x = g.lstm(
                    input,
                    weights.uniform("lstm.weight_hh_l" + layer, Shape.of(gates, width), width),
                    weights.uniform("lstm.bias_hh_l" + layer, Shape.of(gates), width));
        }
        return g.output(Graph.LOGITS, weights.linear(x, "linear", config.vocabularySize(), true))
                .build();
    }
}
