package io.nanogpt.graph;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Builds a {@link Graph} node by node; every method checks its inputs and returns the new node. Not for use by several
 * threads at once.
 *
 * <pre>{@code
 * GraphBuilder g = new GraphBuilder();
 * Node x = g.embedding(g.input("tokens"), g.parameter("tok_emb.weight", Shape.of(65, 32), new Initializer.Normal(0.02f)));
 * Graph graph = g.output("logits", g.linear(x, head)).build();
 * }</pre>
 */
public final class GraphBuilder {
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Integer> outputs = new LinkedHashMap<>();
    private final Set<String> names = new HashSet<>();
    private int dropouts;

    /** An empty graph. */
    public GraphBuilder() {}

    /** Continues an existing graph: its nodes keep their ids, its outputs their names. */
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

    /** Token ids given at run time, {@code (batch, sequence)}. */
    public Node input(String name) {
        return add(OpType.INPUT, Attributes.NONE, name);
    }

    /** A trained array. */
    public Node parameter(String name, Shape shape, Initializer initializer) {
        return add(OpType.PARAMETER, new Attributes.Parameter(new ParameterSpec(name, shape, initializer)), name);
    }

    /** Rows of {@code table (V, D)}. */
    public Node embedding(Node ids, Node table) {
        return embedding(ids, table, 0, -1);
    }

    /**
     * Rows of {@code table (V, D)} for the tokens {@code shift} places before.
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
     * A linear layer of the last {@code window} tokens as one-hot vectors side by side, oldest first.
     *
     * @param weight {@code (N, window V)}
     * @param bias {@code (N)}
     * @param padding the token id before the start of a sequence; negative where nothing stands there
     */
    public Node oneHotLinear(Node ids, Node weight, Node bias, int window, int padding) {
        Signature.check(OpType.ONE_HOT_LINEAR, List.of(ids, weight, bias));
        if (window < 1 || weight.shape().features() % window != 0) {
            throw new IllegalArgumentException("the " + weight.shape().features() + " columns of " + weight.name()
                    + " are not those of " + window + " one-hot vectors");
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

    /** {@code x W^T}. */
    public Node linear(Node x, Node weight) {
        return add(OpType.LINEAR, Attributes.NONE, weight.name() + ":linear", x, weight);
    }

    /** {@code x W^T + b}. */
    public Node linear(Node x, Node weight, Node bias) {
        return add(OpType.LINEAR, Attributes.NONE, weight.name() + ":linear", x, weight, bias);
    }

    /** The sum of two tensors of one shape. */
    public Node add(Node a, Node b) {
        return add(OpType.ADD, Attributes.NONE, "add", a, b);
    }

    /** The product, element by element, of two tensors of one shape. */
    public Node multiply(Node a, Node b) {
        return add(OpType.MULTIPLY, Attributes.NONE, "multiply", a, b);
    }

    /** Activations side by side. */
    public Node concat(Node... parts) {
        return add(OpType.CONCAT, Attributes.NONE, "concat", parts);
    }

    /** Layer normalisation over the features. */
    public Node layerNorm(Node x, Node weight, Node bias, float epsilon) {
        return add(OpType.LAYER_NORM, new Attributes.Norm(epsilon), weight.name() + ":norm", x, weight, bias);
    }

    /** Division by the root of the mean of squares over the features, then times the weight. */
    public Node rmsNorm(Node x, Node weight, float epsilon) {
        return add(OpType.RMS_NORM, new Attributes.Norm(epsilon), weight.name() + ":norm", x, weight);
    }

    /** Exact GELU. */
    public Node gelu(Node x) {
        return add(OpType.GELU, Attributes.NONE, "gelu", x);
    }

    /** {@code max(x, 0)}. */
    public Node relu(Node x) {
        return add(OpType.RELU, Attributes.NONE, "relu", x);
    }

    /** GELU in its tanh form. */
    public Node geluTanh(Node x) {
        return add(OpType.GELU_TANH, Attributes.NONE, "gelu-tanh", x);
    }

    /** {@code x / (1 + exp(-x))}. */
    public Node silu(Node x) {
        return add(OpType.SILU, Attributes.NONE, "silu", x);
    }

    /** Rotary positions; {@code rotary} says which features turn, and how. */
    public Node rotary(Node x, Attributes.Rotary rotary) {
        return add(OpType.ROTARY, rotary, "rotary", x);
    }

    /** Causal self-attention on packed {@code (q, k, v)}; {@code scale} multiplies the dot products. */
    public Node attention(Node queriesKeysValues, int heads, float scale) {
        return attention(queriesKeysValues, new Attributes.Attention(heads, heads, scale, 0));
    }

    /** Causal self-attention on packed {@code (q, k, v)} with heads that may share keys and values. */
    public Node attention(Node queriesKeysValues, Attributes.Attention attention) {
        return add(OpType.ATTENTION, attention, "attention", queriesKeysValues);
    }

    /** A layer of long short-term memory; {@code gates (B, T, 4 D)} is the input's part of the gates. */
    public Node lstm(Node gates, Node weight, Node bias) {
        return add(OpType.LSTM, Attributes.NONE, weight.name() + ":lstm", gates, weight, bias);
    }

    /** A convolution for each feature by itself over rows that lie side by side, oldest first. */
    public Node depthwiseConv(Node rows, Node weight, Node bias) {
        return add(OpType.DEPTHWISE_CONV, Attributes.NONE, weight.name() + ":conv", rows, weight, bias);
    }

    /** Dropout with a mask of its own; {@code x} itself where {@code rate} is zero. */
    public Node dropout(Node x, float rate) {
        if (rate == 0) {
            return x;
        }
        Attributes.Dropout dropout = new Attributes.Dropout(rate, dropouts);
        Node node = add(OpType.DROPOUT, dropout, "dropout", x);
        dropouts++;
        return node;
    }

    /** Mean cross entropy, a scalar. */
    public Node crossEntropy(Node logits, Node targets) {
        return add(OpType.CROSS_ENTROPY, Attributes.NONE, "cross-entropy", logits, targets);
    }

    /**
     * Any operation; the methods above are shorter.
     *
     * @throws IllegalArgumentException if the operation reads another number or other kinds of inputs, other shapes or other
     *     attributes, if an input belongs to another graph, or if the name of an input or parameter is taken
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

    /** The graph built so far. */
    public Graph build() {
        return new Graph(nodes, outputs);
    }
}
