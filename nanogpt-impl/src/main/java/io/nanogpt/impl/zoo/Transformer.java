package io.nanogpt.impl.zoo;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.Shape;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.AttentionScale;
import io.nanogpt.model.NgramTables;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.TransformerConfig.AttentionConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The decoder-only transformer of all presets. Parameters are named as in the caption notebook's checkpoints, whatever
 * the configuration: {@code tok_emb}, {@code pos_emb}, then for each block {@code ln1}, {@code attn.qkv} or
 * {@code attn.q}, {@code attn.k} and {@code attn.v}, {@code attn.proj}, {@code ln2}, {@code mlp.fc}, {@code mlp.gate}
 * where the MLP is gated, {@code mlp.proj}, and at the end {@code ln_f} and {@code head}. The tables of n-grams are
 * {@code ngram.2} and so on by their order, with the projection {@code ngram.proj}.
 */
final class Transformer implements Architecture {
    /** The kind in {@code config.json}. */
    static final String KIND = "nanogpt-transformer";

    private final TransformerConfig config;
    private final Graph graph;

    Transformer(TransformerConfig config) {
        this.config = config;
        this.graph = new Building(config).build();
    }

    TransformerConfig config() {
        return config;
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
        return TransformerSettings.write(config);
    }

    /** Builds the graph. */
    private static final class Building {
        private final TransformerConfig config;
        private final GraphBuilder g = new GraphBuilder();
        private final Weights weights;
        private final int width;

        Building(TransformerConfig config) {
            this.config = config;
            this.weights = new Weights(g, config.initialization(), config.size().layers());
            this.width = config.size().embeddingSize();
        }

        Graph build() {
            Node tokens = g.input(Graph.TOKENS);
            int vocabulary = config.vocabularySize();
            Node table = config.tiedHead()
                    ? weights.tiedTable("tok_emb.weight", vocabulary, width)
                    : weights.table("tok_emb.weight", vocabulary, width);
            Node embedded = ngrams(tokens, positions(g.embedding(tokens, table)));
            if (config.refinements().embeddingNorm()) {
                embedded = g.rmsNorm(embedded, config.norm().epsilon());
            }
            Node input = g.dropout(embedded, config.dropout());
            Node x = input;
            for (int layer = 0; layer < config.size().layers(); layer++) {
                String prefix = "blocks." + layer + ".";
                boolean values = config.refinements().valueEmbeddings().contains(layer);
                x = block(mixed(x, input, prefix), prefix, values ? tokens : null);
            }
            if (config.norm().placement() == NormConfig.Placement.PRE) {
                x = norm(x, "ln_f");
            }
            Node logits = head(x, table);
            float cap = config.refinements().logitCap();
            return g.output(Graph.LOGITS, cap > 0 ? g.softCap(logits, cap) : logits)
                    .build();
        }

        /** The input of a block: the residual stream, with input mixing a weighted sum with the embedding. */
        private Node mixed(Node x, Node input, String prefix) {
            if (!config.refinements().inputMixing()) {
                return x;
            }
            Node stream = g.scale(x, weights.number(prefix + "stream_scale", 1));
            return g.add(stream, g.scale(input, weights.number(prefix + "input_scale", 0)));
        }

        private Node positions(Node x) {
            return switch (config.positions().kind()) {
                case LEARNED -> g.addPositions(x, weights.table("pos_emb.weight", config.contextLength(), width));
                case SINUSOIDAL -> g.addSinusoids(x);
                case ROTARY, NONE -> x;
            };
        }

        /** Adds the rows of the n-gram tables, projected if they are of another width. */
        private Node ngrams(Node tokens, Node x) {
            NgramTables tables = config.ngramTables();
            List<Node> rows = new ArrayList<>();
            for (int order : tables.orders()) {
                Shape shape = Shape.of(tables.rows(order, config.vocabularySize()), tables.width(width));
                Node table = g.parameter("ngram." + order + ".weight", shape, new Initializer.Constant(0));
                rows.add(g.ngramEmbedding(tokens, table, order, config.vocabularySize()));
            }
            if (tables.width(width) != width && !tables.isEmpty()) {
                Node all = rows.size() == 1 ? rows.get(0) : g.concat(rows.toArray(Node[]::new));
                return g.add(x, weights.linear(all, "ngram.proj", width, false));
            }
            for (Node row : rows) {
                x = g.add(x, row);
            }
            return x;
        }

        private Node head(Node x, Node table) {
            boolean bias = config.biases().head();
            if (!config.tiedHead()) {
                return weights.head(x, "head", config.vocabularySize(), bias);
            }
            return bias
                    ? g.linear(x, table, weights.bias("head.bias", config.vocabularySize(), width))
                    : g.linear(x, table);
        }

        /** A block; with tokens, its values have embeddings of them added. */
        private Node block(Node x, String prefix, @Nullable Node tokens) {
            if (config.norm().placement() == NormConfig.Placement.POST) {
                x = norm(g.add(x, attention(convolved(x, prefix + "conv1"), prefix + "attn.", tokens)), prefix + "ln1");
                return norm(g.add(x, mlp(convolved(x, prefix + "conv2"), prefix + "mlp.")), prefix + "ln2");
            }
            Node first = convolved(norm(x, prefix + "ln1"), prefix + "conv1");
            x = g.add(x, attention(first, prefix + "attn.", tokens));
            return g.add(x, mlp(convolved(norm(x, prefix + "ln2"), prefix + "conv2"), prefix + "mlp."));
        }

        private Node convolved(Node x, String name) {
            int size = config.refinements().convolutionSize();
            return size == 0 ? x : g.causalConv(x, weights.convolution(name + ".weight", size, width));
        }

        private Node attention(Node x, String prefix, @Nullable Node tokens) {
            AttentionConfig attention = config.attention();
            Node packed = queriesKeysValues(x, prefix, tokens);
            if (config.refinements().queryKeyNorm()) {
                packed = g.headNorm(
                        packed,
                        new Attributes.HeadNorm(
                                config.headSize(),
                                attention.heads() + attention.keyValueHeads(),
                                config.norm().epsilon()));
            }
            if (config.positions() instanceof Positions.Rotary rotary) {
                packed = g.rotary(
                        packed,
                        new Attributes.Rotary(
                                config.headSize(),
                                attention.heads() + attention.keyValueHeads(),
                                rotary.theta(),
                                rotary.interleaved(),
                                false));
            }
            Node mixed = g.attention(
                    packed,
                    new Attributes.Attention(
                            attention.heads(), attention.keyValueHeads(), scale(), attention.window()));
            return g.dropout(
                    weights.residual(
                            mixed, prefix + "proj", width, config.biases().attentionOutput()),
                    config.dropout());
        }

        private Node queriesKeysValues(Node x, String prefix, @Nullable Node tokens) {
            boolean bias = config.biases().queryKeyValue();
            int shared = config.attention().keyValueHeads() * config.headSize();
            if (config.attention().fused()) {
                return weights.linear(x, prefix + "qkv", width + 2 * shared, bias);
            }
            Node queries = weights.linear(x, prefix + "q", width, bias);
            Node keys = weights.linear(x, prefix + "k", shared, bias);
            Node values = weights.linear(x, prefix + "v", shared, bias);
            if (tokens != null) {
                Node table = weights.table(prefix + "value_emb.weight", config.vocabularySize(), shared);
                Node scale = weights.number(prefix + "value_scale", 0.5f);
                values = g.add(values, g.scale(g.embedding(tokens, table), scale));
            }
            return g.concat(queries, keys, values);
        }

        private float scale() {
            AttentionScale scale = config.attention().scale();
            return switch (scale.kind()) {
                case BY_HEAD_SIZE -> (float) (1 / Math.sqrt(config.headSize()));
                case BY_EMBEDDING_SIZE -> (float) (1 / Math.sqrt(width));
                case FIXED -> ((AttentionScale.Fixed) scale).factor();
            };
        }

        private Node mlp(Node x, String prefix) {
            boolean bias = config.biases().mlp();
            int hiddenSize = config.mlp().hiddenSize();
            Node hidden = weights.linear(x, prefix + "fc", hiddenSize, bias);
            Node active = switch (config.mlp().activation()) {
                case GELU -> g.gelu(hidden);
                case GELU_TANH -> g.geluTanh(hidden);
                case RELU -> g.relu(hidden);
                case RELU_SQUARED -> g.reluSquared(hidden);
                case SILU -> g.silu(hidden);
                case SWIGLU -> g.multiply(g.silu(weights.linear(x, prefix + "gate", hiddenSize, bias)), hidden);
            };
            return g.dropout(weights.residual(active, prefix + "proj", width, bias), config.dropout());
        }

        private Node norm(Node x, String name) {
            float epsilon = config.norm().epsilon();
            return switch (config.norm().kind()) {
                case LAYER ->
                    g.layerNorm(
                            x, weights.ones(name + ".weight", width), weights.zeros(name + ".bias", width), epsilon);
                case RMS -> g.rmsNorm(x, weights.ones(name + ".weight", width), epsilon);
                case RMS_UNWEIGHTED -> g.rmsNorm(x, epsilon);
                case NONE -> x;
            };
        }
    }
}
