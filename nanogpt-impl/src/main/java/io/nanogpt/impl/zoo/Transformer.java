package io.nanogpt.impl.zoo;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.Shape;
import io.nanogpt.model.Activation;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.AttentionScale;
import io.nanogpt.model.NgramTables;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.TransformerConfig.AttentionConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The decoder-only transformer of all presets. Parameters are named as in the caption notebook's checkpoints, whatever
 * the configuration: {@code tok_emb}, {@code pos_emb}, then for each block {@code ln1}, {@code attn.qkv} or
 * {@code attn.q}, {@code attn.k} and {@code attn.v}, {@code attn.proj}, {@code ln2}, {@code mlp.fc}, {@code mlp.gate}
 * where the MLP is gated, {@code mlp.proj}, and at the end {@code ln_f} and {@code head}. The tables of n-grams are
 * {@code ngram.2} and so on by their order, with the projection {@code ngram.proj}. Norms of queries and keys are
 * {@code attn.q_norm} and {@code attn.k_norm}, those of the outputs of attention and MLP beside norms before them
 * {@code ln1_out} and {@code ln2_out}.
 */
final class Transformer implements Architecture {
    /** The kind in {@code config.json}. */
    static final String KIND = "nanogpt-transformer";

    /** The factor of the input of {@link Activation#GELU_QUICK}. */
    private static final float QUICK = 1.702f;
    /** The slope of {@link Activation#LEAKY_RELU} below zero. */
    private static final float LEAK = 0.01f;

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
        private final Map<Positions.Rotary, List<Double>> frequencies = new HashMap<>();

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
            Node rows = g.embedding(tokens, table);
            float scale = config.variations().embeddingScale();
            Node embedded = ngrams(tokens, positions(scale == 1 ? rows : g.scale(rows, scale)));
            if (config.refinements().embeddingNorm()) {
                embedded = g.rmsNorm(embedded, config.norm().epsilon());
            }
            Node input = g.dropout(embedded, config.dropout());
            Node x = input;
            for (int layer = 0; layer < config.size().layers(); layer++) {
                x = block(mixed(x, input, "blocks." + layer + "."), layer, tokens);
            }
            if (config.norm().placement() != NormConfig.Placement.POST) {
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

        private Node block(Node x, int layer, Node tokens) {
            String prefix = "blocks." + layer + ".";
            return switch (config.norm().placement()) {
                case POST -> {
                    Node y = norm(g.add(x, attention(convolved(x, prefix + "conv1"), layer, tokens)), prefix + "ln1");
                    yield norm(g.add(y, mlp(convolved(y, prefix + "conv2"), prefix + "mlp.")), prefix + "ln2");
                }
                case OUTPUT -> {
                    Node mixed = attention(convolved(x, prefix + "conv1"), layer, tokens);
                    Node y = g.add(x, norm(mixed, prefix + "ln1"));
                    yield g.add(y, norm(mlp(convolved(y, prefix + "conv2"), prefix + "mlp."), prefix + "ln2"));
                }
                case PRE_AND_OUTPUT -> {
                    Node first = convolved(norm(x, prefix + "ln1"), prefix + "conv1");
                    Node y = g.add(x, norm(attention(first, layer, tokens), prefix + "ln1_out"));
                    Node second = convolved(norm(y, prefix + "ln2"), prefix + "conv2");
                    yield g.add(y, norm(mlp(second, prefix + "mlp."), prefix + "ln2_out"));
                }
                case PRE -> preNormed(x, layer, tokens);
            };
        }

        private Node preNormed(Node x, int layer, Node tokens) {
            String prefix = "blocks." + layer + ".";
            Node normed = norm(x, prefix + "ln1");
            Node y = g.add(x, attention(convolved(normed, prefix + "conv1"), layer, tokens));
            Node second = switch (config.variations().residual()) {
                case SEQUENTIAL -> norm(y, prefix + "ln2");
                case PARALLEL -> norm(x, prefix + "ln2");
                case PARALLEL_ONE_NORM -> normed;
            };
            return g.add(y, mlp(convolved(second, prefix + "conv2"), prefix + "mlp."));
        }

        private Node convolved(Node x, String name) {
            int size = config.refinements().convolutionSize();
            return size == 0 ? x : g.causalConv(x, weights.convolution(name + ".weight", size, width));
        }

        private Node attention(Node x, int layer, Node tokens) {
            AttentionConfig attention = config.attention();
            String prefix = "blocks." + layer + ".attn.";
            boolean values = config.refinements().valueEmbeddings().contains(layer);
            Node packed = queriesKeysValues(x, prefix, values ? tokens : null);
            int heads = attention.heads() + attention.keyValueHeads();
            if (config.refinements().queryKeyNorm()) {
                packed = headNorm(packed, heads);
            }
            if (config.positions(layer) instanceof Positions.Rotary rotary) {
                packed = g.rotary(
                        packed,
                        new Attributes.Rotary(
                                config.headSize(),
                                heads,
                                frequencies(rotary),
                                rotary.scaling().factor(),
                                rotary.interleaved(),
                                false));
            }
            Node mixed = g.attention(
                    packed,
                    new Attributes.Attention(
                            attention.heads(),
                            attention.keyValueHeads(),
                            scale(layer),
                            config.window(layer),
                            config.variations().attentionCap()));
            return g.dropout(
                    weights.residual(
                            mixed, prefix + "proj", width, config.biases().attentionOutput()),
                    config.dropout());
        }

        /** One list for all layers, since a head may have thousands of features. */
        private List<Double> frequencies(Positions.Rotary rotary) {
            return frequencies.computeIfAbsent(
                    rotary,
                    missing -> List.copyOf(missing.scaling()
                            .frequencies(
                                    missing.theta(),
                                    missing.turned(config.headSize()),
                                    config.size().contextLength())));
        }

        private Node headNorm(Node x, int heads) {
            return g.headNorm(
                    x,
                    new Attributes.HeadNorm(
                            config.headSize(), heads, config.norm().epsilon()));
        }

        private Node queriesKeysValues(Node x, String prefix, @Nullable Node tokens) {
            boolean bias = config.biases().queryKeyValue();
            int heads = config.attention().heads();
            int sharedHeads = config.attention().keyValueHeads();
            int own = heads * config.headSize();
            int shared = sharedHeads * config.headSize();
            if (config.attention().fused()) {
                return weights.linear(x, prefix + "qkv", own + 2 * shared, bias);
            }
            Node queries = normed(weights.linear(x, prefix + "q", own, bias), heads, prefix + "q_norm.weight");
            Node keys = normed(weights.linear(x, prefix + "k", shared, bias), sharedHeads, prefix + "k_norm.weight");
            Node values = weights.linear(x, prefix + "v", shared, bias);
            if (tokens != null) {
                Node table = weights.table(prefix + "value_emb.weight", config.vocabularySize(), shared);
                Node scale = weights.number(prefix + "value_scale", 0.5f);
                values = g.add(values, g.scale(g.embedding(tokens, table), scale));
            }
            return g.concat(queries, keys, values);
        }

        /** Queries or keys with their norm, if the model has one. */
        private Node normed(Node x, int heads, String name) {
            return switch (config.variations().queryKeyNorm()) {
                case NONE -> x;
                case HEADS -> g.scale(headNorm(x, heads), weights.ones(name, config.headSize()));
                case ALL ->
                    g.rmsNorm(
                            x,
                            weights.ones(name, x.shape().features()),
                            config.norm().epsilon());
            };
        }

        private float scale(int layer) {
            AttentionScale scale = config.attention().scale();
            float factor = switch (scale.kind()) {
                case BY_HEAD_SIZE -> (float) (1 / Math.sqrt(config.headSize()));
                case BY_EMBEDDING_SIZE -> (float) (1 / Math.sqrt(width));
                case FIXED -> ((AttentionScale.Fixed) scale).factor();
            };
            return config.variations().scaledByLayer() ? factor / (layer + 1) : factor;
        }

        private Node mlp(Node x, String prefix) {
            boolean bias = config.biases().mlp();
            int hiddenSize = config.mlp().hiddenSize();
            Activation activation = config.mlp().activation();
            Node hidden = weights.linear(x, prefix + "fc", hiddenSize, bias);
            Node active = activation.isGated()
                    ? g.multiply(activated(weights.linear(x, prefix + "gate", hiddenSize, bias)), hidden)
                    : activated(hidden);
            return g.dropout(weights.residual(active, prefix + "proj", width, bias), config.dropout());
        }

        /** The activation of an MLP, or of its gate. */
        private Node activated(Node x) {
            return switch (config.mlp().activation()) {
                case GELU, GEGLU -> g.gelu(x);
                case GELU_TANH, GEGLU_TANH -> g.geluTanh(x);
                case GELU_QUICK -> g.scale(g.silu(g.scale(x, QUICK)), 1 / QUICK);
                case RELU -> g.relu(x);
                case RELU_SQUARED -> g.reluSquared(x);
                // max(x, 0) - 0.01 max(-x, 0)
                case LEAKY_RELU -> g.add(g.relu(x), g.scale(g.relu(g.scale(x, -1)), -LEAK));
                case SILU, SWIGLU -> g.silu(x);
                case TANH -> g.softCap(x, 1);
                case IDENTITY -> x;
            };
        }

        private Node norm(Node x, String name) {
            float epsilon = config.norm().epsilon();
            return switch (config.norm().kind()) {
                case LAYER ->
                    g.layerNorm(
                            x, weights.ones(name + ".weight", width), weights.zeros(name + ".bias", width), epsilon);
                case LAYER_UNBIASED -> g.layerNorm(x, weights.ones(name + ".weight", width), epsilon);
                case RMS -> g.rmsNorm(x, weights.ones(name + ".weight", width), epsilon);
                case RMS_UNWEIGHTED -> g.rmsNorm(x, epsilon);
                case NONE -> x;
            };
        }
    }
}
