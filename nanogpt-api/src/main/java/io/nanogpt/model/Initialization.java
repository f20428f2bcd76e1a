package io.nanogpt.model;

/**
 * How the weights of a transformer start. Norms start at one; biases at zero unless said otherwise. A table of tokens
 * that is also the head starts as a head, so that the first logits are small.
 */
public sealed interface Initialization {
    /** The ways that there are. */
    enum Kind {
        /** {@link Normal}. */
        NORMAL,
        /** {@link ScaledResidual}. */
        SCALED_RESIDUAL,
        /** {@link PyTorchDefault}. */
        PYTORCH_DEFAULT,
        /** {@link XavierUniform}. */
        XAVIER_UNIFORM,
        /** {@link TruncatedNormal}. */
        TRUNCATED_NORMAL
    }

    /** Which one this is; switches over it need no default. */
    Kind kind();

    /**
     * Every matrix and table normal.
     *
     * @param standardDeviation above 0
     */
    record Normal(float standardDeviation) implements Initialization {
        public Normal {
            Initialization.check(standardDeviation);
        }

        @Override
        public Kind kind() {
            return Kind.NORMAL;
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

        @Override
        public Kind kind() {
            return Kind.SCALED_RESIDUAL;
        }
    }

    /**
     * PyTorch's defaults: linear layers with their biases uniform within {@code 1 / sqrt(inputs)}, tables standard normal.
     */
    record PyTorchDefault() implements Initialization {
        @Override
        public Kind kind() {
            return Kind.PYTORCH_DEFAULT;
        }
    }

    /** Every matrix and table uniform within {@code sqrt(6 / (inputs + outputs))} (Glorot and Bengio 2010). */
    record XavierUniform() implements Initialization {
        @Override
        public Kind kind() {
            return Kind.XAVIER_UNIFORM;
        }
    }

    /**
     * Linear layers normal with variance {@code 2 / (inputs + outputs)}, tables standard normal, both cut at three standard
     * deviations.
     */
    record TruncatedNormal() implements Initialization {
        @Override
        public Kind kind() {
            return Kind.TRUNCATED_NORMAL;
        }
    }

    private static void check(float standardDeviation) {
        if (!(standardDeviation > 0 && standardDeviation < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "the standard deviation must be above 0 and finite, but is " + standardDeviation);
        }
    }
}
