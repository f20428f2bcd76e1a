package io.nanogpt.impl.djl;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.impl.graph.Head;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes a graph as the method {@code forward} of a {@link Program}: a statement or two for each operation, where
 * {@code n7} is the result of node 7. Intermediate results that a gradient can reuse, such as the inverse deviation of
 * a normalisation, have their own variables; PyTorch frees each after its last use. Sizes are read from the inputs, so
 * one program serves all batches.
 *
 * <p>A program that decodes has one input, {@link DecodingRows}, and appends to the state of each sequence.
 */
final class ProgramWriter {
    private static final String SIGNATURE = """
              def forward(self: __torch__.Program, values: Tensor, gradients: Tensor, constants: List[Tensor], \
            inputs: List[Tensor], state: List[Tensor], keys: List[int], numbers: List[int]) -> List[Tensor]:
            """;
    /** Of a training step: tokens of a sequence, targets that count, and sequences on the devices before this one. */
    private static final String STEP = """
                sequence, counted, before, = numbers
            """;

    private final Graph graph;
    private final ParameterLayout layout;
    private final Settings settings;
    private final List<ConstantTensor> constants = new ArrayList<>();
    private final Map<ConstantTensor, Integer> constantIndices = new HashMap<>();
    private final List<String> inputs = new ArrayList<>();
    private final List<StateArray> state = new ArrayList<>();
    private final Set<Integer> streams = new LinkedHashSet<>();
    /** The outputs that are gradients of parameters, by the node that computes them. */
    private final Map<Integer, String> gradientNodes = new HashMap<>();
    /** Variables written so far that several nodes share, and fused operations already computed. */
    private final Set<String> variables = new HashSet<>();

    private final StringBuilder body = new StringBuilder();
    private final TokenWriter tokens;
    private final SequenceWriter sequences;

    /**
     * Compilation options.
     *
     * @param capacity number of positions in tables
     * @param decoding whether keys and values are appended to a cache
     * @param flash whether to use PyTorch's fused attention for CPUs
     * @param halfProducts whether operands of matrix products are rounded to bfloat16
     */
    record Settings(int capacity, boolean decoding, boolean flash, boolean halfProducts) {}

    /**
     * An array that persists between calls, initially zero, with a row for each sequence.
     *
     * @param sizes of a row; of one that holds tokens {@code (heads, head size)}, which has a row for each token between
     *     the two
     */
    record StateArray(List<Integer> sizes, boolean holdsTokens) {}

    /**
     * A program and its interface.
     *
     * @param inputs names of the graph's inputs, in the order of the program's arguments
     * @param streams random streams of the dropout masks, in the order of their keys
     * @param outputs names of the returned tensors
     */
    record Written(
            Program program,
            List<ConstantTensor> constants,
            List<String> inputs,
            List<StateArray> state,
            List<Integer> streams,
            List<String> outputs) {}

    private ProgramWriter(Graph graph, ParameterLayout layout, Settings settings) {
        this.graph = graph;
        this.layout = layout;
        this.settings = settings;
        tokens = new TokenWriter(this, settings.decoding());
        String packed = graph.nodes().stream()
                .filter(node -> node.type() == OpType.INPUT && node.name().equals(Graph.POSITIONS))
                .map(node -> name(node.id()))
                .findFirst()
                .orElse(null);
        sequences = new SequenceWriter(this, settings, packed);
        graph.outputs().forEach((name, id) -> {
            if (Gradients.isGradient(name)) {
                gradientNodes.put(id, name);
            }
        });
    }

    static Written write(Graph graph, ParameterLayout layout, Settings settings) {
        return new ProgramWriter(graph, layout, settings).write();
    }

    private Written write() {
        for (Node node : graph.nodes()) {
            write(node);
        }
        List<String> outputs = new ArrayList<>();
        List<String> results = new ArrayList<>();
        new TreeMap<>(graph.outputs()).forEach((name, id) -> {
            if (Gradients.isGradient(name)) {
                keepGradient(name, graph.node(id));
            } else {
                outputs.add(name);
                results.add(name(id));
            }
        });
        line("return [%s]", String.join(", ", results));
        Program program = new Program().include("operations.torchscript");
        if (settings.decoding()) {
            program.include("decoding.torchscript").append(SIGNATURE + DecodingRows.PROLOGUE + body);
        } else {
            program.append(SIGNATURE + STEP + body);
        }
        return new Written(program, constants, inputs, state, List.copyOf(streams), outputs);
    }

    private void write(Node node) {
        String out = name(node.id());
        switch (node.type()) {
            case INPUT -> {
                line(
                        settings.decoding()
                                ? "%s = torch.narrow(inputs[%d], 1, 0, skip + sequence)"
                                : "%s = inputs[%d]",
                        out,
                        inputs.size());
                inputs.add(node.name());
            }
            case PARAMETER -> line("%s = %s", out, parameter("values", node.name()));
            case EMBEDDING -> tokens.embedding(node, out);
            case EMBEDDING_GRAD -> tokens.embeddingGradient(node, out);
            case ONE_HOT_LINEAR -> tokens.oneHotLinear(node, out);
            case ONE_HOT_LINEAR_GRAD -> tokens.oneHotLinearGradient(node, out);
            case ADD_POSITIONS -> sequences.addPositions(node, out, in(node, 1));
            case ADD_POSITIONS_GRAD -> sequences.addPositionsGradient(node, out);
            case ADD_SINUSOIDS ->
                sequences.addPositions(
                        node,
                        out,
                        constant(ConstantTensor.sinusoids(
                                settings.capacity(), node.shape().features())));
            case LINEAR -> line("%s = %s", out, linear(node));
            case LINEAR_INPUT_GRAD -> line("%s = %s", out, product("torch.matmul(%s, %s)", in(node, 0), in(node, 1)));
            case LINEAR_WEIGHT_GRAD -> linearWeightGradient(node, out);
            case ADD, GRADIENT_SUM -> line("%s = torch.add(%s, %s)", out, in(node, 0), in(node, 1));
            case MULTIPLY -> line("%s = torch.mul(%s, %s)", out, in(node, 0), in(node, 1));
            case CONCAT -> line("%s = torch.cat([%s], 2)", out, String.join(", ", ins(node)));
            case SLICE -> {
                Attributes.Slice slice = (Attributes.Slice) node.attributes();
                line(
                        "%s = torch.contiguous(torch.narrow(%s, 2, %d, %d))",
                        out, in(node, 0), slice.from(), slice.size());
            }
            case SUM_ROWS -> line("%s = torch.sum(%s, [0, 1])", out, in(node, 0));
            case LAYER_NORM -> layerNorm(node, out);
            case LAYER_NORM_INPUT_GRAD -> {
                layerNormGradient(node.input(0), node.input(1));
                line("%s = n%s_x", out, pair(node));
            }
            case LAYER_NORM_WEIGHT_GRAD -> {
                layerNormGradient(node.input(0), node.input(1));
                line("%s = n%s_w", out, pair(node));
            }
            case RMS_NORM -> {
                String scale = rmsScale(node, node.input(0));
                String normed = "torch.mul(" + in(node, 0) + ", " + scale + ")";
                boolean weighted = node.inputs().size() > 1;
                line("%s = %s", out, weighted ? "torch.mul(%s, %s)".formatted(normed, in(node, 1)) : normed);
            }
            case RMS_NORM_INPUT_GRAD -> {
                String scale = rmsScale(node, node.input(1));
                String weighted = node.inputs().size() > 2
                        ? "torch.mul(%s, %s)".formatted(in(node, 0), in(node, 2))
                        : in(node, 0);
                line("%s = (self).rms_input_gradient(%s, %s, %s)", out, weighted, in(node, 1), scale);
            }
            case RMS_NORM_WEIGHT_GRAD -> {
                String scale = rmsScale(node, node.input(1));
                line("%s = (self).rms_weight_gradient(%s, %s, %s)", out, in(node, 0), in(node, 1), scale);
            }
            case HEAD_NORM -> {
                Attributes.HeadNorm norm = (Attributes.HeadNorm) node.attributes();
                line(
                        "%s = (self).head_norm(%s, %d, %d, %s)",
                        out, in(node, 0), norm.heads(), norm.headSize(), number(norm.epsilon()));
            }
            case HEAD_NORM_GRAD -> {
                Attributes.HeadNorm norm = (Attributes.HeadNorm) node.attributes();
                line(
                        "%s = (self).head_norm_gradient(%s, %s, %d, %d, %s)",
                        out, in(node, 0), in(node, 1), norm.heads(), norm.headSize(), number(norm.epsilon()));
            }
            case SCALE -> line("%s = torch.mul(%s, %s)", out, in(node, 0), scaleFactor(node));
            case CONSTANT_SCALE ->
                line(
                        "%s = torch.mul(%s, %s)",
                        out, in(node, 0), number(((Attributes.Constant) node.attributes()).factor()));
            case SCALE_WEIGHT_GRAD ->
                line(
                        "%s = torch.sum(torch.reshape(torch.mul(%s, %s), [-1, %d]), [0])",
                        out, in(node, 0), in(node, 1), node.shape().size(0));
            case GELU -> line("%s = torch.gelu(%s, approximate=\"none\")", out, in(node, 0));
            case GELU_TANH -> line("%s = torch.gelu(%s, approximate=\"tanh\")", out, in(node, 0));
            case GELU_GRAD ->
                line("%s = torch.gelu_backward(%s, %s, approximate=\"none\")", out, in(node, 0), in(node, 1));
            case GELU_TANH_GRAD ->
                line("%s = torch.gelu_backward(%s, %s, approximate=\"tanh\")", out, in(node, 0), in(node, 1));
            case RELU -> line("%s = torch.relu(%s)", out, in(node, 0));
            case RELU_GRAD -> line("%s = torch.threshold_backward(%s, %s, 0)", out, in(node, 0), in(node, 1));
            case RELU_SQUARED -> line("%s = torch.square(torch.relu(%s))", out, in(node, 0));
            case RELU_SQUARED_GRAD ->
                line("%s = torch.mul(torch.mul(torch.relu(%s), 2.), %s)", out, in(node, 1), in(node, 0));
            case SOFT_CAP -> {
                String cap = number(((Attributes.SoftCap) node.attributes()).cap());
                line("%s = torch.mul(torch.tanh(torch.div(%s, %s)), %s)", out, in(node, 0), cap, cap);
            }
            case SOFT_CAP_GRAD -> {
                String cap = number(((Attributes.SoftCap) node.attributes()).cap());
                line("%s = torch.tanh_backward(%s, torch.div(%s, %s))", out, in(node, 0), in(node, 1), cap);
            }
            case SILU -> line("%s = torch.silu(%s)", out, in(node, 0));
            case SILU_GRAD -> line("%s = torch.silu_backward(%s, %s)", out, in(node, 0), in(node, 1));
            case ROTARY -> sequences.rotary(node, out);
            case ATTENTION -> new AttentionWriter(this, node, node.input(0), settings).forward(out);
            case ATTENTION_PROBABILITIES -> new AttentionWriter(this, node, node.input(0), settings).maps(out);
            case ATTENTION_GRAD -> new AttentionWriter(this, node, node.input(1), settings).gradient(out);
            case LSTM -> sequences.lstm(node, out);
            case LSTM_GRAD -> {
                int forward = node.input(4);
                line(
                        "%s = (self).lstm_gradient(%s, %s, n%d_g, n%d_c)",
                        out, in(node, 0), in(node, 2), forward, forward);
            }
            case PREVIOUS_ROW ->
                line(
                        "%s = torch.constant_pad_nd(torch.narrow(%s, 1, 0, sequence - 1), [0, 0, 1, 0], 0)",
                        out, in(node, 0));
            case DEPTHWISE_CONV ->
                line(
                        "%s = torch.add(torch.sum(torch.mul((self).side_by_side(%s, %d), %s), [2]), %s)",
                        out, in(node, 0), convolutionWindow(node), kernel(node), in(node, 2));
            case DEPTHWISE_CONV_INPUT_GRAD ->
                line("%s = torch.flatten(torch.mul(torch.unsqueeze(%s, 2), %s), 2)", out, in(node, 0), kernel(node));
            case DEPTHWISE_CONV_WEIGHT_GRAD -> {
                line(
                        "%s_k = torch.sum(torch.mul((self).side_by_side(%s, %d), torch.unsqueeze(%s, 2)), [0, 1])",
                        out, in(node, 1), node.shape().size(2), in(node, 0));
                line("%s = torch.unsqueeze(torch.t(%s_k), 1)", out, out);
            }
            case CAUSAL_CONV -> sequences.causalConv(node, out);
            case CAUSAL_CONV_INPUT_GRAD ->
                line("%s = (self).causal_conv_input_gradient(%s, %s)", out, in(node, 0), in(node, 1));
            case CAUSAL_CONV_WEIGHT_GRAD ->
                line(
                        "%s = (self).causal_conv_weight_gradient(%s, %s, %d)",
                        out, in(node, 0), in(node, 1), node.shape().size(0));
            case DROPOUT -> dropout(node, out);
            case CROSS_ENTROPY -> {
                String likelihoods = likelihoods(node);
                line("%s = (self).mean_loss(%s, %s, counted)", out, likelihoods, in(node, 1));
            }
            case CROSS_ENTROPY_GRAD -> {
                String likelihoods = likelihoods(node);
                line("%s = (self).logits_gradient(%s, %s, %s, counted)", out, likelihoods, in(node, 0), in(node, 1));
            }
        }
    }

    private String linear(Node node) {
        String x = in(node, 0);
        boolean isLogits =
                graph.outputs().containsKey(Graph.LOGITS) && Head.of(graph).id() == node.id();
        if (settings.decoding() && isLogits) {
            x = "torch.unsqueeze((self).at_rows(" + x + ", last), 1)";
        }
        if (node.inputs().size() == 3 && !settings.halfProducts()) {
            return "torch.linear(%s, %s, %s)".formatted(x, in(node, 1), in(node, 2));
        }
        String y = product("torch.linear(%s, %s)", x, in(node, 1));
        return node.inputs().size() == 3 ? "torch.add(%s, %s)".formatted(y, in(node, 2)) : y;
    }

    /** A matrix product, with operands rounded to bfloat16 if configured. */
    private String product(String call, String a, String b) {
        return settings.halfProducts()
                ? "torch.to(" + call.formatted("torch.to(" + a + ", 15)", "torch.to(" + b + ", 15)") + ", 6)"
                : call.formatted(a, b);
    }

    private void linearWeightGradient(Node node, String out) {
        String dy = "torch.t(torch.reshape(%s, [-1, %d]))"
                .formatted(in(node, 0), node.shape().size(0));
        String x = "torch.reshape(%s, [-1, %d])"
                .formatted(in(node, 1), node.shape().size(1));
        String gradient = gradientNodes.get(node.id());
        if (gradient == null || settings.halfProducts()) {
            line("%s = %s", out, product("torch.mm(%s, %s)", dy, x));
        } else {
            // Writes directly into the gradient array.
            line("%s = torch.mm(%s, %s, out=%s)", out, dy, x, gradient(gradient));
        }
    }

    /** The numbers of a scale, repeated over the features. */
    private String scaleFactor(Node node) {
        int size = graph.node(node.input(1)).shape().size(0);
        return size == 1
                ? in(node, 1)
                : "torch.repeat(%s, [%d])".formatted(in(node, 1), node.shape().features() / size);
    }

    private void layerNorm(Node node, String out) {
        line(
                "%s, %s_m, %s_r = torch.native_layer_norm(%s, [%d], %s, %s, %s)",
                out,
                out,
                out,
                in(node, 0),
                node.shape().features(),
                in(node, 1),
                node.inputs().size() > 2 ? in(node, 2) : "None",
                epsilon(node));
    }

    /** Writes PyTorch's joint gradient once, for the first of the nodes with this gradient and input. */
    private void layerNormGradient(int dy, int x) {
        int forward = -1;
        Node inputGradient = null;
        for (Node node : graph.nodes()) {
            if (node.type() == OpType.LAYER_NORM && node.input(0) == x) {
                forward = node.id();
            } else if (node.type() == OpType.LAYER_NORM_INPUT_GRAD && node.input(0) == dy && node.input(1) == x) {
                inputGradient = node;
            }
        }
        String both = "n" + dy + "_" + x;
        if (variables.add(both)) {
            line(
                    "%s_x, %s_w, %s_b = torch.native_layer_norm_backward(%s, %s, [%d], n%d_m, n%d_r, %s, None, [%s, True, False])",
                    both,
                    both,
                    both,
                    name(dy),
                    name(x),
                    graph.node(x).shape().features(),
                    forward,
                    forward,
                    inputGradient == null ? "None" : in(inputGradient, 2),
                    inputGradient == null ? "False" : "True");
        }
    }

    private static String pair(Node node) {
        return node.input(0) + "_" + node.input(1);
    }

    private String rmsScale(Node node, int x) {
        String scale = name(x) + "_scale_" + epsilon(node).replaceAll("\\W", "_");
        if (variables.add(scale)) {
            line("%s = (self).rms_scale(%s, %s)", scale, name(x), epsilon(node));
        }
        return scale;
    }

    private static String epsilon(Node node) {
        return number(((Attributes.Norm) node.attributes()).epsilon());
    }

    private static String number(double value) {
        return Double.toString(value).replace('E', 'e');
    }

    /** The positions of the tokens, unless all sequences begin at 0. */
    @Nullable
    String positions() {
        return sequences.positions();
    }

    private int convolutionWindow(Node node) {
        return graph.node(node.input(1)).shape().size(2);
    }

    private static String kernel(Node node) {
        return "(self).conv_kernel(" + in(node, 1) + ")";
    }

    private void dropout(Node node, String out) {
        Attributes.Dropout dropout = (Attributes.Dropout) node.attributes();
        String mask = "mask_" + dropout.stream();
        if (streams.add(dropout.stream())) {
            // Bit-identical to the CPU backend: 32 random bits are compared with the rate.
            line(
                    "%s = (self).keep(%s, keys[%d], before * sequence * %d, %d, %s)",
                    mask,
                    in(node, 0),
                    streams.size() - 1,
                    node.shape().features(),
                    (long) (dropout.rate() * 0x1.0p32),
                    Double.toString(1 / (1 - dropout.rate())));
        }
        line("%s = torch.mul(%s, %s)", out, in(node, 0), mask);
    }

    private String likelihoods(Node node) {
        String likelihoods = in(node, 0) + "_likelihoods";
        if (variables.add(likelihoods)) {
            line("%s = (self).likelihoods(%s)", likelihoods, in(node, 0));
        }
        return likelihoods;
    }

    private void keepGradient(String output, Node node) {
        boolean alreadyWritten = node.type() == OpType.LINEAR_WEIGHT_GRAD
                && output.equals(gradientNodes.get(node.id()))
                && !settings.halfProducts();
        if (!alreadyWritten) {
            line("torch.copy_(%s, %s)", gradient(output), name(node.id()));
        }
    }

    private String gradient(String output) {
        return parameter("gradients", Gradients.parameter(output));
    }

    private String parameter(String flat, String name) {
        ParameterLayout.Place place = layout.place(name);
        return "torch.view(torch.narrow(%s, 0, %d, %d), %s)"
                .formatted(flat, place.offset(), place.elements(), place.sizes());
    }

    /** Declares an array that persists between calls. */
    String state(StateArray array) {
        state.add(array);
        return "state[" + (state.size() - 1) + "]";
    }

    String constant(ConstantTensor table) {
        Integer index = constantIndices.get(table);
        if (index == null) {
            index = constants.size();
            constants.add(table);
            constantIndices.put(table, index);
        }
        return "constants[" + index + "]";
    }

    /** Whether this is the first use of a variable, so that the caller must write it. */
    boolean isNew(String variable) {
        return variables.add(variable);
    }

    Node node(int id) {
        return graph.node(id);
    }

    static String name(int id) {
        return "n" + id;
    }

    static String in(Node node, int index) {
        return name(node.input(index));
    }

    private static List<String> ins(Node node) {
        return node.inputs().stream().map(ProgramWriter::name).toList();
    }

    // Error Prone's annotation is not worth a dependency: the conformance test compiles every statement.
    @SuppressWarnings("AnnotateFormatMethod")
    void line(String format, Object... arguments) {
        body.append("    ").append(format.formatted(arguments)).append('\n');
    }
}
