package io.nanogpt.graph;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Builder of a {@link Graph}. Every operation validates its inputs and returns the new node. Not thread-safe.
 *
 * <pre>{@code
 * GraphBuilder g = new GraphBuilder();
 * Node table = g.parameter("tok_emb.weight", Shape.of(65, 32), new Initializer.Normal(0.02f));
 * Node x = g.embedding(g.input("tokens"), table);
 * Graph graph = g.output("logits", g.linear(x, head)).build();
 * }</pre>
 */
public final class GraphBuilder {
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Integer> outputs = new LinkedHashMap<>();
    private final Set<String> names = new HashSet<>();
    private int dropouts;

    /** Creates a builder of an empty graph. */
    public GraphBuilder() {}

    /** Returns a builder that extends a graph: its nodes keep their ids, its outputs their names. */
    public static GraphBuilder extend(Graph graph) {
        GraphBuilder builder = new GraphBuilder();
        builder.nodes.addAll(graph.nodes());
        builder.outputs.putAll(graph.outputs());
        for (Node node : graph.nodes()) {
            builder.names.add(node.name());
            builder.dropouts += node.type() == OpType.DROPOUT ? 1 : 0;
        }
        return builder;
    }

    /** Adds an input of token ids, {@code (batch, sequence)}. */
    public Node input(String name) {
        return add(OpType.INPUT, Attributes.NONE, name);
    }

    /** Adds a parameter. */
    public Node parameter(String name, Shape shape, Initializer initializer) {
        return add(OpType.PARAMETER, new Attributes.Parameter(new ParameterSpec(name, shape, initializer)), name);
    }

    /** Looks up rows of {@code table (V, D)}. */
    public Node embedding(Node ids, Node table) {
        return embedding(ids, table, 0, -1);
    }

    /**
     * Looks up rows of {@code table (V, D)} for the tokens {@code shift} positions before.
     *
     * @param padding the token id before the start of a sequence; negative for rows of zeros there
     */
    public Node embedding(Node ids, Node table, int shift, int padding) {
        Signature.check(OpType.EMBEDDING, List.of(ids, table));
        return add(
                OpType.EMBEDDING,
                new Attributes.Embedding(table.shape().size(0), shift, padding),
                table.name() + ":rows",
                ids,
                table);
    }

    /**
     * Looks up the rows of {@code table (rows, D)} for the n-grams that end with each token, by a hash
     * ({@link Attributes.Embedding}). Token id 0 stands before the start of a sequence.
     *
     * @param order tokens of an n-gram, from 2 to 8
     * @param vocabularySize number of token ids
     */
    public Node ngramEmbedding(Node ids, Node table, int order, int vocabularySize) {
        Signature.check(OpType.EMBEDDING, List.of(ids, table));
        if (order < 2) {
            throw new IllegalArgumentException("an n-gram has at least 2 tokens, but the order is " + order);
        }
        return add(
                OpType.EMBEDDING,
                new Attributes.Embedding(
                        vocabularySize, 0, 0, order, table.shape().size(0)),
                table.name() + ":rows",
                ids,
                table);
    }

    /**
     * Applies a linear layer to the concatenated one-hot vectors of the last {@code window} tokens, oldest first.
     *
     * @param weight {@code (N, window V)}
     * @param bias {@code (N)}
     * @param padding the token id before the start of a sequence; negative for zeros
     */
    public Node oneHotLinear(Node ids, Node weight, Node bias, int window, int padding) {
        Signature.check(OpType.ONE_HOT_LINEAR, List.of(ids, weight, bias));
        if (window < 1 || weight.shape().features() % window != 0) {
            throw new IllegalArgumentException(weight.name() + " has "
                    + weight.shape().features() + " columns, which is not a multiple of the window " + window);
        }
        int vocabulary = weight.shape().features() / window;
        return add(
                OpType.ONE_HOT_LINEAR,
                new Attributes.OneHot(window, vocabulary, padding),
                weight.name() + ":one-hot",
                ids,
                weight,
                bias);
    }

    /** Adds learned positions, {@code table (context, D)}. */
    public Node addPositions(Node x, Node table) {
        return add(OpType.ADD_POSITIONS, table.attributes(), table.name() + ":add", x, table);
    }

    /** Adds the sinusoids of Vaswani et al. 2017. */
    public Node addSinusoids(Node x) {
        return add(OpType.ADD_SINUSOIDS, Attributes.NONE, "sinusoids", x);
    }

    /** Computes {@code x W^T}. */
    public Node linear(Node x, Node weight) {
        return add(OpType.LINEAR, Attributes.NONE, weight.name() + ":linear", x, weight);
    }

    /** Computes {@code x W^T + b}. */
    public Node linear(Node x, Node weight, Node bias) {
        return add(OpType.LINEAR, Attributes.NONE, weight.name() + ":linear", x, weight, bias);
    }

    /** Adds two tensors of one shape. */
    public Node add(Node a, Node b) {
        return add(OpType.ADD, Attributes.NONE, "add", a, b);
    }

    /** Multiplies two tensors of one shape element-wise. */
    public Node multiply(Node a, Node b) {
        return add(OpType.MULTIPLY, Attributes.NONE, "multiply", a, b);
    }

    /** Concatenates activations along the features. */
    public Node concat(Node... parts) {
        return add(OpType.CONCAT, Attributes.NONE, "concat", parts);
    }

    /** Applies layer normalisation over the features. */
    public Node layerNorm(Node x, Node weight, Node bias, float epsilon) {
        return add(OpType.LAYER_NORM, new Attributes.Norm(epsilon), weight.name() + ":norm", x, weight, bias);
    }

    /** Applies layer normalisation over the features, with a weight and no bias. */
    public Node layerNorm(Node x, Node weight, float epsilon) {
        return add(OpType.LAYER_NORM, new Attributes.Norm(epsilon), weight.name() + ":norm", x, weight);
    }

    /** Divides by the root mean square over the features and multiplies by the weight. */
    public Node rmsNorm(Node x, Node weight, float epsilon) {
        return add(OpType.RMS_NORM, new Attributes.Norm(epsilon), weight.name() + ":norm", x, weight);
    }

    /** Divides by the root mean square over the features. */
    public Node rmsNorm(Node x, float epsilon) {
        return add(OpType.RMS_NORM, new Attributes.Norm(epsilon), "rms-norm", x);
    }

    /** Divides the features of each of the first heads by their root mean square. */
    public Node headNorm(Node x, Attributes.HeadNorm norm) {
        return add(OpType.HEAD_NORM, norm, "head-norm", x);
    }

    /** Multiplies by trained numbers, {@code factor (n)}, which repeat over the features of {@code x}; n divides them. */
    public Node scale(Node x, Node factor) {
        return add(OpType.SCALE, factor.attributes(), factor.name() + ":scale", x, factor);
    }

    /** Multiplies by a fixed number. */
    public Node scale(Node x, float factor) {
        return add(OpType.CONSTANT_SCALE, new Attributes.Constant(factor), "constant-scale", x);
    }

    /** Adds a causal depthwise convolution of the input to it; {@code weight (K, D)}. */
    public Node causalConv(Node x, Node weight) {
        Signature.check(OpType.CAUSAL_CONV, List.of(x, weight));
        return add(
                OpType.CAUSAL_CONV,
                new Attributes.Convolution(weight.shape().size(0)),
                weight.name() + ":conv",
                x,
                weight);
    }

    /** Computes {@code cap tanh(x / cap)}. */
    public Node softCap(Node x, float cap) {
        return add(OpType.SOFT_CAP, new Attributes.SoftCap(cap), "soft-cap", x);
    }

    /** Applies exact GELU. */
    public Node gelu(Node x) {
        return add(OpType.GELU, Attributes.NONE, "gelu", x);
    }

    /** Computes {@code max(x, 0)}. */
    public Node relu(Node x) {
        return add(OpType.RELU, Attributes.NONE, "relu", x);
    }

    /** Computes {@code max(x, 0)^2}. */
    public Node reluSquared(Node x) {
        return add(OpType.RELU_SQUARED, Attributes.NONE, "relu-squared", x);
    }

    /** Applies GELU in its tanh approximation. */
    public Node geluTanh(Node x) {
        return add(OpType.GELU_TANH, Attributes.NONE, "gelu-tanh", x);
    }

    /** Computes {@code x / (1 + exp(-x))}. */
    public Node silu(Node x) {
        return add(OpType.SILU, Attributes.NONE, "silu", x);
    }

    /** Applies rotary positions. */
    public Node rotary(Node x, Attributes.Rotary rotary) {
        return add(OpType.ROTARY, rotary, "rotary", x);
    }

    /** Applies causal self-attention to packed {@code (q, k, v)}; {@code scale} is the factor of the dot products. */
    public Node attention(Node queriesKeysValues, int heads, float scale) {
        return attention(queriesKeysValues, new Attributes.Attention(heads, heads, scale, 0));
    }

    /** Applies causal self-attention to packed {@code (q, k, v)}; heads may share keys and values. */
    public Node attention(Node queriesKeysValues, Attributes.Attention attention) {
        return add(OpType.ATTENTION, attention, "attention", queriesKeysValues);
    }

    /** Applies an LSTM layer; {@code gates (B, T, 4 D)} is the contribution of the input to the gates. */
    public Node lstm(Node gates, Node weight, Node bias) {
        return add(OpType.LSTM, Attributes.NONE, weight.name() + ":lstm", gates, weight, bias);
    }

    /** Applies a depthwise convolution to concatenated rows, oldest first. */
    public Node depthwiseConv(Node rows, Node weight, Node bias) {
        return add(OpType.DEPTHWISE_CONV, Attributes.NONE, weight.name() + ":conv", rows, weight, bias);
    }

    /** Applies dropout with its own mask; returns {@code x} if {@code rate} is zero. */
    public Node dropout(Node x, float rate) {
        if (rate == 0) {
            return x;
        }
        Attributes.Dropout dropout = new Attributes.Dropout(rate, dropouts);
        Node node = add(OpType.DROPOUT, dropout, "dropout", x);
        dropouts++;
        return node;
    }

    /** Computes the mean cross entropy, a scalar. */
    public Node crossEntropy(Node logits, Node targets) {
        return add(OpType.CROSS_ENTROPY, Attributes.NONE, "cross-entropy", logits, targets);
    }

    /**
     * Adds an operation of any type.
     *
     * @throws IllegalArgumentException if number, kinds or shapes of the inputs or the attributes do not match the
     *     operation, if an input belongs to another graph, or if the name of an input or parameter is taken
     */
    public Node add(OpType type, Attributes attributes, String name, Node... inputs) {
        List<Integer> ids = new ArrayList<>(inputs.length);
        List<Shape> shapes = new ArrayList<>(inputs.length);
        for (Node input : inputs) {
            if (input.id() >= nodes.size() || !nodes.get(input.id()).equals(input)) {
                throw new IllegalArgumentException(input.name() + " belongs to another graph");
            }
            ids.add(input.id());
            shapes.add(input.shape());
        }
        Signature.check(type, attributes, List.of(inputs));
        boolean named = type == OpType.INPUT || type == OpType.PARAMETER;
        if (named && names.contains(name)) {
            throw new IllegalArgumentException(
                    "the name " + name + " is taken; inputs and parameters need names of their own");
        }
        String unique = names.add(name) ? name : name + "#" + nodes.size();
        Node node = new Node(nodes.size(), type, ids, attributes, ShapeRules.infer(type, attributes, shapes), unique);
        nodes.add(node);
        return node;
    }

    /** Names an output. */
    public GraphBuilder output(String name, Node node) {
        outputs.put(name, node.id());
        return this;
    }

    /** Returns the graph built so far. */
    public Graph build() {
        return new Graph(nodes, outputs);
    }
}
