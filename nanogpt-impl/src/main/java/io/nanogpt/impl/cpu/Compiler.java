package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import io.nanogpt.graph.ParameterSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    /** Tokens of a sequence, or for decoding the capacity of the cache. */
    private final int length;

    private final int panelWidth;
    private final boolean decoding;
    private final List<String> inputs = new ArrayList<>();
    private final List<Operation> operations = new ArrayList<>();
    private final List<List<WeightGradientTask>> weightRounds = new ArrayList<>();
    private final Map<Integer, Integer> places = new HashMap<>();
    private final Fusion fusion;
    private final GradientTerms terms;
    private final Map<Integer, LstmState> states = new HashMap<>();
    private final Arena arena = new Arena();
    private int scratch;
    private int zeros;

    /** Where a layer of LSTM keeps what its gradient needs. */
    private record LstmState(int gates, int cells) {}

    private Compiler(Graph graph, CpuParameters parameters, int panelWidth, int rows, int length, boolean decoding) {
        this.graph = graph;
        this.parameters = parameters;
        this.rows = rows;
        this.length = length;
        this.decoding = decoding;
        this.fusion = new Fusion(graph);
        this.terms = new GradientTerms(graph);
        this.panelWidth = panelWidth;
        this.zeros = Math.max(panelWidth, length);
    }

    /** For slices of whole sequences. */
    static Plan batch(Graph graph, CpuParameters parameters, int panelWidth, int sliceRows, int length) {
        return new Compiler(graph, parameters, panelWidth, sliceRows, length, false).compile();
    }

    /** For one sequence that grows up to {@code capacity} tokens, at most {@code rows} at a time. */
    static Plan decoder(Graph graph, CpuParameters parameters, int panelWidth, int rows, int capacity) {
        return new Compiler(graph, parameters, panelWidth, rows, capacity, true).compile();
    }

    private Plan compile() {
        for (Node node : graph.nodes()) {
            if (node.type() == OpType.INPUT) {
                inputs.add(node.name());
            }
        }
        for (Node node : graph.nodes()) {
            if (!fusion.isFusedIntoConsumer(node.id())) {
                // An addition that was fused runs as the operation that it swallowed, at its own place in the order.
                lower(fusion.computes(node), node);
            }
            release(node.id());
        }
        weightRounds.forEach(tasks ->
                tasks.sort(Comparator.comparingLong(WeightGradientTask::work).reversed()));
        Map<String, Plan.Output> outputs = new HashMap<>();
        graph.outputs().forEach((name, id) -> {
            Integer place = places.get(id);
            if (place != null && graph.node(id).shape().rank() >= 3) {
                outputs.put(name, new Plan.Output(place, width(graph.node(id))));
            }
        });
        return new Plan(inputs, operations, weightRounds, outputs, arena.size(), scratch, zeros);
    }

    /** Frees the place of every tensor whose last reader was the node that has just been emitted. */
    private void release(int id) {
        for (Map.Entry<Integer, Integer> place : List.copyOf(places.entrySet())) {
            if (fusion.lastUse(place.getKey()) == id) {
                arena.release(place.getValue(), rows * width(graph.node(place.getKey())));
                places.remove(place.getKey());
            }
        }
    }

    /** Emits {@code node}; its result goes to the place of {@code to}, which differs where a sum was fused. */
    private void lower(Node node, Node to) {
        Integer addend = fusion.addend(to.id());
        int plus = addend == null ? ABSENT : offsetOf(addend);
        switch (node.type()) {
            // The terms of a gradient are added where they are computed.
            case INPUT, PARAMETER, GRADIENT_SUM -> {}
            case EMBEDDING ->
                operations.add(new TokenOperations.Embedding(
                        token(node, 0),
                        (Attributes.Embedding) node.attributes(),
                        parameters.values(),
                        offset(node, 1),
                        allocate(to),
                        width(node)));
            case ONE_HOT_LINEAR ->
                operations.add(new TokenOperations.OneHotLinear(
                        token(node, 0),
                        (Attributes.OneHot) node.attributes(),
                        parameters.values(),
                        offset(node, 1),
                        offset(node, 2),
                        allocate(to),
                        width(node)));
            case ADD_POSITIONS -> {
                int positions = input(node, 1).shape().size(0);
                if (length > positions) {
                    throw new IllegalArgumentException("sequences of " + length + " tokens are longer than the "
                            + positions + " positions of " + input(node, 1).name());
                }
                operations.add(new RowOperations.AddPositions(
                        offsetOf(node.input(0)), parameters.values(), offset(node, 1), allocate(to), width(node)));
            }
            case ADD_SINUSOIDS ->
                operations.add(new RowOperations.AddPositions(
                        offsetOf(node.input(0)),
                        PositionOperations.sinusoids(length, width(node)),
                        0,
                        allocate(to),
                        width(node)));
            case LINEAR ->
                operations.add(new RowOperations.Linear(
                        offsetOf(node.input(0)),
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
                        offsetOf(node.input(0)),
                        width(input(node, 0)),
                        parameters.pack(input(node, 1).name(), true).transposed(),
                        parameters.values(),
                        ABSENT,
                        plus,
                        allocate(to),
                        width(node),
                        false));
            case ADD ->
                operations.add(new RowOperations.Add(
                        offsetOf(node.input(0)), offsetOf(node.input(1)), allocate(to), width(node)));
            case MULTIPLY ->
                operations.add(new ActivationOperations.Multiply(
                        offsetOf(node.input(0)), offsetOf(node.input(1)), allocate(to), width(node)));
            case CONCAT -> emitConcat(node, to);
            case SLICE -> {
                Attributes.Slice part = (Attributes.Slice) node.attributes();
                operations.add(new ActivationOperations.CopyColumns(
                        part.size(),
                        offsetOf(node.input(0)) + part.from(),
                        width(input(node, 0)),
                        allocate(to),
                        part.size()));
            }
            case LAYER_NORM ->
                operations.add(new RowOperations.LayerNorm(
                        offsetOf(node.input(0)),
                        parameters.values(),
                        offset(node, 1),
                        offset(node, 2),
                        epsilon(node),
                        allocate(to),
                        width(node)));
            case LAYER_NORM_INPUT_GRAD ->
                operations.add(new RowOperations.LayerNormInputGradient(
                        offsetOf(node.input(0)),
                        offsetOf(node.input(1)),
                        parameters.values(),
                        offset(node, 2),
                        epsilon(node),
                        plus,
                        allocate(to),
                        width(node)));
            case RMS_NORM ->
                operations.add(new ActivationOperations.RmsNorm(
                        offsetOf(node.input(0)),
                        parameters.values(),
                        offset(node, 1),
                        epsilon(node),
                        allocate(to),
                        width(node)));
            case RMS_NORM_INPUT_GRAD ->
                operations.add(new ActivationOperations.RmsNormInputGradient(
                        offsetOf(node.input(0)),
                        offsetOf(node.input(1)),
                        parameters.values(),
                        offset(node, 2),
                        epsilon(node),
                        plus,
                        allocate(to),
                        width(node)));
            case GELU ->
                operations.add(new RowOperations.Gelu(
                        offsetOf(node.input(0)), allocate(to), width(node), fusion.keepsDerivative(node.input(0))));
            case GELU_GRAD -> {
                scratch = Math.max(scratch, 2 * width(node));
                operations.add(new RowOperations.GeluGradient(
                        offsetOf(node.input(0)),
                        offsetOf(node.input(1)),
                        allocate(to),
                        width(node),
                        fusion.keepsDerivative(node.input(1))));
            }
            case GELU_TANH ->
                operations.add(new ActivationOperations.GeluTanh(offsetOf(node.input(0)), allocate(to), width(node)));
            case GELU_TANH_GRAD ->
                operations.add(new ActivationOperations.GeluTanhGradient(
                        offsetOf(node.input(0)), offsetOf(node.input(1)), allocate(to), width(node)));
            case SILU ->
                operations.add(new ActivationOperations.Silu(offsetOf(node.input(0)), allocate(to), width(node)));
            case SILU_GRAD ->
                operations.add(new ActivationOperations.SiluGradient(
                        offsetOf(node.input(0)), offsetOf(node.input(1)), allocate(to), width(node)));
            case ROTARY -> emitRotary(node, to);
            case RELU -> operations.add(new RowOperations.Relu(offsetOf(node.input(0)), allocate(to), width(node)));
            case RELU_GRAD ->
                operations.add(new RowOperations.ReluGradient(
                        offsetOf(node.input(0)), offsetOf(node.input(1)), allocate(to), width(node)));
            case ATTENTION -> emitAttention(node, to);
            case ATTENTION_GRAD -> {
                AttentionOperations attention = attention(node, width(node));
                scratch = Math.max(scratch, attention.backwardScratch(length));
                operations.add(attention.backward(
                        offsetOf(node.input(0)), offsetOf(node.input(1)), offsetOf(node.input(2)), allocate(to)));
            }
            case ATTENTION_PROBABILITIES -> {
                AttentionOperations attention = attention(node, width(input(node, 0)));
                scratch = Math.max(scratch, attention.forwardScratch(length));
                operations.add(attention.probabilities(offsetOf(node.input(0)), allocate(to)));
            }
            case LSTM -> emitLstm(node, to);
            case LSTM_GRAD -> emitLstmGradient(node, to);
            case PREVIOUS_ROW ->
                operations.add(LstmOperations.previousRow(offsetOf(node.input(0)), allocate(to), width(node)));
            case DEPTHWISE_CONV -> {
                int window = input(node, 1).shape().size(2);
                scratch = Math.max(scratch, TokenOperations.convolutionScratch(window, width(node)));
                operations.add(new TokenOperations.DepthwiseConv(
                        offsetOf(node.input(0)),
                        window,
                        parameters.values(),
                        offset(node, 1),
                        offset(node, 2),
                        allocate(to),
                        width(node)));
            }
            case DEPTHWISE_CONV_INPUT_GRAD -> {
                int window = input(node, 1).shape().size(2);
                int size = width(input(node, 0));
                scratch = Math.max(scratch, TokenOperations.convolutionScratch(window, size));
                operations.add(new TokenOperations.DepthwiseConvInputGradient(
                        offsetOf(node.input(0)), window, parameters.values(), offset(node, 1), allocate(to), size));
            }
            case DROPOUT ->
                operations.add(new RowOperations.Dropout(
                        offsetOf(node.input(0)), (Attributes.Dropout) node.attributes(), allocate(to), width(node)));
            case CROSS_ENTROPY ->
                operations.add(
                        new RowOperations.CrossEntropy(offsetOf(node.input(0)), token(node, 1), width(input(node, 0))));
            case CROSS_ENTROPY_GRAD ->
                operations.add(new RowOperations.CrossEntropyGradient(
                        offsetOf(node.input(0)), token(node, 1), allocate(to), width(node)));
            case LINEAR_WEIGHT_GRAD -> {
                int outputs = width(input(node, 0));
                int depth = width(input(node, 1));
                EmbeddingGradientTasks.Gradient gradient = gradient(node);
                scratch = Math.max(scratch, WeightGradientTasks.scratch(outputs, depth, panelWidth));
                weightTasks(node)
                        .addAll(WeightGradientTasks.matrix(
                                offsetOf(node.input(0)),
                                offsetOf(node.input(1)),
                                outputs,
                                depth,
                                gradient.values(),
                                gradient.offset(),
                                gradient.first()));
            }
            case EMBEDDING_GRAD ->
                weightTasks(node)
                        .addAll(EmbeddingGradientTasks.embedding(
                                token(node, 0),
                                offsetOf(node.input(1)),
                                (Attributes.Embedding) node.attributes(),
                                width(node),
                                gradient(node)));
            case ONE_HOT_LINEAR_GRAD ->
                weightTasks(node)
                        .addAll(EmbeddingGradientTasks.oneHot(
                                token(node, 0),
                                offsetOf(node.input(1)),
                                (Attributes.OneHot) node.attributes(),
                                width(input(node, 1)),
                                gradient(node)));
            case ADD_POSITIONS_GRAD -> {
                EmbeddingGradientTasks.Gradient gradient = gradient(node);
                weightTasks(node)
                        .add(new WeightGradientTasks.Positions(
                                offsetOf(node.input(0)),
                                width(node),
                                node.shape().size(0),
                                gradient.values(),
                                gradient.offset(),
                                gradient.first()));
            }
            case SUM_ROWS -> {
                int part = allocatePart(node);
                operations.add(new RowOperations.SumRows(offsetOf(node.input(0)), part, width(node)));
            }
            case LAYER_NORM_WEIGHT_GRAD -> {
                int part = allocatePart(node);
                operations.add(new RowOperations.LayerNormWeightGradient(
                        offsetOf(node.input(0)), offsetOf(node.input(1)), epsilon(node), part, width(node)));
            }
            case RMS_NORM_WEIGHT_GRAD -> {
                int part = allocatePart(node);
                operations.add(new ActivationOperations.RmsNormWeightGradient(
                        offsetOf(node.input(0)), offsetOf(node.input(1)), epsilon(node), part, width(node)));
            }
            case DEPTHWISE_CONV_WEIGHT_GRAD -> {
                int window = node.shape().size(2);
                int size = width(input(node, 0));
                int part = allocatePart(node);
                scratch = Math.max(scratch, TokenOperations.convolutionScratch(window, size));
                operations.add(new TokenOperations.DepthwiseConvWeightGradient(
                        offsetOf(node.input(0)), offsetOf(node.input(1)), window, part, size));
            }
        }
    }

    private void emitAttention(Node node, Node to) {
        AttentionOperations attention = attention(node, width(input(node, 0)));
        scratch = Math.max(scratch, attention.forwardScratch(length));
        int packed = offsetOf(node.input(0));
        operations.add(
                decoding ? attention.cached(packed, allocate(to), length) : attention.forward(packed, allocate(to)));
    }

    private void emitConcat(Node node, Node to) {
        int out = allocate(to);
        for (int id : node.inputs()) {
            int size = width(graph.node(id));
            operations.add(new ActivationOperations.CopyColumns(size, offsetOf(id), size, out, width(node)));
            out += size;
        }
    }

    private void emitRotary(Node node, Node to) {
        PositionOperations.Rotary rotary = PositionOperations.Rotary.of(
                offsetOf(node.input(0)), (Attributes.Rotary) node.attributes(), length, allocate(to), width(node));
        scratch = Math.max(scratch, rotary.scratch());
        operations.add(rotary);
    }

    /** The activated gates and the cells stay for the gradient, where there is one. */
    private void emitLstm(Node node, Node to) {
        int size = width(node);
        int gates = arena.allocate(Math.multiplyExact(rows, 4 * size));
        int cells = arena.allocate(Math.multiplyExact(rows, size));
        LstmOperations layer = recurrence(node, 1, false);
        scratch = Math.max(scratch, layer.scratch(Math.max(1, rows / length)));
        int input = offsetOf(node.input(0));
        operations.add(
                decoding
                        ? layer.carried(input, gates, cells, allocate(to))
                        : layer.forward(input, gates, cells, allocate(to)));
        if (fusion.readers(node.id()).stream().anyMatch(reader -> reader.type() == OpType.LSTM_GRAD)) {
            states.put(node.id(), new LstmState(gates, cells));
        } else {
            arena.release(cells, rows * size);
            arena.release(gates, rows * 4 * size);
        }
    }

    private void emitLstmGradient(Node node, Node to) {
        Node layer = input(node, 4);
        int size = width(layer);
        LstmState state = states.get(layer.id());
        if (state == null) {
            throw new IllegalStateException(layer.name() + " kept no state for its gradient");
        }
        int carried = Math.multiplyExact(size, rows / length);
        int at = arena.allocate(carried);
        LstmOperations recurrence = recurrence(node, 2, true);
        scratch = Math.max(scratch, recurrence.scratch(rows / length));
        operations.add(recurrence.backward(offsetOf(node.input(0)), state.gates(), state.cells(), at, allocate(to)));
        arena.release(at, carried);
        arena.release(state.cells(), rows * size);
        arena.release(state.gates(), rows * 4 * size);
    }

    /** A layer whose weight and bias are inputs {@code weight} and the next of a node. */
    private LstmOperations recurrence(Node node, int weight, boolean transposed) {
        Node matrix = input(node, weight);
        return new LstmOperations(
                matrix.shape().size(1),
                parameters.pack(matrix.name(), transposed),
                parameters.values(),
                offset(node, weight + 1));
    }

    /** Where the gradient of a parameter is summed, of which a node computes a term. */
    private EmbeddingGradientTasks.Gradient gradient(Node term) {
        return new EmbeddingGradientTasks.Gradient(
                parameters.gradients(), parameters.offset(terms.parameter(term)), terms.round(term) == 0);
    }

    /** The tasks of the round in which a term is added to its gradient. */
    private List<WeightGradientTask> weightTasks(Node term) {
        int round = terms.round(term);
        while (weightRounds.size() <= round) {
            weightRounds.add(new ArrayList<>());
        }
        return weightRounds.get(round);
    }

    /** Room for what each slice leaves of a gradient, which a task adds up afterwards. */
    private int allocatePart(Node term) {
        int size = Math.toIntExact(term.shape().elements());
        int part = arena.allocate(size);
        EmbeddingGradientTasks.Gradient gradient = gradient(term);
        weightTasks(term)
                .add(new WeightGradientTasks.Parts(part, size, gradient.values(), gradient.offset(), gradient.first()));
        return part;
    }

    private static AttentionOperations attention(Node node, int packedWidth) {
        return new AttentionOperations((Attributes.Attention) node.attributes(), packedWidth);
    }

    private static float epsilon(Node node) {
        return ((Attributes.Norm) node.attributes()).epsilon();
    }

    /** The place among the run-time inputs of an input that holds ids. */
    private int token(Node node, int index) {
        return inputs.indexOf(input(node, index).name());
    }

    private Node input(Node node, int index) {
        return graph.node(node.input(index));
    }

    private int offset(Node node, int index) {
        ParameterSpec spec = ((Attributes.Parameter) input(node, index).attributes()).spec();
        return parameters.offset(spec.name());
    }

    private int width(Node node) {
        boolean probabilities = node.type() == OpType.ATTENTION_PROBABILITIES;
        int width = probabilities ? node.shape().size(2) * length : node.shape().features();
        zeros = Math.max(zeros, width);
        return width;
    }

    private int allocate(Node node) {
        int place = arena.allocate(Math.multiplyExact(rows, width(node)));
        places.put(node.id(), place);
        return place;
    }

    private int offsetOf(int id) {
        @Nullable Integer place = places.get(id);
        if (place == null) {
            throw new IllegalStateException(graph.node(id).name() + " has no place in memory");
        }
        return place;
    }
}
