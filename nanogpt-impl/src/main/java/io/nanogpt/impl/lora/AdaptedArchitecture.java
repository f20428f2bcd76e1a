package io.nanogpt.impl.lora;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.model.Architecture;
import io.nanogpt.train.LoraConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An architecture whose parameters are frozen, with low-rank adapters beside some of its linear layers. */
public final class AdaptedArchitecture implements Architecture {
    private static final String WEIGHT = ".weight";

    private final Architecture base;
    private final LoraConfig config;
    private final Set<String> weights;
    private final Graph graph;

    /**
     * Adds adapters.
     *
     * @param weights the parameters of {@link #linearWeights} that have one
     */
    public AdaptedArchitecture(Architecture base, LoraConfig config, Set<String> weights) {
        this.base = base;
        this.config = config;
        this.weights = new LinkedHashSet<>(weights);
        this.graph = adapted();
    }

    /** The weights of all linear layers that do not share them with an embedding, in their order. */
    public static List<ParameterSpec> linearWeights(Architecture architecture) {
        Graph graph = architecture.graph();
        Set<Integer> read = new LinkedHashSet<>();
        for (Node node : graph.nodes()) {
            if (node.type() == OpType.LINEAR) {
                read.add(node.input(1));
            }
        }
        return graph.parameters().stream()
                .filter(spec -> spec.role() == ParameterSpec.Role.HIDDEN || spec.role() == ParameterSpec.Role.HEAD)
                .filter(spec ->
                        read.stream().anyMatch(id -> graph.node(id).name().equals(spec.name())))
                .toList();
    }

    /** The name of the adapter's first matrix, A {@code (rank, inputs)}, for a weight. */
    public static String first(String weight) {
        return module(weight) + ".lora_A.weight";
    }

    /** The name of the adapter's second matrix, B {@code (outputs, rank)}, for a weight. */
    public static String second(String weight) {
        return module(weight) + ".lora_B.weight";
    }

    /** The name of the layer that has a weight. */
    public static String module(String weight) {
        return weight.endsWith(WEIGHT) ? weight.substring(0, weight.length() - WEIGHT.length()) : weight;
    }

    /** The architecture without adapters. */
    public Architecture base() {
        return base;
    }

    /** The settings of the adapters. */
    public LoraConfig config() {
        return config;
    }

    /** The names of the weights that have adapters, in the order of the parameters. */
    public List<String> weights() {
        return base.graph().parameters().stream()
                .map(ParameterSpec::name)
                .filter(weights::contains)
                .toList();
    }

    @Override
    public String kind() {
        return base.kind();
    }

    @Override
    public int vocabularySize() {
        return base.vocabularySize();
    }

    @Override
    public int contextLength() {
        return base.contextLength();
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>(base.settings());
        settings.put("loraRank", config.rank());
        settings.put("loraAlpha", config.alpha());
        settings.put("loraDropout", config.dropout());
        settings.put("loraRankStabilized", config.rankStabilized());
        settings.put("loraTargets", config.targets().isEmpty() ? "all" : String.join(" ", config.targets()));
        return settings;
    }

    private Graph adapted() {
        GraphBuilder builder = new GraphBuilder();
        List<Node> copies = new ArrayList<>();
        // The masks of the base keep their numbers.
        int dropouts = (int) base.graph().nodes().stream()
                .filter(node -> node.type() == OpType.DROPOUT)
                .count();
        for (Node node : base.graph().nodes()) {
            Node[] inputs = node.inputs().stream().map(copies::get).toArray(Node[]::new);
            Node copy = builder.add(node.type(), frozen(node), node.name(), inputs);
            if (node.type() == OpType.LINEAR && weights.contains(inputs[1].name())) {
                copy = builder.add(copy, adapter(builder, inputs[0], inputs[1], dropouts++));
            }
            copies.add(copy);
        }
        base.graph().outputs().forEach((name, id) -> builder.output(name, copies.get(id)));
        return builder.build();
    }

    private static Attributes frozen(Node node) {
        return node.type() == OpType.PARAMETER
                ? new Attributes.Parameter(
                        ((Attributes.Parameter) node.attributes()).spec().asFrozen())
                : node.attributes();
    }

    /** The operations of {@code scale B A dropout(x)}. */
    private Node adapter(GraphBuilder builder, Node x, Node weight, int dropout) {
        int outputs = weight.shape().size(0);
        int inputs = weight.shape().size(1);
        Node kept = config.dropout() == 0
                ? x
                : builder.add(OpType.DROPOUT, new Attributes.Dropout((float) config.dropout(), dropout), "dropout", x);
        Node first =
                builder.parameter(first(weight.name()), Shape.of(config.rank(), inputs), new Initializer.Uniform((float)
                        (1 / Math.sqrt(inputs))));
        Node second =
                builder.parameter(second(weight.name()), Shape.of(outputs, config.rank()), new Initializer.Constant(0));
        return builder.scale(builder.linear(builder.linear(kept, first), second), (float) config.scale());
    }
}
