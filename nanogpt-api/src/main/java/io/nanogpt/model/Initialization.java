package io.nanogpt.model;

/**
 * The distribution of the initial weights of a transformer. Norms start at one; biases at zero unless stated otherwise.
 * A token embedding that is tied to the head is initialized as a head, so that the initial logits are small.
 */
public sealed interface Initialization {
    /** The kinds of initializations. */
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
        TRUNCATED_NORMAL,
        /** {@link FanIn}. */
        FAN_IN
    }

    /** Returns the kind of this initialization, for exhaustive switches. */
    Kind kind();

    /**
     * Normal matrices and embeddings.
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
     * As {@link Normal}, with the two output projections to the residual stream divided by {@code sqrt(2 layers)}
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
     * PyTorch's defaults: linear layers and their biases uniform within {@code 1 / sqrt(inputs)}, embeddings standard
     * normal.
     */
    record PyTorchDefault() implements Initialization {
        @Override
        public Kind kind() {
            return Kind.PYTORCH_DEFAULT;
        }
    }

    /** Matrices and embeddings uniform within {@code sqrt(6 / (inputs + outputs))} (Glorot and Bengio 2010). */
    record XavierUniform() implements Initialization {
        @Override
        public Kind kind() {
            return Kind.XAVIER_UNIFORM;
        }
    }

    /**
     * Linear layers normal with variance {@code 2 / (inputs + outputs)}, embeddings standard normal, both truncated at
     * three standard deviations.
     */
    record TruncatedNormal() implements Initialization {
        @Override
        public Kind kind() {
            return Kind.TRUNCATED_NORMAL;
        }
    }

    /**
     * Matrices normal with standard deviation {@code gain / sqrt(inputs)}, as their inputs have the same size whatever
     * the width; embeddings normal with a deviation of their own.
     *
     * @param gain above 0
     * @param embeddingDeviation standard deviation of embeddings, above 0
     * @param zeroOutputs whether the two output projections to the residual stream start at zero, so that each block
     *     starts as the identity
     * @param zeroHead whether an untied head starts at zero, so that all tokens are equally likely at first
     */
    record FanIn(float gain, float embeddingDeviation, boolean zeroOutputs, boolean zeroHead)
            implements Initialization {
        public FanIn {
            Initialization.check(gain);
            Initialization.check(embeddingDeviation);
        }

        @Override
        public Kind kind() {
            return Kind.FAN_IN;
        }
    }

    private static void check(float standardDeviation) {
        if (!(standardDeviation > 0 && standardDeviation < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "the standard deviation must be above 0 and finite, but is " + standardDeviation);
        }
    }
}
