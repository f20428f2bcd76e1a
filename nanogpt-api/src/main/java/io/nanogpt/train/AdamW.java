package io.nanogpt.train;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import java.util.List;
import java.util.Objects;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019), as PyTorch computes it. Immutable.
 *
 * @param learningRate 1e-3 by default
 * @param beta1 decay rate of the mean of gradients, 0.9 by default
 * @param beta2 decay rate of the mean of squared gradients, 0.999 by default
 * @param epsilon added to the square root, 1e-8 by default
 * @param weightDecay 0.1 by default
 * @param decay the parameters that weight decay applies to; all by default
 */
public record AdamW(double learningRate, double beta1, double beta2, double epsilon, double weightDecay, Decay decay)
        implements Optimizer {
    /** The parameters that weight decay applies to. */
    public enum Decay {
        /** All of them. */
        ALL,
        /** Those with two or more axes. */
        MATRICES
    }

    public AdamW {
        Objects.requireNonNull(decay, "decay");
        if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException("learningRate must be above 0, but is " + learningRate);
        }
        unit("beta1", beta1);
        unit("beta2", beta2);
        if (!(epsilon > 0)) {
            throw new IllegalArgumentException("epsilon must be above 0, but is " + epsilon);
        }
        if (!(weightDecay >= 0)) {
            throw new IllegalArgumentException("weightDecay must be at least 0, but is " + weightDecay);
        }
    }

    /**
     * Returns the defaults: learning rate 1e-3, betas 0.9 and 0.999, epsilon 1e-8, weight decay 0.1 on all parameters.
     */
    public static AdamW defaults() {
        return new AdamW(1e-3, 0.9, 0.999, 1e-8, 0.1, Decay.ALL);
    }

    @Override
    public AdamW withLearningRate(double value) {
        return new AdamW(value, beta1, beta2, epsilon, weightDecay, decay);
    }

    @Override
    public AdamW withWeightDecay(double value) {
        return new AdamW(learningRate, beta1, beta2, epsilon, value, decay);
    }

    /** Returns a copy with these betas. */
    public AdamW withBetas(double first, double second) {
        return new AdamW(learningRate, first, second, epsilon, weightDecay, decay);
    }

    /** Returns a copy with weight decay on these parameters. */
    public AdamW withDecay(Decay value) {
        return new AdamW(learningRate, beta1, beta2, epsilon, weightDecay, value);
    }

    private static void unit(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(name + " must be in [0, 1), but is " + value);
        }
    }

    @Override
    public Kind kind() {
        return Kind.ADAMW;
    }

    /** Returns the shapes of the mean of gradients and the mean of their squares. */
    @Override
    public List<Shape> stateShapes(ParameterSpec parameter) {
        return List.of(parameter.shape(), parameter.shape());
    }
}
