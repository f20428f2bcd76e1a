package io.nanogpt.model;

/**
 * How the weights of a transformer start. Norms start at one; biases at zero unless said otherwise. A table of tokens
 * that is also the head starts as a head, so that the first logits are small.
 */
public sealed interface Initialization {
    /**
     * Every matrix and table normal.
     *
     * @param standardDeviation above 0
     */
    record Normal(float standardDeviation) implements Initialization {
        public Normal {
            Initialization.check(standardDeviation);
        }
    }

    /**
     * As {@link Normal}, with the two matrices that end in the residual stream divided by {@code sqrt(2 layers)}
     * (Radford et al. 2019).
     *
     * @param standardDeviation above 0
     */
    record ScaledResidual(float standardDeviation) implements Initialization {
        public ScaledResidual {
            Initialization.check(standardDeviation);
        }
    }

    /**
     * PyTorch's defaults: linear layers with their biases uniform within {@code 1 / sqrt(inputs)}, tables standard normal.
     */
    record PyTorchDefault() implements Initialization {}

    /** Every matrix and table uniform within {@code sqrt(6 / (inputs + outputs))} (Glorot and Bengio 2010). */
    record XavierUniform() implements Initialization {}

    /**
     * Linear layers normal with variance {@code 2 / (inputs + outputs)}, tables standard normal, both cut at three standard
     * deviations.
     */
    record TruncatedNormal() implements Initialization {}

    private static void check(float standardDeviation) {
        if (!(standardDeviation > 0 && standardDeviation < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "the standard deviation must be above 0 and finite, but is " + standardDeviation);
        }
    }
}
