package io.nanogpt.impl.zoo;

import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.Shape;
import io.nanogpt.model.Initialization;

/** Adds the parameters of an architecture to its graph, initialized by an {@link Initialization}. */
final class Weights {
    private static final Initializer ZERO = new Initializer.Constant(0);
    private static final Initializer ONE = new Initializer.Constant(1);
    private static final Initializer STANDARD_NORMAL = new Initializer.Normal(1);

    private final GraphBuilder graph;
    private final Initialization initialization;
    /** Divisor of the standard deviation of matrices that write to the residual stream, with scaled initialization. */
    private final double residualDivisor;

    Weights(GraphBuilder graph, Initialization initialization, int layers) {
        this.graph = graph;
        this.initialization = initialization;
        this.residualDivisor = Math.sqrt(2.0 * layers);
    }

    /** A linear layer, with or without a bias. */
    Node linear(Node x, String name, int outputs, boolean bias) {
        return linear(x, name, outputs, bias, matrix(outputs, x.shape().features()));
    }

    /** A linear layer whose output is added to the residual stream. */
    Node residual(Node x, String name, int outputs, boolean bias) {
        int inputs = x.shape().features();
        Initializer start = switch (initialization.kind()) {
            case SCALED_RESIDUAL -> {
                float deviation = ((Initialization.ScaledResidual) initialization).standardDeviation();
                yield new Initializer.Normal((float) (deviation / residualDivisor));
            }
            case FAN_IN -> ((Initialization.FanIn) initialization).zeroOutputs() ? ZERO : matrix(outputs, inputs);
            case NORMAL, PYTORCH_DEFAULT, XAVIER_UNIFORM, TRUNCATED_NORMAL -> matrix(outputs, inputs);
        };
        return linear(x, name, outputs, bias, start);
    }

    /** The linear layer that computes the logits. */
    Node head(Node x, String name, int outputs, boolean bias) {
        boolean zero = initialization instanceof Initialization.FanIn fanIn && fanIn.zeroHead();
        return linear(
                x, name, outputs, bias, zero ? ZERO : matrix(outputs, x.shape().features()));
    }

    private Node linear(Node x, String name, int outputs, boolean bias, Initializer initializer) {
        int inputs = x.shape().features();
        Node weight = graph.parameter(name + ".weight", Shape.of(outputs, inputs), initializer);
        return bias ? graph.linear(x, weight, bias(name + ".bias", outputs, inputs)) : graph.linear(x, weight);
    }

    /** The bias of a layer with {@code inputs} inputs. */
    Node bias(String name, int size, int inputs) {
        Initializer start = switch (initialization.kind()) {
            case PYTORCH_DEFAULT -> uniform(inputs);
            case NORMAL, SCALED_RESIDUAL, XAVIER_UNIFORM, TRUNCATED_NORMAL, FAN_IN -> ZERO;
        };
        return graph.parameter(name, Shape.of(size), start);
    }

    /** An embedding table. */
    Node table(String name, int rows, int columns) {
        Initializer start = switch (initialization.kind()) {
            case PYTORCH_DEFAULT -> STANDARD_NORMAL;
            case TRUNCATED_NORMAL -> new Initializer.TruncatedNormal(1, 3);
            case FAN_IN -> new Initializer.Normal(((Initialization.FanIn) initialization).embeddingDeviation());
            case NORMAL, SCALED_RESIDUAL, XAVIER_UNIFORM -> matrix(rows, columns);
        };
        return graph.parameter(name, Shape.of(rows, columns), start);
    }

    /** An embedding table tied to the head: initialized as the head, so that initial logits are small. */
    Node tiedTable(String name, int rows, int columns) {
        return graph.parameter(name, Shape.of(rows, columns), matrix(rows, columns));
    }

    /** The weight of a norm, initially 1. */
    Node ones(String name, int size) {
        return graph.parameter(name, Shape.of(size), ONE);
    }

    /** The bias of a norm, initially 0. */
    Node zeros(String name, int size) {
        return graph.parameter(name, Shape.of(size), ZERO);
    }

    /** A single trained number. */
    Node number(String name, float start) {
        return graph.parameter(name, Shape.of(1), new Initializer.Constant(start));
    }

    /** The weight of a causal convolution, initially 0. */
    Node convolution(String name, int tokens, int features) {
        return graph.parameter(name, Shape.of(tokens, features), ZERO);
    }

    /** A parameter initialized as in PyTorch's layers with {@code inputs} inputs. */
    Node uniform(String name, Shape shape, int inputs) {
        return graph.parameter(name, shape, uniform(inputs));
    }

    private Initializer matrix(int outputs, int inputs) {
        return switch (initialization.kind()) {
            case NORMAL -> new Initializer.Normal(((Initialization.Normal) initialization).standardDeviation());
            case SCALED_RESIDUAL ->
                new Initializer.Normal(((Initialization.ScaledResidual) initialization).standardDeviation());
            case XAVIER_UNIFORM -> new Initializer.Uniform((float) Math.sqrt(6.0 / ((double) inputs + outputs)));
            case TRUNCATED_NORMAL -> {
                double deviation = Math.sqrt(2.0 / ((double) inputs + outputs));
                yield new Initializer.TruncatedNormal((float) deviation, (float) (3 * deviation));
            }
            case PYTORCH_DEFAULT -> uniform(inputs);
            case FAN_IN ->
                new Initializer.Normal((float) (((Initialization.FanIn) initialization).gain() / Math.sqrt(inputs)));
        };
    }

    private static Initializer uniform(int inputs) {
        return new Initializer.Uniform((float) (1 / Math.sqrt(inputs)));
    }
}
