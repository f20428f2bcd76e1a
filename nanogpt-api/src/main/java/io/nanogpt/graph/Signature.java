package io.nanogpt.graph;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The inputs of an operation in order, and the type of its attributes.
 *
 * @param operands the inputs; the last may be optional or repeated
 * @param attributes the type of its attributes; {@code Attributes} itself for any
 */
record Signature(List<Operand> operands, Class<? extends Attributes> attributes) {
    /** The kind of an input. */
    private enum Role {
        /** Token ids, made by {@link GraphBuilder#input}. */
        IDS,
        /** A trained parameter, made by {@link GraphBuilder#parameter}: backends read it from the parameter store. */
        PARAMETER,
        /** The result of an operation. */
        RESULT
    }

    private enum Count {
        ONE,
        OPTIONAL,
        /** Once or more. */
        MANY
    }

    record Operand(String name, Role role, Count count) {
        private void check(OpType type, Node input) {
            boolean fits = switch (role) {
                case IDS -> input.type() == OpType.INPUT;
                case PARAMETER -> input.type() == OpType.PARAMETER;
                case RESULT -> input.type() != OpType.INPUT && input.type() != OpType.PARAMETER;
            };
            if (fits) {
                return;
            }
            String expected = switch (role) {
                case IDS -> "token ids, made by GraphBuilder.input";
                case PARAMETER -> "a parameter, made by GraphBuilder.parameter";
                case RESULT -> "the result of an operation";
            };
            throw new IllegalArgumentException("the input " + name + " of " + type + " must be " + expected + ", but "
                    + input.name() + " is of the kind " + input.type());
        }

        @Override
        public String toString() {
            return switch (count) {
                case ONE -> name;
                case OPTIONAL -> "optionally " + name;
                case MANY -> name + " ...";
            };
        }
    }

    /**
     * Checks number and kinds of the inputs, and the attributes, of an operation.
     *
     * @throws IllegalArgumentException if one of them does not match
     */
    static void check(OpType type, Attributes attributes, List<Node> inputs) {
        Signature signature = of(type);
        signature.checkInputs(type, inputs);
        if (!signature.attributes.isInstance(attributes)) {
            throw new IllegalArgumentException(type + " needs attributes of the kind "
                    + signature.attributes.getSimpleName() + ", but was given " + attributes);
        }
    }

    /** Checks the inputs only. */
    static void check(OpType type, List<Node> inputs) {
        of(type).checkInputs(type, inputs);
    }

    private void checkInputs(OpType type, List<Node> inputs) {
        long least = operands.stream()
                .filter(operand -> operand.count != Count.OPTIONAL)
                .count();
        boolean open = operands.stream().anyMatch(operand -> operand.count == Count.MANY);
        if (inputs.size() < least || (!open && inputs.size() > operands.size())) {
            throw new IllegalArgumentException(type + " reads " + this + ", but was given "
                    + (inputs.size() == 1 ? "1 input" : inputs.size() + " inputs"));
        }
        for (int i = 0; i < inputs.size(); i++) {
            operands.get(Math.min(i, operands.size() - 1)).check(type, inputs.get(i));
        }
    }

    @Override
    public String toString() {
        return operands.stream().map(Operand::toString).collect(Collectors.joining(", ", "(", ")"));
    }

    private static Signature of(OpType type) {
        return switch (type) {
            case INPUT -> of(Attributes.class);
            case PARAMETER -> of(Attributes.Parameter.class);
            case EMBEDDING -> of(Attributes.Embedding.class, ids(), parameter("table"));
            case ONE_HOT_LINEAR -> of(Attributes.OneHot.class, ids(), parameter("weight"), parameter("bias"));
            case ADD_POSITIONS -> of(Attributes.Parameter.class, result("x"), parameter("table"));
            case LINEAR ->
                of(
                        Attributes.class,
                        result("x"),
                        parameter("weight"),
                        new Operand("bias", Role.PARAMETER, Count.OPTIONAL));
            case LAYER_NORM ->
                of(
                        Attributes.Norm.class,
                        result("x"),
                        parameter("weight"),
                        new Operand("bias", Role.PARAMETER, Count.OPTIONAL));
            case RMS_NORM ->
                of(Attributes.Norm.class, result("x"), new Operand("weight", Role.PARAMETER, Count.OPTIONAL));
            case HEAD_NORM -> of(Attributes.HeadNorm.class, result("x"));
            case HEAD_NORM_GRAD -> of(Attributes.HeadNorm.class, result("gradient"), result("x"));
            case SCALE -> of(Attributes.class, result("x"), parameter("factor"));
            case CONSTANT_SCALE -> of(Attributes.Constant.class, result("x"));
            case SCALE_WEIGHT_GRAD -> of(Attributes.Parameter.class, result("gradient"), result("x"));
            case CAUSAL_CONV -> of(Attributes.Convolution.class, result("x"), parameter("weight"));
            case CAUSAL_CONV_INPUT_GRAD -> of(Attributes.Convolution.class, result("gradient"), parameter("weight"));
            case CAUSAL_CONV_WEIGHT_GRAD -> of(Attributes.Convolution.class, result("gradient"), result("x"));
            case SOFT_CAP -> of(Attributes.SoftCap.class, result("x"));
            case SOFT_CAP_GRAD -> of(Attributes.SoftCap.class, result("gradient"), result("output"));
            case LSTM -> of(Attributes.class, result("gates"), parameter("weight"), parameter("bias"));
            case DEPTHWISE_CONV -> of(Attributes.class, result("rows"), parameter("weight"), parameter("bias"));
            case ADD, MULTIPLY, GRADIENT_SUM -> of(Attributes.class, result("a"), result("b"));
            case CONCAT -> of(Attributes.class, result("a"), new Operand("b", Role.RESULT, Count.MANY));
            case ADD_SINUSOIDS, GELU, GELU_TANH, RELU, RELU_SQUARED, SILU, PREVIOUS_ROW ->
                of(Attributes.class, result("x"));
            case ROTARY -> of(Attributes.Rotary.class, result("x"));
            case SLICE -> of(Attributes.Slice.class, result("x"));
            case DROPOUT -> of(Attributes.Dropout.class, result("x"));
            case ATTENTION, ATTENTION_PROBABILITIES -> of(Attributes.Attention.class, result("packed q, k and v"));
            case CROSS_ENTROPY, CROSS_ENTROPY_GRAD -> of(Attributes.class, result("logits"), ids());
            case EMBEDDING_GRAD -> of(Attributes.Embedding.class, ids(), result("gradient"));
            case ONE_HOT_LINEAR_GRAD -> of(Attributes.OneHot.class, ids(), result("gradient"));
            case ADD_POSITIONS_GRAD -> of(Attributes.Parameter.class, result("gradient"));
            case LINEAR_INPUT_GRAD, DEPTHWISE_CONV_INPUT_GRAD ->
                of(Attributes.class, result("gradient"), parameter("weight"));
            case LINEAR_WEIGHT_GRAD,
                    DEPTHWISE_CONV_WEIGHT_GRAD,
                    GELU_GRAD,
                    GELU_TANH_GRAD,
                    RELU_GRAD,
                    RELU_SQUARED_GRAD,
                    SILU_GRAD -> of(Attributes.class, result("gradient"), result("x"));
            case LAYER_NORM_WEIGHT_GRAD, RMS_NORM_WEIGHT_GRAD ->
                of(Attributes.Norm.class, result("gradient"), result("x"));
            case SUM_ROWS -> of(Attributes.class, result("gradient"));
            case LAYER_NORM_INPUT_GRAD ->
                of(Attributes.Norm.class, result("gradient"), result("x"), parameter("weight"));
            case RMS_NORM_INPUT_GRAD ->
                of(
                        Attributes.Norm.class,
                        result("gradient"),
                        result("x"),
                        new Operand("weight", Role.PARAMETER, Count.OPTIONAL));
            case ATTENTION_GRAD ->
                of(Attributes.Attention.class, result("gradient"), result("packed q, k and v"), result("output"));
            case LSTM_GRAD ->
                of(
                        Attributes.class,
                        result("gradient"),
                        result("gates"),
                        parameter("weight"),
                        parameter("bias"),
                        result("output"));
        };
    }

    private static Signature of(Class<? extends Attributes> attributes, Operand... operands) {
        return new Signature(List.of(operands), attributes);
    }

    private static Operand ids() {
        return new Operand("ids", Role.IDS, Count.ONE);
    }

    private static Operand parameter(String name) {
        return new Operand(name, Role.PARAMETER, Count.ONE);
    }

    private static Operand result(String name) {
        return new Operand(name, Role.RESULT, Count.ONE);
    }
}
