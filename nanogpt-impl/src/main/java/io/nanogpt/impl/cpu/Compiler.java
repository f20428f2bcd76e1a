package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.graph.Head;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compiles a graph into a {@link Plan}: fuses sums into the operations before them, assigns every tensor an offset in
 * the arena for as long as it is live, and separates the operations on a micro-batch from the gradients of parameters,
 * which are summed over micro-batches afterwards.
 */
final class Compiler {
    /** The offset of an operand that is missing. */
    private static final int ABSENT = -1;

    private final Graph graph;
    private final CpuParameters parameters;
    /** Rows of a micro-batch at most. */
    private final int rows;
    /** Tokens of a sequence, or for decoding those for which the cache has memory at first. */
    private final int length;
    /** Tokens of a sequence at most. */
    private final int capacity;

    private final boolean decoding;
    private final List<String> inputs = new ArrayList<>();
    private final List<Operation> operations = new ArrayList<>();
    private final Fusion fusion;
    private final TensorLayout layout;
    private final WeightGradientCompiler weightGradients;
    private final AttentionCompiler attention;
    private final ConvolutionCompiler convolutions;
    private final Map<Integer, LstmState> lstms = new HashMap<>();
    /** The arrays of the state of a sequence that is decoded. */
    private final List<SequenceState.Spec> states = new ArrayList<>();
    /** Whether the logits have a row for each sequence that is decoded. */
    private boolean ends;
    /** Tables of rotations; all layers of a model have one. */
    private final Map<Attributes.Rotary, PositionTable> turns = new HashMap<>();

    /** The offsets of the activations of an LSTM layer that its gradient needs. */
    private record LstmState(int gates, int cells) {}

    /** An operation with one operand. */
    private interface Unary {
        Operation of(int x, int out, int width);
    }

    /** An operation with two operands. */
    private interface Binary {
        Operation of(int a, int b, int out, int width);
    }

    private Compiler(
            Graph graph,
            CpuParameters parameters,
            int panelWidth,
            int rows,
            int length,
            int capacity,
            boolean decoding) {
        this.graph = graph;
        this.parameters = parameters;
        this.rows = rows;
        this.length = length;
        this.capacity = capacity;
        this.decoding = decoding;
        this.fusion = new Fusion(graph);
        this.layout = new TensorLayout(graph, fusion, panelWidth, rows, length);
        this.weightGradients = new WeightGradientCompiler(graph, parameters, layout, panelWidth, inputs, operations);
        this.attention = new AttentionCompiler(graph, fusion, layout, rows, length, operations);
        this.convolutions = new ConvolutionCompiler(graph, parameters, layout, operations, states);
    }

    /** A plan for micro-batches of whole sequences, at most {@code rows} rows each. */
    static Plan batch(Graph graph, CpuParameters parameters, int panelWidth, int rows, int length) {
        return new Compiler(graph, parameters, panelWidth, rows, length, length, false).compile();
    }

    /**
     * A plan for sequences that grow up to {@code capacity} tokens, at most {@code rows} at a time in all.
     *
     * @param room tokens of a sequence for which there is memory before {@link Operation#reserve}
     */
    static Plan decoder(Graph graph, CpuParameters parameters, int panelWidth, int rows, int room, int capacity) {
        return new Compiler(graph, parameters, panelWidth, rows, room, capacity, true).compile();
    }

    private Plan compile() {
        for (Node node : graph.nodes()) {
            if (node.type() == OpType.INPUT) {
                inputs.add(node.name());
            }
        }
        for (Node node : graph.nodes()) {
            if (!fusion.isFusedIntoConsumer(node.id())) {
                // A fused sum runs as the operation that computes one of its terms, at the position of the sum.
                lower(fusion.computes(node), node);
            }
            layout.releaseAfter(node.id());
        }
        return new Plan(
                inputs,
                operations,
                weightGradients.rounds(),
                layout.outputs(ends),
                states,
                layout.arenaSize(),
                layout.scratchSize(),
                layout.zeroSize());
    }

    /** Lowers {@code node} into the buffer of {@code destination}; they differ for a fused sum. */
    private void lower(Node node, Node destination) {
        switch (node.type()) {
            // The terms of a gradient are summed where they are computed.
            case INPUT, PARAMETER, GRADIENT_SUM -> {}
            case EMBEDDING, ONE_HOT_LINEAR -> lowerEmbedding(node, destination);
            case ADD_POSITIONS, ADD_SINUSOIDS -> lowerPositions(node, destination);
            case ROTARY -> lowerRotary(node, destination);
            case LINEAR, LINEAR_INPUT_GRAD -> lowerLinear(node, destination);
            case ADD -> lower(node, destination, ElementwiseOperations.Add::new);
            case MULTIPLY -> lower(node, destination, ElementwiseOperations.Multiply::new);
            case SCALE -> {
                int factor = parameterOffset(node, 1);
                int size = input(node, 1).shape().size(0);
                float[] values = parameters.values();
                lower(
                        node,
                        destination,
                        (x, out, width) -> size == 1
                                ? new ElementwiseOperations.Scale(x, values, factor, out, width)
                                : new ElementwiseOperations.ScaleFeatures(x, values, factor, size, out, width));
            }
            case CONSTANT_SCALE -> {
                float[] factor = {((Attributes.Constant) node.attributes()).factor()};
                lower(node, destination, (x, out, width) -> new ElementwiseOperations.Scale(x, factor, 0, out, width));
            }
            case CONCAT -> lowerConcat(node, destination);
            case SLICE -> lowerSlice(node, destination);
            case LAYER_NORM, RMS_NORM -> lowerNorm(node, destination);
            case LAYER_NORM_INPUT_GRAD, RMS_NORM_INPUT_GRAD -> lowerNormInputGradient(node, destination);
            case HEAD_NORM -> {
                Attributes.HeadNorm norm = (Attributes.HeadNorm) node.attributes();
                float[] ones = ones(norm.headSize());
                lower(node, destination, (x, out, width) -> new NormOperations.HeadNorm(x, norm, ones, out, width));
            }
            case HEAD_NORM_GRAD -> {
                Attributes.HeadNorm norm = (Attributes.HeadNorm) node.attributes();
                float[] ones = ones(norm.headSize());
                lower(
                        node,
                        destination,
                        (dy, x, out, width) -> new NormOperations.HeadNormGradient(dy, x, norm, ones, out, width));
            }
            case GELU -> {
                boolean keepDerivative = fusion.keepsDerivative(node.input(0));
                lower(
                        node,
                        destination,
                        (x, out, width) -> new ElementwiseOperations.Gelu(x, out, width, keepDerivative));
            }
            case GELU_GRAD -> {
                boolean derivativeKept = fusion.keepsDerivative(node.input(1));
                layout.requireScratch(2 * layout.width(node));
                lower(
                        node,
                        destination,
                        (dy, x, out, width) ->
                                new ElementwiseOperations.GeluGradient(dy, x, out, width, derivativeKept));
            }
            case GELU_TANH -> lower(node, destination, ElementwiseOperations.GeluTanh::new);
            case GELU_TANH_GRAD -> lower(node, destination, ElementwiseOperations.GeluTanhGradient::new);
            case SILU -> lower(node, destination, ElementwiseOperations.Silu::new);
            case SILU_GRAD -> lower(node, destination, ElementwiseOperations.SiluGradient::new);
            case RELU -> lower(node, destination, ElementwiseOperations.Relu::new);
            case RELU_GRAD -> lower(node, destination, ElementwiseOperations.ReluGradient::new);
            case RELU_SQUARED -> lower(node, destination, ElementwiseOperations.ReluSquared::new);
            case RELU_SQUARED_GRAD -> lower(node, destination, ElementwiseOperations.ReluSquaredGradient::new);
            case SOFT_CAP -> {
                float cap = ((Attributes.SoftCap) node.attributes()).cap();
                lower(node, destination, (x, out, width) -> new ElementwiseOperations.SoftCap(x, cap, out, width));
            }
            case SOFT_CAP_GRAD -> {
                float cap = ((Attributes.SoftCap) node.attributes()).cap();
                lower(
                        node,
                        destination,
                        (dy, y, out, width) -> new ElementwiseOperations.SoftCapGradient(dy, y, cap, out, width));
            }
            case DROPOUT -> {
                Attributes.Dropout attributes = (Attributes.Dropout) node.attributes();
                lower(
                        node,
                        destination,
                        (x, out, width) -> new ElementwiseOperations.Dropout(x, attributes, out, width));
            }
            case ATTENTION -> {
                if (decoding) {
                    attention.cached(node, destination, states, capacity);
                } else {
                    attention.forward(node, destination);
                }
            }
            case ATTENTION_GRAD -> attention.backward(node, destination);
            case ATTENTION_PROBABILITIES -> attention.probabilities(node, destination);
            case LSTM -> lowerLstm(node, destination);
            case LSTM_GRAD -> lowerLstmGradient(node, destination);
            case PREVIOUS_ROW -> lower(node, destination, LstmOperations::previousRow);
            case DEPTHWISE_CONV, DEPTHWISE_CONV_INPUT_GRAD -> convolutions.depthwise(node, destination);
            case CAUSAL_CONV, CAUSAL_CONV_INPUT_GRAD -> convolutions.causal(node, destination, decoding);
            case CROSS_ENTROPY ->
                operations.add(new LossOperations.CrossEntropy(
                        layout.offsetOf(node, 0), inputIndex(node, 1), layout.width(input(node, 0))));
            case CROSS_ENTROPY_GRAD ->
                operations.add(new LossOperations.CrossEntropyGradient(
                        layout.offsetOf(node, 0),
                        inputIndex(node, 1),
                        layout.allocate(destination),
                        layout.width(node)));
            case LINEAR_WEIGHT_GRAD -> weightGradients.linear(node);
            case EMBEDDING_GRAD -> weightGradients.embedding(node);
            case ONE_HOT_LINEAR_GRAD -> weightGradients.oneHot(node);
            case ADD_POSITIONS_GRAD -> weightGradients.positions(node);
            case SUM_ROWS -> weightGradients.sumRows(node);
            case LAYER_NORM_WEIGHT_GRAD -> weightGradients.layerNorm(node);
            case RMS_NORM_WEIGHT_GRAD -> weightGradients.rmsNorm(node);
            case DEPTHWISE_CONV_WEIGHT_GRAD -> weightGradients.convolution(node);
            case CAUSAL_CONV_WEIGHT_GRAD -> weightGradients.causalConvolution(node);
            case SCALE_WEIGHT_GRAD -> weightGradients.factor(node);
        }
    }

    private void lower(Node node, Node destination, Unary operation) {
        int x = layout.offsetOf(node, 0);
        operations.add(operation.of(x, layout.allocate(destination), layout.width(node)));
    }

    private void lower(Node node, Node destination, Binary operation) {
        int a = layout.offsetOf(node, 0);
        int b = layout.offsetOf(node, 1);
        operations.add(operation.of(a, b, layout.allocate(destination), layout.width(node)));
    }

    private void lowerEmbedding(Node node, Node destination) {
        int ids = inputIndex(node, 0);
        int addend = addendOffset(destination);
        int out = layout.allocate(destination);
        int width = layout.width(node);
        if (node.attributes() instanceof Attributes.OneHot oneHot) {
            operations.add(new EmbeddingOperations.OneHotLinear(
                    ids, oneHot, parameters.values(), parameterOffset(node, 1), parameterOffset(node, 2), out, width));
        } else {
            operations.add(new EmbeddingOperations.Embedding(
                    ids,
                    (Attributes.Embedding) node.attributes(),
                    parameters.rows(input(node, 1).name()),
                    addend,
                    out,
                    width));
        }
    }

    private void lowerPositions(Node node, Node destination) {
        int width = layout.width(node);
        int x = layout.offsetOf(node, 0);
        if (node.type() == OpType.ADD_SINUSOIDS) {
            PositionTable table = PositionOperations.sinusoids(length, width);
            operations.add(new PositionOperations.AddSinusoids(x, table, layout.allocate(destination), width));
            return;
        }
        int positions = input(node, 1).shape().size(0);
        if (capacity > positions) {
            throw new IllegalArgumentException("sequences of " + capacity + " tokens are longer than the " + positions
                    + " positions of " + input(node, 1).name());
        }
        operations.add(new PositionOperations.AddPositions(
                x, parameters.values(), parameterOffset(node, 1), layout.allocate(destination), width));
    }

    private void lowerRotary(Node node, Node destination) {
        Attributes.Rotary attributes = (Attributes.Rotary) node.attributes();
        // Whatever the number of heads.
        Attributes.Rotary angles = new Attributes.Rotary(
                attributes.headSize(),
                1,
                attributes.frequencies(),
                attributes.factor(),
                attributes.interleaved(),
                attributes.inverse());
        PositionOperations.Rotary rotary = new PositionOperations.Rotary(
                layout.offsetOf(node, 0),
                attributes,
                turns.computeIfAbsent(angles, key -> PositionOperations.Rotary.table(key, length)),
                layout.allocate(destination),
                layout.width(node));
        layout.requireScratch(rotary.scratch());
        operations.add(rotary);
    }

    private void lowerLinear(Node node, Node destination) {
        boolean transposed = node.type() == OpType.LINEAR_INPUT_GRAD;
        String weight = input(node, 1).name();
        Factor factor = decoding ? parameters.factor(weight, transposed) : parameters.batchFactor(weight, transposed);
        boolean biased = !transposed && node.inputs().size() == 3;
        boolean head = decoding && !transposed && Head.of(graph).id() == destination.id();
        int depth = layout.width(input(node, 0));
        int width = layout.width(node);
        int x = layout.offsetOf(node, 0);
        int addend = addendOffset(destination);
        if (head) {
            ends = true;
            x = lastRows(x, depth);
            addend = addend == ABSENT ? ABSENT : lastRows(addend, width);
        }
        operations.add(new LinearOperations.Linear(
                x,
                depth,
                factor,
                parameters.values(),
                biased ? parameterOffset(node, 2) : ABSENT,
                addend,
                layout.allocate(destination),
                width,
                head));
    }

    /** The last rows of the sequences, one after another. */
    private int lastRows(int x, int width) {
        int out = layout.allocate(Math.multiplyExact(rows, width));
        operations.add(new LinearOperations.Ends(x, out, width));
        return out;
    }

    private void lowerConcat(Node node, Node destination) {
        int out = layout.allocate(destination);
        for (int id : node.inputs()) {
            int size = layout.width(graph.node(id));
            operations.add(
                    new ElementwiseOperations.CopyColumns(size, layout.offsetOf(id), size, out, layout.width(node)));
            out += size;
        }
    }

    private void lowerSlice(Node node, Node destination) {
        Attributes.Slice slice = (Attributes.Slice) node.attributes();
        operations.add(new ElementwiseOperations.CopyColumns(
                slice.size(),
                layout.offsetOf(node, 0) + slice.from(),
                layout.width(input(node, 0)),
                layout.allocate(destination),
                slice.size()));
    }

    private void lowerNorm(Node node, Node destination) {
        int x = layout.offsetOf(node, 0);
        int out = layout.allocate(destination);
        int width = layout.width(node);
        boolean weighted = node.inputs().size() > 1;
        float[] values = weighted ? parameters.values() : ones(width);
        int weight = weighted ? parameterOffset(node, 1) : 0;
        if (node.type() == OpType.RMS_NORM) {
            operations.add(new NormOperations.RmsNorm(x, values, weight, epsilon(node), out, width));
            return;
        }
        boolean biased = node.inputs().size() > 2;
        float[] biases = biased ? parameters.values() : new float[width];
        int bias = biased ? parameterOffset(node, 2) : 0;
        operations.add(new NormOperations.LayerNorm(x, values, weight, biases, bias, epsilon(node), out, width));
    }

    private void lowerNormInputGradient(Node node, Node destination) {
        int dy = layout.offsetOf(node, 0);
        int x = layout.offsetOf(node, 1);
        int addend = addendOffset(destination);
        int out = layout.allocate(destination);
        int width = layout.width(node);
        boolean weighted = node.inputs().size() > 2;
        float[] values = weighted ? parameters.values() : ones(width);
        int weight = weighted ? parameterOffset(node, 2) : 0;
        operations.add(
                node.type() == OpType.RMS_NORM_INPUT_GRAD
                        ? new NormOperations.RmsNormInputGradient(
                                dy, x, values, weight, epsilon(node), addend, out, width)
                        : new NormOperations.LayerNormInputGradient(
                                dy, x, values, weight, epsilon(node), addend, out, width));
    }

    /** Adds arrays to the state of a sequence; the index of the first. */
    private int state(SequenceState.Spec... specs) {
        states.addAll(List.of(specs));
        return states.size() - specs.length;
    }

    /** The activated gates and the cells stay in memory if there is a gradient that reads them. */
    private void lowerLstm(Node node, Node destination) {
        int size = layout.width(node);
        int gates = layout.allocate(Math.multiplyExact(rows, 4 * size));
        int cells = layout.allocate(Math.multiplyExact(rows, size));
        LstmOperations layer = lstm(node, 1, false);
        layout.requireScratch(layer.scratch(decoding ? rows : Math.max(1, rows / length)));
        int input = layout.offsetOf(node, 0);
        int out = layout.allocate(destination);
        if (decoding) {
            SequenceState.Spec last = new SequenceState.Spec(SequenceState.Kind.LAST, size);
            int hidden = state(last, last);
            operations.add(layer.carried(input, gates, cells, out, hidden, hidden + 1));
        } else {
            operations.add(layer.forward(input, gates, cells, out));
        }
        if (fusion.isReadBy(node.id(), OpType.LSTM_GRAD)) {
            lstms.put(node.id(), new LstmState(gates, cells));
        } else {
            layout.release(cells, rows * size);
            layout.release(gates, rows * 4 * size);
        }
    }

    private void lowerLstmGradient(Node node, Node destination) {
        Node layer = input(node, 4);
        int size = layout.width(layer);
        LstmState state = lstms.get(layer.id());
        if (state == null) {
            throw new IllegalStateException(layer.name() + " kept no state for its gradient");
        }
        int carriedSize = Math.multiplyExact(size, rows / length);
        int carried = layout.allocate(carriedSize);
        LstmOperations lstm = lstm(node, 2, true);
        layout.requireScratch(lstm.scratch(rows / length));
        int dy = layout.offsetOf(node, 0);
        operations.add(lstm.backward(dy, state.gates(), state.cells(), carried, layout.allocate(destination)));
        layout.release(carried, carriedSize);
        layout.release(state.cells(), rows * size);
        layout.release(state.gates(), rows * 4 * size);
    }

    /** The layer whose weight is input {@code weight} of a node and whose bias is the next input. */
    private LstmOperations lstm(Node node, int weight, boolean transposed) {
        Node matrix = input(node, weight);
        return new LstmOperations(
                matrix.shape().size(1),
                parameters.pack(matrix.name(), transposed),
                parameters.values(),
                parameterOffset(node, weight + 1));
    }

    /** The weight of a norm that has none. */
    private static float[] ones(int size) {
        float[] ones = new float[size];
        Arrays.fill(ones, 1f);
        return ones;
    }

    static float epsilon(Node node) {
        return ((Attributes.Norm) node.attributes()).epsilon();
    }

    /** The offset of the tensor that a fused sum adds, or {@link #ABSENT}. */
    private int addendOffset(Node destination) {
        Integer addend = fusion.addend(destination.id());
        return addend == null ? ABSENT : layout.offsetOf(addend);
    }

    /** The index of an input of token ids among the run-time inputs. */
    private int inputIndex(Node node, int index) {
        return inputs.indexOf(input(node, index).name());
    }

    private Node input(Node node, int index) {
        return graph.node(node.input(index));
    }

    private int parameterOffset(Node node, int index) {
        ParameterSpec spec = ((Attributes.Parameter) input(node, index).attributes()).spec();
        return parameters.offset(spec.name());
    }
}
