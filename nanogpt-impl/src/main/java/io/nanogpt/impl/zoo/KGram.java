package io.nanogpt.impl.zoo;

import io.nanogpt.NanogptException;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.Shape;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.Initialization;
import io.nanogpt.model.KGramConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An MLP over the last k tokens. Parameter names and initial values are those of PyTorch's {@code nn.Embedding},
 * {@code nn.Conv1d} and an {@code nn.Sequential} of linear layers and SiLU.
 */
final class KGram implements Architecture {
    /** The kind in {@code config.json}. */
    static final String KIND = "nanogpt-k-gram";

    private static final int MOST_TOKENS = 1024;

    private final KGramConfig config;
    private final Graph graph;

    KGram(KGramConfig config) {
        this.config = config;
        this.graph = build(config);
    }

    /** Restores a model from its {@link #settings}. */
    static KGram read(Settings settings) {
        String name = settings.text("input");
        KGramConfig.Input input = switch (name) {
            case "onehot" -> new KGramConfig.Input.OneHot();
            case "embedding" -> new KGramConfig.Input.Embedding(settings.integer("embeddingSize"));
            case "convolution" -> new KGramConfig.Input.Convolution(settings.integer("embeddingSize"));
            default ->
                throw new NanogptException("setting 'input' must be onehot, embedding or convolution, but is " + name);
        };
        return new KGram(new KGramConfig(
                input,
                new KGramConfig.Context(
                        settings.bounded("window", MOST_TOKENS),
                        settings.integer("padding"),
                        settings.integer("contextLength")),
                settings.bounded("layers", Settings.MOST_LAYERS),
                settings.integer("hiddenSize"),
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
        switch (config.input().kind()) {
            case EMBEDDING -> {
                settings.put("input", "embedding");
                settings.put("embeddingSize", ((KGramConfig.Input.Embedding) config.input()).size());
            }
            case CONVOLUTION -> {
                settings.put("input", "convolution");
                settings.put("embeddingSize", ((KGramConfig.Input.Convolution) config.input()).size());
            }
            case ONE_HOT -> settings.put("input", "onehot");
        }
        settings.put("window", config.context().window());
        settings.put("padding", config.context().padding());
        settings.put("contextLength", config.contextLength());
        settings.put("layers", config.layers());
        settings.put("hiddenSize", config.hiddenSize());
        settings.put("vocabularySize", config.vocabularySize());
        return settings;
    }

    private static Graph build(KGramConfig config) {
        GraphBuilder g = new GraphBuilder();
        Weights weights = new Weights(g, new Initialization.PyTorchDefault(), config.layers());
        Node tokens = g.input(Graph.TOKENS);
        Node x = g.silu(first(g, weights, tokens, config));
        for (int layer = 1; layer < config.layers(); layer++) {
            x = g.silu(weights.linear(x, "net." + 2 * layer, config.hiddenSize(), true));
        }
        Node logits = weights.linear(x, "net." + 2 * config.layers(), config.vocabularySize(), true);
        return g.output(Graph.LOGITS, logits).build();
    }

    /** Adds the layers from tokens to the first hidden layer. */
    private static Node first(GraphBuilder g, Weights weights, Node tokens, KGramConfig config) {
        int window = config.context().window();
        int padding = config.context().padding();
        int width = config.hiddenSize();
        return switch (config.input().kind()) {
            case EMBEDDING -> {
                int size = ((KGramConfig.Input.Embedding) config.input()).size();
                yield weights.linear(embeddings(g, weights, tokens, config, size), "net.0", width, true);
            }
            case CONVOLUTION -> {
                int size = ((KGramConfig.Input.Convolution) config.input()).size();
                Node mixed = g.depthwiseConv(
                        embeddings(g, weights, tokens, config, size),
                        weights.uniform("conv.weight", Shape.of(size, 1, window), window),
                        weights.uniform("conv.bias", Shape.of(size), window));
                yield weights.linear(mixed, "net.0", width, true);
            }
            case ONE_HOT -> {
                int inputs = Math.multiplyExact(window, config.vocabularySize());
                yield g.oneHotLinear(
                        tokens,
                        weights.uniform("net.0.weight", Shape.of(width, inputs), inputs),
                        weights.uniform("net.0.bias", Shape.of(width), inputs),
                        window,
                        padding);
            }
        };
    }

    /** Concatenates the embeddings of the last k tokens, oldest first: (B, T, k E). */
    private static Node embeddings(GraphBuilder g, Weights weights, Node tokens, KGramConfig config, int size) {
        Node table = weights.table("embedding.weight", config.vocabularySize(), size);
        int window = config.context().window();
        Node[] parts = new Node[window];
        for (int j = 0; j < window; j++) {
            parts[j] =
                    g.embedding(tokens, table, window - 1 - j, config.context().padding());
        }
        return window == 1 ? parts[0] : g.concat(parts);
    }
}
