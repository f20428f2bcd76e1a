package io.nanogpt.graph;

import java.util.List;

/** The shape of every operation's output, and what its inputs must be. */
final class ShapeRules {
    private ShapeRules() {}

    static Shape infer(OpType type, Attributes attributes, List<Shape> in) {
        return switch (type) {
            case INPUT -> Shape.tokens();
            case PARAMETER -> ((Attributes.Parameter) attributes).spec().shape();
            case EMBEDDING -> {
                Attributes.Embedding lookup = (Attributes.Embedding) attributes;
                boolean rows = in.get(1).rank() == 2 && in.get(1).size(0) == lookup.vocabularySize();
                check(type, in, in.get(0).equals(Shape.tokens()) && rows, "(ids, table (V, D))");
                yield Shape.activations(in.get(1).size(1));
            }
            case ONE_HOT_LINEAR -> oneHotLinear((Attributes.OneHot) attributes, in);
            case ADD_POSITIONS -> {
                check(type, in, activations(in, 0, 1), "(x (B, T, D), table (context, D))");
                yield in.get(0);
            }
            case LINEAR -> {
                boolean biasFits =
                        in.size() == 2 || in.get(2).equals(Shape.of(in.get(1).size(0)));
                check(type, in, activations(in, 0, 1) && biasFits, "(x (B, T, K), weight (N, K), bias (N))");
                yield Shape.activations(in.get(1).size(0));
            }
            case ADD, MULTIPLY, GELU_GRAD, GELU_TANH_GRAD, RELU_GRAD, SILU_GRAD -> {
                check(type, in, in.get(0).equals(in.get(1)), "two tensors of one shape");
                yield in.get(0);
            }
            case CONCAT -> concat(in);
            case LAYER_NORM -> {
                Shape features = Shape.of(in.get(0).features());
                check(type, in, in.get(1).equals(features) && in.get(2).equals(features), "(x, weight (D), bias (D))");
                yield in.get(0);
            }
            case RMS_NORM -> {
                check(type, in, in.get(1).equals(Shape.of(in.get(0).features())), "(x, weight (D))");
                yield in.get(0);
            }
            case ADD_SINUSOIDS -> {
                check(type, in, in.get(0).rank() == 3 && in.get(0).features() % 2 == 0, "(B, T, D) with an even D");
                yield in.get(0);
            }
            case GELU, GELU_TANH, RELU, SILU, DROPOUT -> in.get(0);
            case ROTARY -> {
                Attributes.Rotary rotary = (Attributes.Rotary) attributes;
                boolean fits = rotary.headSize() % 2 == 0
                        && in.get(0).rank() == 3
                        && (long) rotary.heads() * rotary.headSize()
                                <= in.get(0).features();
                check(
                        type,
                        in,
                        fits,
                        "(B, T, D) with at least " + rotary.heads() + " heads of the even size " + rotary.headSize());
                yield in.get(0);
            }
            case ATTENTION -> Shape.activations(((Attributes.Attention) attributes).heads() * headSize(attributes, in));
            case ATTENTION_PROBABILITIES -> {
                headSize(attributes, in);
                yield new Shape(List.of(
                        Dimension.BATCH,
                        Dimension.SEQUENCE,
                        new Dimension.Fixed(((Attributes.Attention) attributes).heads()),
                        Dimension.SEQUENCE));
            }
            case LSTM -> lstm(in);
            case DEPTHWISE_CONV -> depthwise(in);
            case CROSS_ENTROPY -> {
                check(type, in, in.get(0).rank() == 3 && in.get(1).equals(Shape.tokens()), "(logits, target ids)");
                yield Shape.SCALAR;
            }
            case EMBEDDING_GRAD ->
                Shape.of(
                        ((Attributes.Embedding) attributes).vocabularySize(),
                        in.get(1).features());
            case ONE_HOT_LINEAR_GRAD -> {
                Attributes.OneHot oneHot = (Attributes.OneHot) attributes;
                yield Shape.of(in.get(1).features(), Math.multiplyExact(oneHot.window(), oneHot.vocabularySize()));
            }
            case ADD_POSITIONS_GRAD ->
                ((Attributes.Parameter) attributes).spec().shape();
            case LINEAR_INPUT_GRAD -> Shape.activations(in.get(1).size(1));
            case LINEAR_WEIGHT_GRAD -> Shape.of(in.get(0).features(), in.get(1).features());
            case SUM_ROWS, LAYER_NORM_WEIGHT_GRAD, RMS_NORM_WEIGHT_GRAD ->
                Shape.of(in.get(0).features());
            case SLICE -> {
                Attributes.Slice slice = (Attributes.Slice) attributes;
                boolean fits = slice.from() >= 0
                        && slice.from() + (long) slice.size() <= in.get(0).features();
                check(type, in, fits, slice.size() + " features from " + slice.from());
                yield Shape.activations(slice.size());
            }
            case LAYER_NORM_INPUT_GRAD, RMS_NORM_INPUT_GRAD, ATTENTION_GRAD, LSTM_GRAD -> in.get(1);
            case PREVIOUS_ROW, CROSS_ENTROPY_GRAD -> in.get(0);
            case DEPTHWISE_CONV_INPUT_GRAD ->
                Shape.activations(in.get(1).size(0) * in.get(1).size(2));
            case DEPTHWISE_CONV_WEIGHT_GRAD ->
                Shape.of(
                        in.get(0).features(),
                        1,
                        in.get(1).features() / in.get(0).features());
        };
    }

    private static Shape oneHotLinear(Attributes.OneHot oneHot, List<Shape> in) {
        boolean fits = in.get(0).equals(Shape.tokens())
                && in.get(1).rank() == 2
                && in.get(1).size(1) == (long) oneHot.window() * oneHot.vocabularySize()
                && in.get(2).equals(Shape.of(in.get(1).size(0)));
        check(OpType.ONE_HOT_LINEAR, in, fits, "(ids, weight (N, k V), bias (N))");
        return Shape.activations(in.get(1).size(0));
    }

    private static Shape concat(List<Shape> in) {
        check(
                OpType.CONCAT,
                in,
                in.size() >= 2 && in.stream().allMatch(ShapeRules::isActivations),
                "two or more (B, T, N)");
        return Shape.activations(in.stream().mapToInt(Shape::features).reduce(0, Math::addExact));
    }

    private static Shape lstm(List<Shape> in) {
        int gates = in.get(0).features();
        boolean fits = isActivations(in.get(0))
                && gates % 4 == 0
                && in.get(1).equals(Shape.of(gates, gates / 4))
                && in.get(2).equals(Shape.of(gates));
        check(OpType.LSTM, in, fits, "(gates (B, T, 4 D), weight (4 D, D), bias (4 D))");
        return Shape.activations(gates / 4);
    }

    private static Shape depthwise(List<Shape> in) {
        Shape weight = in.get(1);
        boolean fits = isActivations(in.get(0))
                && weight.rank() == 3
                && weight.size(1) == 1
                && in.get(0).features() == (long) weight.size(0) * weight.size(2)
                && in.get(2).equals(Shape.of(weight.size(0)));
        check(OpType.DEPTHWISE_CONV, in, fits, "(rows (B, T, k D), weight (D, 1, k), bias (D))");
        return Shape.activations(weight.size(0));
    }

    private static int headSize(Attributes attributes, List<Shape> in) {
        Attributes.Attention attention = (Attributes.Attention) attributes;
        int parts = attention.heads() + 2 * attention.keyValueHeads();
        check(
                OpType.ATTENTION,
                in,
                isActivations(in.get(0)) && in.get(0).features() % parts == 0,
                "(B, T, D) that holds " + attention.heads() + " query heads and " + attention.keyValueHeads()
                        + " key and value heads");
        return attention.headSize(in.get(0).features());
    }

    private static boolean isActivations(Shape shape) {
        return shape.rank() == 3 && shape.equals(Shape.activations(shape.features()));
    }

    /** Whether input {@code x} is (B, T, D) and input {@code table} is a matrix with D columns. */
    private static boolean activations(List<Shape> in, int x, int table) {
        return in.get(x).rank() == 3
                && in.get(table).rank() == 2
                && in.get(x).features() == in.get(table).features();
    }

    private static void check(OpType type, List<Shape> in, boolean fits, String expected) {
        if (!fits) {
            throw new IllegalArgumentException(type + " cannot read shapes " + in + "; it needs " + expected);
        }
    }
}
