package io.nanogpt.train;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import java.io.Serializable;
import java.util.List;

/**
 * Stochastic gradient descent, as PyTorch computes it: {@code g = gradient + weightDecay * w},
 * {@code v = momentum * v + g}, and {@code w -= learningRate * v}; with Nesterov momentum
 * {@code w -= learningRate * (g + momentum * v)}. Without momentum it has no state. Immutable. For
 * {@code learningRate / sqrt(t + 1)} use {@link Schedule#inverseSquareRoot(int)} without warm-up.
 *
 * @param learningRate above 0
 * @param momentum in [0, 1), 0 by default
 * @param weightDecay added to the gradient, 0 by default
 * @param nesterov whether to use Nesterov momentum (Sutskever et al. 2013); false by default
 */
public record Sgd(double learningRate, double momentum, double weightDecay, boolean nesterov)
        implements Optimizer, Serializable {
    public Sgd {
        if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException("learningRate must be above 0, but is " + learningRate);
        }
        if (!(momentum >= 0 && momentum < 1)) {
            throw new IllegalArgumentException("momentum must be in [0, 1), but is " + momentum);
        }
        if (!(weightDecay >= 0)) {
            throw new IllegalArgumentException("weightDecay must be at least 0, but is " + weightDecay);
        }
        if (nesterov && momentum == 0) {
            throw new IllegalArgumentException("Nesterov momentum must be above 0; give a momentum, 0.9 for example");
        }
    }

    /** Returns an optimizer without momentum and weight decay. */
    public static Sgd of(double learningRate) {
        return new Sgd(learningRate, 0, 0, false);
    }

    @Override
    public Sgd withLearningRate(double value) {
        return new Sgd(value, momentum, weightDecay, nesterov);
    }

    /** Returns a copy with this momentum. */
    public Sgd withMomentum(double value) {
        return new Sgd(learningRate, value, weightDecay, nesterov);
    }

    @Override
    public Sgd withWeightDecay(double value) {
        return new Sgd(learningRate, momentum, value, nesterov);
    }

    /** Returns a copy with or without Nesterov momentum. */
    public Sgd withNesterov(boolean value) {
        return new Sgd(learningRate, momentum, weightDecay, value);
    }

    @Override
    public Kind kind() {
        return Kind.SGD;
    }

    /** Returns the shape of the velocity; none without momentum. */
    @Override
    public List<Shape> stateShapes(ParameterSpec parameter) {
        return momentum > 0 ? List.of(parameter.shape()) : List.of();
    }
}
