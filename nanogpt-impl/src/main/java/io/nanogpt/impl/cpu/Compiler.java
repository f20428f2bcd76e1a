package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.graph.Gradients;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a graph into a {@link Plan}: decides which sums are fused into the operation before them, gives every tensor a
 * place in the arena for as long as it lives, and splits the work into what runs slice by slice and the gradients of
 * parameters, which are summed over slices afterwards.
 */
final class Compiler {
    private static final int ABSENT = -1;

    private final Graph graph;
    private final CpuParameters parameters;
    /** Rows that a slice holds at most. */
    private final int rows;
    /** Rows of the whole batch. */
    private final int totalRows;
    /** Tokens of a sequence, or for decoding the capacity of the cache. */
    private final int length;

    private final boolean decoding;
    private final List<String> inputs = new ArrayList<>();
    private final List<Operation> operations = new ArrayList<>();
    private final List<List<WeightTask>> weightRounds = new ArrayList<>();
    private final Map<Integer, Integer> places = new HashMap<>();
    private final Map<Integer, Integer> addends = new HashMap<>();
    private final Map<Integer, Integer> target = new HashMap<>();
    private final Set<Integer> derivativesKept = new HashSet<>();
    private final int[] lastUse;
    private final Arena arena = new Arena();
    private int scratch;
    private int zeros;

    private Compiler(
            Graph graph,
            CpuParameters parameters,
            int panelWidth,
            int rows,
            int totalRows,
            int length,
            boolean decoding) {
        this.graph = graph;
        this.parameters = parameters;
        this.rows = rows;
        this.totalRows = totalRows;
        this.length = length;
        this.decoding = decoding;
        this.lastUse = new int[graph.nodes().size()];
        this.scratch = WeightTasks.scratch(panelWidth);
        this.zeros = Math.max(panelWidth, length);
    }

    /** For slices of whole sequences. */
    static Plan batch(Graph graph, CpuParameters parameters, int panelWidth, int sliceRows, int totalRows, int length) {
        return new Compiler(graph, parameters, panelWidth, sliceRows, totalRows, length, false).compile();
    }

    /** For one sequence that grows up to {@code capacity} tokens. */
    static Plan decoder(Graph graph, CpuParameters parameters, int panelWidth, int capacity) {
        return new Compiler(graph, parameters, panelWidth, capacity, capacity, capacity, true).compile();
    }

    private Plan compile() {
        Map<Integer, List<Node>> readers = readers();
        fuseSums(readers);
        keepDerivatives(readers);
        measureLives();
        for (Node node : graph.nodes()) {
            if (node.type() == OpType.INPUT) {
                inputs.add(node.name());
            }
        }
        for (Node node : graph.nodes()) {
            Integer sum = target.get(node.id());
            if (sum == null && !isParameterGradientSum(node)) {
                // An addition that was fused runs as the operation that it swallowed, at its own place in the order.
                emit(swallowedBy(node), node);
            }
            release(node.id());
        }
        Map<String, Plan.Output> outputs = new HashMap<>();
        graph.outputs().forEach((name, id) -> {
            Integer place = places.get(id);
            if (place != null && graph.node(id).shape().rank() == 3) {
                outputs.put(name, new Plan.Output(place, width(graph.node(id))));
            }
        });
        return new Plan(inputs, operations, weightRounds, outputs, arena.size(), scratch, zeros);
    }

    private Map<Integer, List<Node>> readers() {
        Map<Integer, List<Node>> readers = new HashMap<>();
        for (Node node : graph.nodes()) {
            for (int input : node.inputs()) {
                readers.computeIfAbsent(input, id -> new ArrayList<>()).add(node);
            }
        }
        return readers;
    }

    /** {@code a + f(b)} is computed by f on top of a, where f can and nobody else reads what f gives. */
    private void fuseSums(Map<Integer, List<Node>> readers) {
        for (Node node : graph.nodes()) {
            if (node.type() != OpType.ADD || node.shape().rank() != 3 || node.input(0) == node.input(1)) {
                continue;
            }
            int later = Math.max(node.input(0), node.input(1));
            Node inner = graph.node(later);
            boolean fusable = inner.type() == OpType.LINEAR
                    || inner.type() == OpType.LINEAR_INPUT_GRAD
                    || inner.type() == OpType.LAYER_NORM_INPUT_GRAD;
            if (fusable
                    && readers.getOrDefault(later, List.of()).size() == 1
                    && !graph.outputs().containsValue(later)) {
                target.put(later, node.id());
                addends.put(node.id(), Math.min(node.input(0), node.input(1)));
            }
        }
    }

    /** The derivative of GELU replaces its input, where only its gradient would read that input again. */
    private void keepDerivatives(Map<Integer, List<Node>> readers) {
        for (Node node : graph.nodes()) {
            if (node.type() == OpType.GELU) {
                List<Node> of = readers.getOrDefault(node.input(0), List.of());
                boolean pair = of.size() == 2 && of.stream().anyMatch(reader -> reader.type() == OpType.GELU_GRAD);
                if (pair && !graph.outputs().containsValue(node.input(0))) {
                    derivativesKept.add(node.input(0));
                }
            }
        }
    }

    private void measureLives() {
        Arrays.fill(lastUse, -1);
        for (Node node : graph.nodes()) {
            int at = target.getOrDefault(node.id(), node.id());
            for (int input : node.inputs()) {
                lastUse[input] = Math.max(lastUse[input], readsAfterSlices(node) ? Integer.MAX_VALUE : at);
            }
        }
        for (int output : graph.outputs().values()) {
            lastUse[output] = Integer.MAX_VALUE;
        }
    }

    private static boolean readsAfterSlices(Node node) {
        return switch (node.type()) {
            case LINEAR_WEIGHT_GRAD, EMBEDDING_GRAD, ADD_POSITIONS_GRAD -> true;
            case SUM_ROWS,
                    LAYER_NORM_WEIGHT_GRAD,
                    INPUT,
                    PARAMETER,
                    EMBEDDING,
                    ADD_POSITIONS,
                    LINEAR,
                    ADD,
                    LAYER_NORM,
                    GELU,
                    RELU,
                    ATTENTION,
                    DROPOUT,
                    CROSS_ENTROPY,
                    LINEAR_INPUT_GRAD,
                    LAYER_NORM_INPUT_GRAD,
                    GELU_GRAD,
                    RELU_GRAD,
                    ATTENTION_GRAD,
                    CROSS_ENTROPY_GRAD -> false;
        };
    }

    /** Frees the place of every tensor whose last reader was the node that has just been emitted. */
    private void release(int id) {
        for (Map.Entry<Integer, Integer> place : List.copyOf(places.entrySet())) {
            if (lastUse[place.getKey()] == id) {
                arena.release(place.getValue(), rows * width(graph.node(place.getKey())));
                places.remove(place.getKey());
            }
        }
    }

    private Node swallowedBy(Node node) {
        if (!addends.containsKey(node.id())) {
            return node;
        }
        return graph.node(Math.max(node.input(0), node.input(1)));
    }

    /** An addition of gradients of one parameter: its terms are written to the same place, one after another. */
    private static boolean isParameterGradientSum(Node node) {
        return node.type() == OpType.ADD && node.shape().isFixed();
    }

    /** Emits {@code node}; its result goes to the place of {@code to}, which differs where a sum was fused. */
    private void emit(Node node, Node to) {
        Integer addend = addends.get(to.id());
        int plus = addend == null ? ABSENT : place(addend);
        switch (node.type()) {
            case INPUT, PARAMETER -> {}
            case EMBEDDING ->
                operations.add(new RowOperations.Embedding(
                        inputs.indexOf(input(node, 0).name()),
                        parameters.values(),
                        offset(node, 1),
                        input(node, 1).shape().size(0),
                        allocate(to),
                        width(node)));
            case ADD_POSITIONS -> {
                int positions = input(node, 1).shape().size(0);
                if (length > positions) {
                    throw new IllegalArgumentException("sequences of " + length + " tokens are longer than the "
                            + positions + " positions of " + input(node, 1).name());
                }
                operations.add(new RowOperations.AddPositions(
                        place(node.input(0)), parameters.values(), offset(node, 1), allocate(to), width(node)));
            }
            case LINEAR ->
                operations.add(new RowOperations.Linear(
                        place(node.input(0)),
                        width(input(node, 0)),
                        parameters.pack(input(node, 1).name(), false).forward(),
                        parameters.values(),
                        node.inputs().size() == 3 ? offset(node, 2) : ABSENT,
                        plus,
                        allocate(to),
                        width(node),
                        decoding && graph.outputs().containsValue(to.id())));
            case LINEAR_INPUT_GRAD ->
                operations.add(new RowOperations.Linear(
                        place(node.input(0)),
                        width(input(node, 0)),
                        parameters.pack(input(node, 1).name(), true).transposed(),
                        parameters.values(),
                        ABSENT,
                        plus,
                        allocate(to),
                        width(node),
                        false));
            case ADD ->
                operations.add(
                        new RowOperations.Add(place(node.input(0)), place(node.input(1)), allocate(to), width(node)));
            case LAYER_NORM ->
                operations.add(new RowOperations.LayerNorm(
                        place(node.input(0)),
                        parameters.values(),
                        offset(node, 1),
                        offset(node, 2),
                        epsilon(node),
                        allocate(to),
                        width(node)));
            case LAYER_NORM_INPUT_GRAD ->
                operations.add(new RowOperations.LayerNormInputGradient(
                        place(node.input(0)),
                        place(node.input(1)),
                        parameters.values(),
                        offset(node, 2),
                        epsilon(node),
                        plus,
                        allocate(to),
                        width(node)));
            case GELU ->
                operations.add(new RowOperations.Gelu(
                        place(node.input(0)), allocate(to), width(node), derivativesKept.contains(node.input(0))));
            case GELU_GRAD -> {
                scratch = Math.max(scratch, 2 * width(node));
                operations.add(new RowOperations.GeluGradient(
                        place(node.input(0)),
                        place(node.input(1)),
                        allocate(to),
                        width(node),
                        derivativesKept.contains(node.input(1))));
            }
            case RELU -> operations.add(new RowOperations.Relu(place(node.input(0)), allocate(to), width(node)));
            case RELU_GRAD ->
                operations.add(new RowOperations.ReluGradient(
                        place(node.input(0)), place(node.input(1)), allocate(to), width(node)));
            case ATTENTION -> emitAttention(node, to);
            case ATTENTION_GRAD -> {
                Attention attention = attention(node, width(node) / 3);
                scratch = Math.max(scratch, attention.backwardScratch(length));
                operations.add(attention.backward(
                        place(node.input(0)), place(node.input(1)), place(node.input(2)), allocate(to)));
            }
            case DROPOUT ->
                operations.add(new RowOperations.Dropout(
                        place(node.input(0)), (Attributes.Dropout) node.attributes(), allocate(to), width(node)));
            case CROSS_ENTROPY -> {
                int vocabulary = width(input(node, 0));
                int probabilities = arena.allocate(vocabulary);
                operations.add(new RowOperations.CrossEntropy(
                        place(node.input(0)), inputs.indexOf(input(node, 1).name()), probabilities, vocabulary));
                arena.release(probabilities, vocabulary);
            }
            case CROSS_ENTROPY_GRAD ->
                operations.add(new RowOperations.CrossEntropyGradient(
                        place(node.input(0)),
                        inputs.indexOf(input(node, 1).name()),
                        totalRows,
                        allocate(to),
                        width(node)));
            case EMBEDDING_GRAD, ADD_POSITIONS_GRAD, LINEAR_WEIGHT_GRAD, SUM_ROWS, LAYER_NORM_WEIGHT_GRAD ->
                emitWeightGradient(node);
        }
    }

    private void emitAttention(Node node, Node to) {
        Attention attention = attention(node, width(node));
        scratch = Math.max(scratch, attention.forwardScratch(length));
        int packed = place(node.input(0));
        operations.add(
                decoding ? attention.cached(packed, allocate(to), length) : attention.forward(packed, allocate(to)));
    }

    private void emitWeightGradient(Node node) {
        int round = round(node);
        boolean first = round == 0;
        while (weightRounds.size() <= round) {
            weightRounds.add(new ArrayList<>());
        }
        List<WeightTask> tasks = weightRounds.get(round);
        float[] gradients = parameters.gradients();
        int offset = parameters.offset(parameterOf(node));
        switch (node.type()) {
            case LINEAR_WEIGHT_GRAD ->
                tasks.addAll(WeightTasks.matrix(
                        place(node.input(0)),
                        place(node.input(1)),
                        width(input(node, 0)),
                        width(input(node, 1)),
                        gradients,
                        offset,
                        first));
            case EMBEDDING_GRAD ->
                tasks.add(new WeightTasks.Embedding(
                        inputs.indexOf(input(node, 0).name()),
                        place(node.input(1)),
                        width(node),
                        node.shape().size(0),
                        gradients,
                        offset,
                        first));
            case ADD_POSITIONS_GRAD ->
                tasks.add(new WeightTasks.Positions(
                        place(node.input(0)), width(node), node.shape().size(0), gradients, offset, first));
            case SUM_ROWS -> {
                int part = arena.allocate(width(node));
                operations.add(new RowOperations.SumRows(place(node.input(0)), part, width(node)));
                tasks.add(new WeightTasks.Parts(part, width(node), gradients, offset, first));
            }
            case LAYER_NORM_WEIGHT_GRAD -> {
                int part = arena.allocate(width(node));
                operations.add(new RowOperations.LayerNormWeightGradient(
                        place(node.input(0)), place(node.input(1)), epsilon(node), part, width(node)));
                tasks.add(new WeightTasks.Parts(part, width(node), gradients, offset, first));
            }
            default -> throw new IllegalStateException(node.type() + " is not the gradient of a parameter");
        }
    }

    /** The parameter whose gradient a node is a term of. */
    private String parameterOf(Node node) {
        Node sum = sumOf(node);
        for (Map.Entry<String, Integer> output : graph.outputs().entrySet()) {
            if (output.getValue() == sum.id() && Gradients.isGradient(output.getKey())) {
                return output.getKey().substring(Gradients.output("").length());
            }
        }
        throw new IllegalArgumentException(node.name() + " is the gradient of no parameter of the graph's outputs");
    }

    /** How many terms of the same gradient come before this one. */
    private int round(Node node) {
        int root = sumOf(node).id();
        int before = 0;
        for (Node other : graph.nodes()) {
            if (other.id() < node.id()
                    && other.shape().isFixed()
                    && other.type() != OpType.ADD
                    && other.type() != OpType.PARAMETER
                    && other.shape().rank() > 0
                    && sumOf(other).id() == root) {
                before++;
            }
        }
        return before;
    }

    private Node sumOf(Node node) {
        Node sum = node;
        for (Node other : graph.nodes()) {
            if (isParameterGradientSum(other) && other.inputs().contains(sum.id())) {
                sum = other;
            }
        }
        return sum;
    }

    private Attention attention(Node node, int width) {
        Attributes.Attention attributes = (Attributes.Attention) node.attributes();
        return new Attention(attributes.heads(), width, attributes.scale());
    }

    private static float epsilon(Node node) {
        return ((Attributes.LayerNorm) node.attributes()).epsilon();
    }

    private Node input(Node node, int index) {
        return graph.node(node.input(index));
    }

    private int offset(Node node, int index) {
        ParameterSpec spec = ((Attributes.Parameter) input(node, index).attributes()).spec();
        return parameters.offset(spec.name());
    }

    private int width(Node node) {
        int width = node.shape().features();
        zeros = Math.max(zeros, width);
        return width;
    }

    private int allocate(Node node) {
        int place = arena.allocate(Math.multiplyExact(rows, width(node)));
        places.put(node.id(), place);
        return place;
    }

    private int place(int id) {
        @Nullable Integer place = places.get(id);
        if (place == null) {
            throw new IllegalStateException(graph.node(id).name() + " has no place in memory");
        }
        return place;
    }
}
