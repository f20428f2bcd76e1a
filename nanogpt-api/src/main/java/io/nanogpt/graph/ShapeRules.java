package io.nanogpt.graph;

import java.util.List;

/** Shape inference and validation for every operation, after the check of its {@link Signature}. */
final class ShapeRules {
    private ShapeRules() {}

    static Shape infer(OpType type, Attributes attributes, List<Shape> in) {
        return switch (type) {
            case INPUT -> Shape.tokens();
            case PARAMETER -> ((Attributes.Parameter) attributes).spec().shape();
            case EMBEDDING -> {
                Attributes.Embedding lookup = (Attributes.Embedding) attributes;
                boolean rows = in.get(1).rank() == 2 && in.get(1).size(0) == lookup.rows();
                check(type, in, rows, "(ids, table (V, D)) with V " + lookup.rows());
                yield Shape.activations(in.get(1).size(1));
            }
            case ONE_HOT_LINEAR -> oneHotLinear((Attributes.OneHot) attributes, in);
            case ADD_POSITIONS -> {
                check(type, in, areRowsAndMatrix(in, 1), "(x (B, T, D), table (context, D))");
                yield in.get(0);
            }
            case LINEAR -> {
                boolean fits = areRowsAndMatrix(in, 1)
                        && (in.size() == 2
                                || in.get(2).equals(Shape.of(in.get(1).size(0))));
                check(type, in, fits, "(x (B, T, K), weight (N, K), bias (N))");
                yield Shape.activations(in.get(1).size(0));
            }
            case ADD, MULTIPLY, GELU_GRAD, GELU_TANH_GRAD, RELU_GRAD, RELU_SQUARED_GRAD, SILU_GRAD, SOFT_CAP_GRAD -> {
                check(type, in, isActivations(in.get(0)) && in.get(0).equals(in.get(1)), "two (B, T, D) of one shape");
                yield in.get(0);
            }
            case GRADIENT_SUM -> {
                boolean fits =
                        in.get(0).isFixed() && in.get(0).rank() > 0 && in.get(0).equals(in.get(1));
                check(type, in, fits, "two gradients of one parameter");
                yield in.get(0);
            }
            case CONCAT -> concat(in);
            case LAYER_NORM -> {
                boolean fits = isActivations(in.get(0))
                        && in.get(1).equals(Shape.of(in.get(0).features()))
                        && (in.size() == 2 || in.get(2).equals(in.get(1)));
                check(type, in, fits, "(x (B, T, D), weight (D), bias (D))");
                yield in.get(0);
            }
            case RMS_NORM -> {
                boolean fits = isActivations(in.get(0))
                        && (in.size() == 1
                                || in.get(1).equals(Shape.of(in.get(0).features())));
                check(type, in, fits, "(x (B, T, D), weight (D))");
                yield in.get(0);
            }
            case HEAD_NORM, HEAD_NORM_GRAD -> headNorm(type, (Attributes.HeadNorm) attributes, in);
            case SCALE -> {
                boolean fits = isActivations(in.get(0)) && isPeriod(in.get(1), in.get(0));
                check(type, in, fits, "(x (B, T, D), factor (n)) where n divides D");
                yield in.get(0);
            }
            case SCALE_WEIGHT_GRAD -> {
                Shape factor = ((Attributes.Parameter) attributes).spec().shape();
                boolean fits = isActivations(in.get(0)) && in.get(0).equals(in.get(1)) && isPeriod(factor, in.get(0));
                check(type, in, fits, "(gradient (B, T, D), x (B, T, D)) for a factor (n) where n divides D");
                yield factor;
            }
            case CAUSAL_CONV, CAUSAL_CONV_INPUT_GRAD, CAUSAL_CONV_WEIGHT_GRAD ->
                causalConv(type, (Attributes.Convolution) attributes, in);
            case ADD_SINUSOIDS -> {
                boolean fits = isActivations(in.get(0)) && in.get(0).features() % 2 == 0;
                check(type, in, fits, "(B, T, D) with an even D");
                yield in.get(0);
            }
            case GELU, GELU_TANH, RELU, RELU_SQUARED, SILU, SOFT_CAP, CONSTANT_SCALE, DROPOUT, PREVIOUS_ROW -> {
                check(type, in, isActivations(in.get(0)), "(B, T, D)");
                yield in.get(0);
            }
            case ROTARY -> rotary((Attributes.Rotary) attributes, in);
            case ATTENTION -> {
                int size = headSize(type, (Attributes.Attention) attributes, in.get(0), in);
                yield Shape.activations(((Attributes.Attention) attributes).heads() * size);
            }
            case ATTENTION_PROBABILITIES -> {
                headSize(type, (Attributes.Attention) attributes, in.get(0), in);
                yield new Shape(List.of(
                        Dimension.BATCH,
                        Dimension.SEQUENCE,
                        new Dimension.Fixed(((Attributes.Attention) attributes).heads()),
                        Dimension.SEQUENCE));
            }
            case LSTM -> lstm(in);
            case DEPTHWISE_CONV -> depthwise(in);
            case CROSS_ENTROPY -> {
                check(type, in, isActivations(in.get(0)), "(logits (B, T, V), target ids)");
                yield Shape.SCALAR;
            }
            case EMBEDDING_GRAD -> {
                check(type, in, isActivations(in.get(1)), "(ids, gradient (B, T, D))");
                yield Shape.of(
                        ((Attributes.Embedding) attributes).rows(), in.get(1).features());
            }
            case ONE_HOT_LINEAR_GRAD -> {
                check(type, in, isActivations(in.get(1)), "(ids, gradient (B, T, N))");
                Attributes.OneHot oneHot = (Attributes.OneHot) attributes;
                yield Shape.of(in.get(1).features(), size(type, in, (long) oneHot.window() * oneHot.vocabularySize()));
            }
            case ADD_POSITIONS_GRAD -> {
                Shape table = ((Attributes.Parameter) attributes).spec().shape();
                boolean fits = isActivations(in.get(0))
                        && table.features() == in.get(0).features();
                check(type, in, fits, "(gradient (B, T, D)) for a table " + table);
                yield table;
            }
            case LINEAR_INPUT_GRAD -> {
                boolean fits = isActivations(in.get(0))
                        && in.get(1).rank() == 2
                        && in.get(1).size(0) == in.get(0).features();
                check(type, in, fits, "(gradient (B, T, N), weight (N, K))");
                yield Shape.activations(in.get(1).size(1));
            }
            case LINEAR_WEIGHT_GRAD -> {
                check(type, in, in.stream().allMatch(ShapeRules::isActivations), "(gradient (B, T, N), x (B, T, K))");
                yield Shape.of(in.get(0).features(), in.get(1).features());
            }
            case SUM_ROWS -> {
                check(type, in, isActivations(in.get(0)), "(gradient (B, T, N))");
                yield Shape.of(in.get(0).features());
            }
            case LAYER_NORM_WEIGHT_GRAD, RMS_NORM_WEIGHT_GRAD -> {
                boolean fits = isActivations(in.get(0)) && in.get(0).equals(in.get(1));
                check(type, in, fits, "(gradient (B, T, D), x (B, T, D))");
                yield Shape.of(in.get(0).features());
            }
            case LAYER_NORM_INPUT_GRAD, RMS_NORM_INPUT_GRAD -> {
                boolean fits = isActivations(in.get(0))
                        && in.get(0).equals(in.get(1))
                        && (in.size() == 2
                                || in.get(2).equals(Shape.of(in.get(0).features())));
                check(type, in, fits, "(gradient (B, T, D), x (B, T, D), weight (D))");
                yield in.get(1);
            }
            case SLICE -> slice((Attributes.Slice) attributes, in);
            case ATTENTION_GRAD -> {
                Attributes.Attention attention = (Attributes.Attention) attributes;
                int size = headSize(type, attention, in.get(1), in);
                boolean fits =
                        in.get(0).equals(in.get(2)) && in.get(0).equals(Shape.activations(attention.heads() * size));
                check(type, in, fits, "(gradient (B, T, H d), packed q, k and v, output (B, T, H d))");
                yield in.get(1);
            }
            case LSTM_GRAD -> {
                boolean fits =
                        in.get(0).equals(in.get(4)) && lstm(in.subList(1, 4)).equals(in.get(0));
                check(type, in, fits, "(gradient (B, T, D), gates, weight and bias of LSTM, output (B, T, D))");
                yield in.get(1);
            }
            case CROSS_ENTROPY_GRAD -> {
                check(type, in, isActivations(in.get(0)), "(logits (B, T, V), target ids)");
                yield in.get(0);
            }
            case DEPTHWISE_CONV_INPUT_GRAD -> {
                Shape weight = in.get(1);
                boolean fits = isActivations(in.get(0))
                        && weight.rank() == 3
                        && weight.size(1) == 1
                        && weight.size(0) == in.get(0).features();
                check(type, in, fits, "(gradient (B, T, D), weight (D, 1, k))");
                yield Shape.activations(weight.size(0) * weight.size(2));
            }
            case DEPTHWISE_CONV_WEIGHT_GRAD -> {
                boolean fits = in.stream().allMatch(ShapeRules::isActivations)
                        && in.get(1).features() % in.get(0).features() == 0;
                check(type, in, fits, "(gradient (B, T, D), rows (B, T, k D))");
                yield Shape.of(
                        in.get(0).features(),
                        1,
                        in.get(1).features() / in.get(0).features());
            }
        };
    }

    private static Shape oneHotLinear(Attributes.OneHot oneHot, List<Shape> in) {
        boolean fits = in.get(1).rank() == 2
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
        return Shape.activations(
                size(OpType.CONCAT, in, in.stream().mapToLong(Shape::features).sum()));
    }

    private static Shape headNorm(OpType type, Attributes.HeadNorm norm, List<Shape> in) {
        boolean fits = in.stream().allMatch(shape -> isActivations(shape) && shape.equals(in.get(0)))
                && (long) norm.heads() * norm.headSize() <= in.get(0).features();
        check(type, in, fits, "(B, T, D) with at least " + norm.heads() + " heads of the size " + norm.headSize());
        return in.get(0);
    }

    private static Shape causalConv(OpType type, Attributes.Convolution convolution, List<Shape> in) {
        boolean fits = isActivations(in.get(0));
        Shape weight = fits ? Shape.of(convolution.size(), in.get(0).features()) : in.get(1);
        if (type == OpType.CAUSAL_CONV_WEIGHT_GRAD) {
            check(type, in, fits && in.get(1).equals(in.get(0)), "(gradient (B, T, D), x (B, T, D))");
            return weight;
        }
        check(type, in, fits && in.get(1).equals(weight), "(B, T, D) and a weight (K, D) with K " + convolution.size());
        return in.get(0);
    }

    /** Whether a shape is that of numbers that repeat over the features of activations. */
    private static boolean isPeriod(Shape numbers, Shape activations) {
        return numbers.isFixed() && numbers.rank() == 1 && activations.features() % numbers.size(0) == 0;
    }

    private static Shape rotary(Attributes.Rotary rotary, List<Shape> in) {
        boolean fits = rotary.headSize() % 2 == 0
                && rotary.turned() <= rotary.headSize()
                && isActivations(in.get(0))
                && (long) rotary.heads() * rotary.headSize() <= in.get(0).features();
        check(
                OpType.ROTARY,
                in,
                fits,
                "(B, T, D) with at least " + rotary.heads() + " heads of the even size " + rotary.headSize());
        return in.get(0);
    }

    private static Shape slice(Attributes.Slice slice, List<Shape> in) {
        boolean fits = isActivations(in.get(0))
                && slice.from() >= 0
                && slice.from() + (long) slice.size() <= in.get(0).features();
        check(OpType.SLICE, in, fits, "(B, T, N) with " + slice.size() + " features from " + slice.from());
        return Shape.activations(slice.size());
    }

    private static Shape lstm(List<Shape> in) {
        boolean fits = isActivations(in.get(0)) && in.get(0).features() % 4 == 0;
        if (fits) {
            int gates = in.get(0).features();
            fits = in.get(1).equals(Shape.of(gates, gates / 4)) && in.get(2).equals(Shape.of(gates));
        }
        check(OpType.LSTM, in, fits, "(gates (B, T, 4 D), weight (4 D, D), bias (4 D))");
        return Shape.activations(in.get(0).features() / 4);
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

    private static int headSize(OpType type, Attributes.Attention attention, Shape packed, List<Shape> in) {
        long parts = attention.heads() + 2L * attention.keyValueHeads();
        check(
                type,
                in,
                isActivations(packed) && packed.features() % parts == 0,
                "packed (B, T, D) that holds " + attention.heads() + " query heads and " + attention.keyValueHeads()
                        + " key and value heads");
        return (int) (packed.features() / parts);
    }

    private static boolean isActivations(Shape shape) {
        return shape.rank() == 3
                && shape.dimensions().get(2) instanceof Dimension.Fixed
                && shape.equals(Shape.activations(shape.features()));
    }

    /** Whether the first input is (B, T, D) and input {@code matrix} is a matrix with D columns. */
    private static boolean areRowsAndMatrix(List<Shape> in, int matrix) {
        return isActivations(in.get(0))
                && in.get(matrix).rank() == 2
                && in.get(0).features() == in.get(matrix).features();
    }

    /** Returns a number of features as an int. */
    private static int size(OpType type, List<Shape> in, long size) {
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(type + " of shapes " + in + " would have " + size
                    + " features, but there can be at most " + Integer.MAX_VALUE);
        }
        return (int) size;
    }

    private static void check(OpType type, List<Shape> in, boolean fits, String expected) {
        if (!fits) {
            throw new IllegalArgumentException(type + " cannot read shapes " + in + "; it needs " + expected);
        }
    }
}
