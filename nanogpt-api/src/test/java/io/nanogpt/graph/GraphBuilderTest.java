package io.nanogpt.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The inputs, names and outputs of a graph; shapes are the subject of {@link ShapeRulesTest}. */
class GraphBuilderTest {
    private static final Initializer ZERO = new Initializer.Constant(0);

    private final GraphBuilder g = new GraphBuilder();
    private final Node ids = g.input("tokens");
    private final Node table = g.parameter("table", Shape.of(7, 4), ZERO);
    private final Node x = g.embedding(ids, table);
    private final Node weight = g.parameter("weight", Shape.of(4, 4), ZERO);
    private final Node bias = g.parameter("bias", Shape.of(4), ZERO);

    private static void assertRefused(ThrowingCallable action, String message) {
        assertThatThrownBy(action).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }

    @Test
    void aSumOfParametersIsNoWeight() {
        assertRefused(
                () -> g.linear(x, g.add(weight, weight)),
                "the input a of ADD must be the result of an operation, but weight is of the kind PARAMETER");
    }

    @Test
    void ngramsThatCannotBeHashedAreRefused() {
        assertRefused(() -> g.ngramEmbedding(ids, table, 1, 7), "an n-gram has at least 2 tokens, but the order is 1");
        assertRefused(() -> g.ngramEmbedding(ids, table, 9, 7), "order must be from 1 to 8, but is 9");
        assertRefused(() -> g.ngramEmbedding(ids, table, 2, 3_000_001), "at most 3000000 token ids");
        assertRefused(() -> new Attributes.Embedding(7, 1, 0, 2, 5), "needs a shift of 0");
        assertRefused(() -> new Attributes.Embedding(7, 0, -1, 2, 5), "a token id as padding");
        assertRefused(
                () -> new Attributes.Embedding(7, 0, 0, 1, 5), "a row for each of its 7 ids, but the table has 5");
        assertThat(g.ngramEmbedding(ids, table, 3, 1000).attributes())
                .isEqualTo(new Attributes.Embedding(1000, 0, 0, 3, 7));
    }

    @Test
    void weightsTablesAndBiasesAreParameters() {
        Node y = g.linear(x, weight, bias);
        assertRefused(
                () -> g.linear(x, y),
                "the input weight of LINEAR must be a parameter, made by GraphBuilder.parameter, but weight:linear is of"
                        + " the kind LINEAR");
        assertRefused(() -> g.linear(x, weight, y), "the input bias of LINEAR must be a parameter");
        assertRefused(() -> g.embedding(ids, x), "the input table of EMBEDDING must be a parameter");
        assertRefused(() -> g.addPositions(x, y), "the input table of ADD_POSITIONS must be a parameter");
        assertRefused(() -> g.layerNorm(x, y, bias, 1e-5f), "the input weight of LAYER_NORM must be a parameter");
        assertRefused(() -> g.layerNorm(x, bias, y, 1e-5f), "the input bias of LAYER_NORM must be a parameter");
        assertRefused(() -> g.rmsNorm(x, y, 1e-5f), "the input weight of RMS_NORM must be a parameter");
        assertRefused(() -> g.lstm(x, y, bias), "the input weight of LSTM must be a parameter");
        assertRefused(() -> g.depthwiseConv(x, y, bias), "the input weight of DEPTHWISE_CONV must be a parameter");
        assertRefused(() -> g.oneHotLinear(ids, y, bias, 1, -1), "the input weight of ONE_HOT_LINEAR must be a");
    }

    @Test
    void idsAreInputsAndNothingElseIs() {
        assertRefused(
                () -> g.embedding(x, table),
                "the input ids of EMBEDDING must be token ids, made by GraphBuilder.input, but table:rows is of the kind"
                        + " EMBEDDING");
        assertRefused(
                () -> g.oneHotLinear(x, weight, bias, 1, -1), "the input ids of ONE_HOT_LINEAR must be token ids");
        assertRefused(() -> g.crossEntropy(x, x), "the input ids of CROSS_ENTROPY must be token ids");
        assertRefused(() -> g.gelu(ids), "the input x of GELU must be the result of an operation, but tokens is of");
        assertRefused(() -> g.linear(weight, weight), "the input x of LINEAR must be the result of an operation");
    }

    @Test
    void theNumberOfInputsIsChecked() {
        assertRefused(
                () -> g.add(OpType.LINEAR, Attributes.NONE, "y", x),
                "LINEAR reads (x, weight, optionally bias), but was given 1 input");
        assertRefused(
                () -> g.add(OpType.LINEAR, Attributes.NONE, "y", x, weight, bias, bias), "but was given 4 inputs");
        assertRefused(() -> g.add(OpType.GELU, Attributes.NONE, "y"), "GELU reads (x), but was given 0 inputs");
        assertRefused(() -> g.add(OpType.ADD, Attributes.NONE, "y", x), "ADD reads (a, b), but was given 1 input");
        assertRefused(() -> g.concat(x), "CONCAT reads (a, b ...), but was given 1 input");
        assertRefused(() -> g.add(OpType.INPUT, Attributes.NONE, "y", x), "INPUT reads (), but was given 1 input");
        assertThat(g.concat(x, x, x, x).shape()).isEqualTo(Shape.activations(16));
    }

    /** Whatever the operation, too few inputs are a message and no failure of another kind. */
    @Test
    void everyOperationChecksItsInputs() {
        for (OpType type : OpType.values()) {
            if (type != OpType.INPUT && type != OpType.PARAMETER) {
                assertRefused(() -> g.add(type, Attributes.NONE, "y"), type + " reads (");
            }
        }
    }

    @Test
    void attributesFitTheOperation() {
        assertRefused(
                () -> g.add(OpType.ATTENTION, Attributes.NONE, "y", x),
                "ATTENTION needs attributes of the kind Attention, but was given None[]");
        assertRefused(
                () -> g.add(OpType.LAYER_NORM, new Attributes.Slice(0, 1), "y", x, bias, bias), "of the kind Norm");
        assertRefused(() -> g.add(OpType.PARAMETER, Attributes.NONE, "y"), "PARAMETER needs attributes of the kind");
    }

    @Test
    void valuesOfAttributesAreChecked() {
        assertRefused(() -> g.embedding(ids, table, 0, 7), "padding must be a token id below 7, or negative, but is 7");
        assertRefused(() -> g.embedding(ids, table, -1, 0), "shift must be at least 0, but is -1");
        assertRefused(
                () -> g.oneHotLinear(ids, weight, bias, 3, -1),
                "weight has 4 columns, which is not a multiple of the window 3");
        assertRefused(() -> g.oneHotLinear(ids, weight, bias, 2, 2), "padding must be a token id below 2");
        assertRefused(() -> new Attributes.OneHot(0, 2, -1), "window must be at least 1, but is 0");
        assertRefused(
                () -> g.attention(x, new Attributes.Attention(3, 2, 1, 0)),
                "heads must be at least 1 and a multiple of the key and value heads, but are 3 and 2");
        assertRefused(() -> g.attention(x, 0, 1), "heads must be at least 1");
        assertRefused(
                () -> g.attention(x, new Attributes.Attention(1, 1, 1, -1)),
                "the window must be at least 0, but is -1");
        assertRefused(() -> g.dropout(x, 1), "dropout must be in [0, 1), but is 1.0");
        assertRefused(() -> g.dropout(x, Float.NaN), "dropout must be in [0, 1), but is NaN");
        assertRefused(() -> new Attributes.Slice(-1, 1), "a slice needs a first feature of at least 0");
        assertThat(g.dropout(x, 0)).isSameAs(x);
    }

    @Test
    void masksOfDropoutAreToldApart() {
        Node first = g.dropout(x, 0.1f);
        assertRefused(() -> g.dropout(x, 2), "dropout");
        Node second = g.dropout(first, 0.1f);
        Node third = GraphBuilder.extend(g.build()).dropout(second, 0.1f);
        assertThat(List.of(first, second, third))
                .extracting(node -> ((Attributes.Dropout) node.attributes()).stream())
                .containsExactly(0, 1, 2);
    }

    @Test
    void namesOfInputsAndParametersAreUnique() {
        assertRefused(
                () -> g.input("tokens"), "the name tokens is taken; inputs and parameters need names of their own");
        assertRefused(() -> g.parameter("weight", Shape.of(1), ZERO), "the name weight is taken");
        assertThat(g.gelu(x).name()).isNotEqualTo(g.gelu(x).name());
    }

    @Test
    void nodesOfOtherGraphsAreRefused() {
        GraphBuilder other = new GraphBuilder();
        Node foreign = other.embedding(other.input("ids"), other.parameter("other", Shape.of(7, 4), ZERO));
        assertRefused(() -> g.gelu(foreign), "other:rows belongs to another graph");
        assertRefused(() -> new GraphBuilder().gelu(x), "table:rows belongs to another graph");
    }

    @Test
    void nodesReadOnlyNodesBeforeThem() {
        assertRefused(
                () -> new Node(1, OpType.GELU, List.of(1), Attributes.NONE, x.shape(), "y"),
                "y (node 1) reads node 1, but an operation reads only nodes before it");
    }

    @Test
    void parametersHaveNamesAndSizes() {
        assertRefused(() -> g.parameter(" ", Shape.of(1), ZERO), "a parameter needs a name");
        assertRefused(
                () -> g.parameter("p", Shape.tokens(), ZERO), "parameter p needs a fixed shape, but has (batch, ");
        assertRefused(
                () -> g.parameter("p", Shape.of(2_000_000_000, 2_000_000_000, 2_000_000_000), ZERO),
                "parameter p of shape (2000000000, 2000000000, 2000000000) has more than the 2147483647 elements that an"
                        + " array can hold");
        assertRefused(() -> Shape.of(0), "a dimension must be at least 1, but is 0");
        assertThat(g.parameter("largest", Shape.of(Integer.MAX_VALUE), ZERO)
                        .shape()
                        .elements())
                .isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void outputsAreFoundByName() {
        Graph graph = g.output(Graph.LOGITS, g.linear(x, table)).build();
        assertThat(graph.output(Graph.LOGITS).type()).isEqualTo(OpType.LINEAR);
        assertThat(graph.parameterCount()).isEqualTo(28 + 16 + 4);
        assertThat(graph.parameters()).extracting(ParameterSpec::name).containsExactly("table", "weight", "bias");
        assertRefused(() -> graph.output("loss"), "no output loss; this graph has [logits]");
        assertRefused(() -> new Graph(graph.nodes(), Map.of("y", 99)), "output y names node 99, which does not exist");
        assertRefused(() -> new Graph(List.of(x), Map.of()), "node table:rows has id 2 at index 0");
    }

    @Test
    void gradientsAreFoundByParameter() {
        Node dy = g.add(OpType.SUM_ROWS, Attributes.NONE, "dy", x);
        Graph graph = g.output(Graph.gradientOutput("bias"), dy)
                .output(Graph.LOGITS, x)
                .build();
        assertThat(graph.gradients()).containsExactly(Map.entry("bias", dy));
        assertThat(dy.type().isParameterGradient()).isTrue();
        assertThat(x.type().isParameterGradient()).isFalse();
    }
}
