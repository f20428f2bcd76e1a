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
                check(type, in, in.get(0).equals(Shape.tokens()) && in.get(1).rank() == 2, "(ids, table (V, D))");
                yield Shape.activations(in.get(1).size(1));
            }
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
            case ADD, GELU_GRAD, RELU_GRAD -> {
                check(type, in, in.get(0).equals(in.get(1)), "two tensors of one shape");
                yield in.get(0);
            }
            case LAYER_NORM -> {
                Shape features = Shape.of(in.get(0).features());
                check(type, in, in.get(1).equals(features) && in.get(2).equals(features), "(x, weight (D), bias (D))");
                yield in.get(0);
            }
            case GELU, RELU, DROPOUT -> in.get(0);
            case ATTENTION -> {
                int heads = ((Attributes.Attention) attributes).heads();
                check(
                        type,
                        in,
                        in.get(0).features() % (3 * heads) == 0,
                        "(B, T, 3 D) with D divisible by " + heads + " heads");
                yield Shape.activations(in.get(0).features() / 3);
            }
            case CROSS_ENTROPY -> {
                check(type, in, in.get(0).rank() == 3 && in.get(1).equals(Shape.tokens()), "(logits, target ids)");
                yield Shape.SCALAR;
            }
            case EMBEDDING_GRAD, ADD_POSITIONS_GRAD ->
                ((Attributes.Parameter) attributes).spec().shape();
            case LINEAR_INPUT_GRAD -> Shape.activations(in.get(1).size(1));
            case LINEAR_WEIGHT_GRAD -> Shape.of(in.get(0).features(), in.get(1).features());
            case SUM_ROWS, LAYER_NORM_WEIGHT_GRAD -> Shape.of(in.get(0).features());
            case LAYER_NORM_INPUT_GRAD, ATTENTION_GRAD -> in.get(1);
            case CROSS_ENTROPY_GRAD -> in.get(0);
        };
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
