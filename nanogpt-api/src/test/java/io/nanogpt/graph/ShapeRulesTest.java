package io.nanogpt.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ShapeRulesTest {
    private static final Initializer ZERO = new Initializer.Constant(0);
    private static final int HUGE = 1_500_000_000;

    private final GraphBuilder g = new GraphBuilder();
    private final Node ids = g.input("tokens");

    /** Activations (B, T, D). */
    private Node x(int features) {
        return g.embedding(ids, p(1, features));
    }

    private Node p(int... sizes) {
        return g.parameter("p" + g.build().nodes().size(), Shape.of(sizes), ZERO);
    }

    private Node add(OpType type, Node... inputs) {
        return g.add(type, Attributes.NONE, "y", inputs);
    }

    private Node add(OpType type, Attributes attributes, Node... inputs) {
        return g.add(type, attributes, "y", inputs);
    }

    /** A loss, a scalar. */
    private Node scalar() {
        return g.crossEntropy(x(3), ids);
    }

    private record Case(String message, Supplier<Node> node) {}

    private Stream<Case> cases() {
        Attributes.HeadNorm heads = new Attributes.HeadNorm(3, 2, 1e-6f);
        Attributes.Convolution convolution = new Attributes.Convolution(3);
        Attributes.Norm norm = new Attributes.Norm(1e-5f);
        Attributes.Embedding lookup = new Attributes.Embedding(7, 0, -1);
        Attributes.Attention attention = new Attributes.Attention(2, 1, 1, 0);
        Attributes.Parameter positions = new Attributes.Parameter(new ParameterSpec("t", Shape.of(9, 4), ZERO));
        return Stream.of(
                new Case(
                        "EMBEDDING cannot read shapes [(batch, sequence), (4)]; it needs (ids, table (V, D)) with V 4",
                        () -> g.embedding(ids, p(4))),
                new Case("needs (ids, table (V, D)) with V 7", () -> add(OpType.EMBEDDING, lookup, ids, p(6, 4))),
                new Case("needs (ids, weight (N, k V), bias (N))", () -> g.oneHotLinear(ids, p(4, 6), p(5), 2, -1)),
                new Case(
                        "ADD_POSITIONS cannot read shapes [(batch, sequence, 4), (9, 5)]; it needs (x (B, T, D), table",
                        () -> g.addPositions(x(4), p(9, 5))),
                new Case(
                        "LINEAR cannot read shapes [(batch, sequence, 4), (3, 5)]; it needs (x (B, T, K), weight (N, K), bias (N))",
                        () -> g.linear(x(4), p(3, 5))),
                new Case("weight (N, K), bias (N)", () -> g.linear(x(4), p(4))),
                new Case("weight (N, K), bias (N)", () -> g.linear(x(4), p(4), p(4))),
                new Case(
                        "LINEAR cannot read shapes [(batch, sequence, 4), (3, 4), (4)]",
                        () -> g.linear(x(4), p(3, 4), p(4))),
                new Case("LINEAR cannot read shapes [()", () -> g.linear(scalar(), p(3, 4))),
                new Case(
                        "ADD cannot read shapes [(batch, sequence, 4), (batch, sequence, 5)]; it needs two (B, T, D) of one",
                        () -> g.add(x(4), x(5))),
                new Case("ADD cannot read shapes [(), ()]", () -> g.add(scalar(), scalar())),
                new Case("MULTIPLY cannot read shapes", () -> g.multiply(x(4), x(5))),
                new Case("GELU_GRAD cannot read shapes", () -> add(OpType.GELU_GRAD, x(4), x(5))),
                new Case("GELU_TANH_GRAD cannot read shapes", () -> add(OpType.GELU_TANH_GRAD, x(4), x(5))),
                new Case("RELU_GRAD cannot read shapes", () -> add(OpType.RELU_GRAD, x(4), x(5))),
                new Case("SILU_GRAD cannot read shapes", () -> add(OpType.SILU_GRAD, x(4), x(5))),
                new Case(
                        "GRADIENT_SUM cannot read shapes [(batch, sequence, 4), (batch, sequence, 4)]; it needs two gradients",
                        () -> add(OpType.GRADIENT_SUM, x(4), x(4))),
                new Case(
                        "CONCAT cannot read shapes [(batch, sequence, 4), ()]; it needs two or more (B, T, N)",
                        () -> g.concat(x(4), scalar())),
                new Case(
                        "CONCAT of shapes [(batch, sequence, 1500000000), (batch, sequence, 1500000000)] would have"
                                + " 3000000000 features, but there can be at most 2147483647",
                        () -> g.concat(x(HUGE), x(HUGE))),
                new Case(
                        "LAYER_NORM cannot read shapes [(batch, sequence, 4), (4), (5)]; it needs (x (B, T, D), weight (D)",
                        () -> g.layerNorm(x(4), p(4), p(5), 1e-5f)),
                new Case("LAYER_NORM cannot read shapes", () -> g.layerNorm(scalar(), p(4), p(4), 1e-5f)),
                new Case("RMS_NORM cannot read shapes [(batch, sequence, 4), (5)]", () -> g.rmsNorm(x(4), p(5), 1e-5f)),
                new Case(
                        "ADD_SINUSOIDS cannot read shapes [(batch, sequence, 3)]; it needs (B, T, D) with an even D",
                        () -> g.addSinusoids(x(3))),
                new Case("GELU cannot read shapes [()]; it needs (B, T, D)", () -> g.gelu(scalar())),
                new Case("GELU_TANH cannot read shapes", () -> g.geluTanh(scalar())),
                new Case("RELU cannot read shapes", () -> g.relu(scalar())),
                new Case("SILU cannot read shapes", () -> g.silu(scalar())),
                new Case("DROPOUT cannot read shapes", () -> g.dropout(scalar(), 0.5f)),
                new Case("PREVIOUS_ROW cannot read shapes", () -> add(OpType.PREVIOUS_ROW, scalar())),
                new Case(
                        "ROTARY cannot read shapes [(batch, sequence, 8)]; it needs (B, T, D) with at least 3 heads of the"
                                + " even size 4",
                        () -> g.rotary(x(8), new Attributes.Rotary(4, 3, 10_000, false, false))),
                new Case(
                        "with at least 1 heads of the even size 4",
                        () -> g.rotary(x(8), new Attributes.Rotary(4, 1, List.of(1.0, 1.0, 1.0), 1, false, false))),
                new Case("of the even size 3", () -> g.rotary(x(8), new Attributes.Rotary(3, 1, 10_000, false, false))),
                new Case(
                        "ATTENTION cannot read shapes [(batch, sequence, 10)]; it needs packed (B, T, D) that holds 2 query"
                                + " heads and 1 key and value heads",
                        () -> g.attention(x(10), attention)),
                new Case(
                        "ATTENTION cannot read shapes",
                        () -> g.attention(x(10), new Attributes.Attention(HUGE, HUGE, 1, 0))),
                new Case(
                        "ATTENTION_PROBABILITIES cannot read shapes",
                        () -> add(OpType.ATTENTION_PROBABILITIES, attention, x(10))),
                new Case(
                        "ATTENTION_GRAD cannot read shapes",
                        () -> add(OpType.ATTENTION_GRAD, attention, x(4), x(8), x(5))),
                new Case(
                        "(gradient (B, T, H d), packed q, k and v, output (B, T, H d))",
                        () -> add(OpType.ATTENTION_GRAD, attention, x(8), x(8), x(8))),
                new Case(
                        "LSTM cannot read shapes [(batch, sequence, 6), (6, 1), (6)]; it needs (gates (B, T, 4 D)",
                        () -> g.lstm(x(6), p(6, 1), p(6))),
                new Case("LSTM cannot read shapes", () -> g.lstm(x(8), p(8, 3), p(8))),
                new Case("LSTM_GRAD cannot read shapes", () -> add(OpType.LSTM_GRAD, x(2), x(8), p(8, 2), p(8), x(3))),
                new Case(
                        "DEPTHWISE_CONV cannot read shapes [(batch, sequence, 6), (2, 1, 4), (2)]; it needs (rows (B, T, k D)",
                        () -> g.depthwiseConv(x(6), p(2, 1, 4), p(2))),
                new Case(
                        "CROSS_ENTROPY cannot read shapes [(), (batch, sequence)]; it needs (logits (B, T, V), target ids)",
                        () -> g.crossEntropy(scalar(), ids)),
                new Case("CROSS_ENTROPY_GRAD cannot read shapes", () -> add(OpType.CROSS_ENTROPY_GRAD, scalar(), ids)),
                new Case("EMBEDDING_GRAD cannot read shapes", () -> add(OpType.EMBEDDING_GRAD, lookup, ids, scalar())),
                new Case(
                        "ONE_HOT_LINEAR_GRAD cannot read shapes",
                        () -> add(OpType.ONE_HOT_LINEAR_GRAD, new Attributes.OneHot(2, 3, -1), ids, scalar())),
                new Case(
                        "would have 3000000000 features",
                        () -> add(OpType.ONE_HOT_LINEAR_GRAD, new Attributes.OneHot(2, HUGE, -1), ids, x(4))),
                new Case(
                        "ADD_POSITIONS_GRAD cannot read shapes [(batch, sequence, 5)]; it needs (gradient (B, T, D)) for a"
                                + " table (9, 4)",
                        () -> add(OpType.ADD_POSITIONS_GRAD, positions, x(5))),
                new Case("LINEAR_INPUT_GRAD cannot read shapes", () -> add(OpType.LINEAR_INPUT_GRAD, x(4), p(3, 4))),
                new Case("LINEAR_WEIGHT_GRAD cannot read shapes", () -> add(OpType.LINEAR_WEIGHT_GRAD, x(4), scalar())),
                new Case("SUM_ROWS cannot read shapes", () -> add(OpType.SUM_ROWS, scalar())),
                new Case(
                        "LAYER_NORM_WEIGHT_GRAD cannot read",
                        () -> add(OpType.LAYER_NORM_WEIGHT_GRAD, norm, x(4), x(5))),
                new Case("RMS_NORM_WEIGHT_GRAD cannot read", () -> add(OpType.RMS_NORM_WEIGHT_GRAD, norm, x(4), x(5))),
                new Case(
                        "LAYER_NORM_INPUT_GRAD cannot read",
                        () -> add(OpType.LAYER_NORM_INPUT_GRAD, norm, x(4), x(4), p(5))),
                new Case(
                        "RMS_NORM_INPUT_GRAD cannot read",
                        () -> add(OpType.RMS_NORM_INPUT_GRAD, norm, x(4), x(5), p(4))),
                new Case(
                        "SLICE cannot read shapes [(batch, sequence, 4)]; it needs (B, T, N) with 3 features from 2",
                        () -> add(OpType.SLICE, new Attributes.Slice(2, 3), x(4))),
                new Case(
                        "DEPTHWISE_CONV_INPUT_GRAD cannot read shapes",
                        () -> add(OpType.DEPTHWISE_CONV_INPUT_GRAD, x(3), p(2, 1, 4))),
                new Case(
                        "DEPTHWISE_CONV_WEIGHT_GRAD cannot read shapes",
                        () -> add(OpType.DEPTHWISE_CONV_WEIGHT_GRAD, x(3), x(7))),
                new Case("SCALE cannot read shapes [(batch, sequence, 4), (3)]", () -> g.scale(x(4), p(3))),
                new Case("SCALE cannot read shapes [(batch, sequence, 4), (1, 4)]", () -> g.scale(x(4), p(1, 4))),
                new Case(
                        "SCALE_WEIGHT_GRAD cannot read",
                        () -> add(OpType.SCALE_WEIGHT_GRAD, p(4).attributes(), x(4), x(8))),
                new Case(
                        "SCALE_WEIGHT_GRAD cannot read",
                        () -> add(OpType.SCALE_WEIGHT_GRAD, p(3).attributes(), x(4), x(4))),
                new Case("CONSTANT_SCALE cannot read shapes", () -> g.scale(scalar(), 2)),
                new Case(
                        "HEAD_NORM cannot read shapes [(batch, sequence, 4)]; it needs (B, T, D) with at least 2 heads of"
                                + " the size 3",
                        () -> g.headNorm(x(4), heads)),
                new Case("HEAD_NORM_GRAD cannot read shapes", () -> add(OpType.HEAD_NORM_GRAD, heads, x(6), x(7))),
                new Case("RELU_SQUARED cannot read shapes", () -> g.reluSquared(scalar())),
                new Case("RELU_SQUARED_GRAD cannot read", () -> add(OpType.RELU_SQUARED_GRAD, x(4), x(5))),
                new Case("SOFT_CAP cannot read shapes", () -> g.softCap(scalar(), 15)),
                new Case(
                        "SOFT_CAP_GRAD cannot read",
                        () -> add(OpType.SOFT_CAP_GRAD, new Attributes.SoftCap(15), x(4), x(5))),
                new Case(
                        "CAUSAL_CONV cannot read shapes [(batch, sequence, 4), (3, 5)]; it needs (B, T, D) and a weight"
                                + " (K, D) with K 3",
                        () -> g.causalConv(x(4), p(3, 5))),
                new Case(
                        "CAUSAL_CONV_INPUT_GRAD cannot read",
                        () -> add(OpType.CAUSAL_CONV_INPUT_GRAD, convolution, x(4), p(2, 4))),
                new Case(
                        "CAUSAL_CONV_WEIGHT_GRAD cannot read",
                        () -> add(OpType.CAUSAL_CONV_WEIGHT_GRAD, convolution, x(4), x(5))));
    }

    static Stream<Arguments> messages() {
        ShapeRulesTest test = new ShapeRulesTest();
        return test.cases().map(each -> Arguments.of(each.message, each.node));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("messages")
    void shapesThatDoNotFitAreRefused(String message, Supplier<Node> node) {
        assertThatThrownBy(node::get)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    /** Except operations without inputs, and one whose inputs are validated before their shapes. */
    @Test
    void everyOperationHasACase() {
        List<String> refused = new ArrayList<>();
        messages().forEach(arguments -> refused.add((String) arguments.get()[0]));
        for (OpType type : OpType.values()) {
            if (type != OpType.INPUT && type != OpType.PARAMETER && type != OpType.ONE_HOT_LINEAR) {
                assertThat(refused).anyMatch(message -> message.startsWith(type + " "));
            }
        }
    }

    @Test
    void shapesFollowFromTheInputs() {
        assertThat(g.linear(x(4), p(3, 4), p(3)).shape()).isEqualTo(Shape.activations(3));
        assertThat(g.oneHotLinear(ids, p(4, 6), p(4), 2, -1).shape()).isEqualTo(Shape.activations(4));
        assertThat(g.attention(x(8), new Attributes.Attention(2, 1, 1, 0)).shape())
                .isEqualTo(Shape.activations(4));
        assertThat(add(OpType.ATTENTION_PROBABILITIES, new Attributes.Attention(2, 1, 1, 0), x(8)))
                .hasToString("Node[id=" + (g.build().nodes().size() - 1) + ", type=ATTENTION_PROBABILITIES, inputs=["
                        + (g.build().nodes().size() - 2)
                        + "], attributes=Attention[heads=2, keyValueHeads=1, scale=1.0,"
                        + " window=0, cap=0.0], shape=(batch, sequence, 2, sequence), name=y]");
        assertThat(g.scale(x(6), p(3)).shape()).isEqualTo(Shape.activations(6));
        assertThat(add(OpType.SCALE_WEIGHT_GRAD, p(3).attributes(), x(6), x(6)).shape())
                .isEqualTo(Shape.of(3));
        assertThat(g.layerNorm(x(4), p(4), 1e-5f).shape()).isEqualTo(Shape.activations(4));
        assertThat(g.lstm(x(8), p(8, 2), p(8)).shape()).isEqualTo(Shape.activations(2));
        assertThat(g.depthwiseConv(x(6), p(2, 1, 3), p(2)).shape()).isEqualTo(Shape.activations(2));
        Node sum = add(OpType.SUM_ROWS, x(5));
        assertThat(add(OpType.GRADIENT_SUM, sum, sum).shape()).isEqualTo(Shape.of(5));
        assertThat(scalar().shape()).isEqualTo(Shape.SCALAR);
        assertThatThrownBy(() -> x(4).shape().elements())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("axis 0 of (batch, sequence, 4) has no fixed size");
    }
}
