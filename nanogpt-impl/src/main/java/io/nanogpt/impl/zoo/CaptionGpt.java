package io.nanogpt.impl.zoo;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.Shape;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.GptConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The GPT of nanoGPT as the caption notebook writes it: pre-norm blocks, fused q/k/v without bias, projection without
 * bias, MLP with biases and exact GELU, untied head without bias. Weights start normal with deviation 0.02, norms at
 * one, biases at zero. Parameters are named as in that notebook's checkpoints.
 */
public final class CaptionGpt implements Architecture {
    /** How {@code config.json} names it. */
    public static final String KIND = "nanogpt-captions";

    private static final Initializer WEIGHT = new Initializer.Normal(0.02f);
    private static final Initializer ONE = new Initializer.Constant(1);
    private static final Initializer ZERO = new Initializer.Constant(0);
    private static final float EPSILON = 1e-5f;

    private final GptConfig config;
    private final Graph graph;

    /** Of this size. */
    public CaptionGpt(GptConfig config) {
        this.config = config;
        this.graph = build(config);
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
        settings.put("heads", config.heads());
        settings.put("embeddingSize", config.embeddingSize());
        settings.put("contextLength", config.contextLength());
        settings.put("vocabularySize", config.vocabularySize());
        settings.put("dropout", config.dropout());
        return settings;
    }

    private static Graph build(GptConfig config) {
        int width = config.embeddingSize();
        GraphBuilder g = new GraphBuilder();
        Node tokens = g.input(Graph.TOKENS);
        Node x = g.embedding(tokens, weight(g, "tok_emb.weight", config.vocabularySize(), width));
        x = g.addPositions(x, weight(g, "pos_emb.weight", config.contextLength(), width));
        x = g.dropout(x, config.dropout());
        for (int layer = 0; layer < config.layers(); layer++) {
            x = block(g, x, "blocks." + layer + ".", config);
        }
        Node logits = g.linear(norm(g, x, "ln_f"), weight(g, "head.weight", config.vocabularySize(), width));
        return g.output(Graph.LOGITS, logits).build();
    }

    private static Node block(GraphBuilder g, Node x, String prefix, GptConfig config) {
        int width = config.embeddingSize();
        float scale = (float) (1 / Math.sqrt((double) width / config.heads()));
        Node packed = g.linear(norm(g, x, prefix + "ln1"), weight(g, prefix + "attn.qkv.weight", 3 * width, width));
        Node mixed = g.linear(
                g.attention(packed, config.heads(), scale), weight(g, prefix + "attn.proj.weight", width, width));
        x = g.add(x, g.dropout(mixed, config.dropout()));
        Node hidden = g.gelu(g.linear(
                norm(g, x, prefix + "ln2"),
                weight(g, prefix + "mlp.fc.weight", 4 * width, width),
                g.parameter(prefix + "mlp.fc.bias", Shape.of(4 * width), ZERO)));
        Node out = g.linear(
                hidden,
                weight(g, prefix + "mlp.proj.weight", width, 4 * width),
                g.parameter(prefix + "mlp.proj.bias", Shape.of(width), ZERO));
        return g.add(x, g.dropout(out, config.dropout()));
    }

    private static Node norm(GraphBuilder g, Node x, String name) {
        Shape features = Shape.of(x.shape().features());
        return g.layerNorm(
                x, g.parameter(name + ".weight", features, ONE), g.parameter(name + ".bias", features, ZERO), EPSILON);
    }

    private static Node weight(GraphBuilder g, String name, int rows, int columns) {
        return g.parameter(name, Shape.of(rows, columns), WEIGHT);
    }
}
