package io.nanogpt.graph;

/** The initial distribution of a parameter. */
public sealed interface Initializer {
    /** The kinds of distributions. */
    enum Kind {
        /** {@link Constant}. */
        CONSTANT,
        /** {@link Normal}. */
        NORMAL,
        /** {@link Uniform}. */
        UNIFORM,
        /** {@link TruncatedNormal}. */
        TRUNCATED_NORMAL
    }

    /** Returns the kind of this distribution, for exhaustive switches. */
    Kind kind();

    /** Every element is {@code value}. */
    record Constant(float value) implements Initializer {
        @Override
        public Kind kind() {
            return Kind.CONSTANT;
        }
    }

    /** Independent normal draws of mean zero. */
    record Normal(float standardDeviation) implements Initializer {
        @Override
        public Kind kind() {
            return Kind.NORMAL;
        }
    }

    /** Independent draws, uniform in {@code [-bound, bound)}. */
    record Uniform(float bound) implements Initializer {
        @Override
        public Kind kind() {
            return Kind.UNIFORM;
        }
    }

    /**
     * Independent normal draws of mean zero, redrawn if they are outside {@code [-bound, bound]}.
     *
     * @param standardDeviation standard deviation before truncation
     * @param bound at least one standard deviation, so that few draws are rejected
     */
    record TruncatedNormal(float standardDeviation, float bound) implements Initializer {
        public TruncatedNormal {
            if (!(standardDeviation > 0 && bound >= standardDeviation)) {
                throw new IllegalArgumentException("a truncated normal needs a bound of at least its standard deviation"
                        + " above zero, but has " + bound + " and " + standardDeviation);
            }
        }

        @Override
        public Kind kind() {
            return Kind.TRUNCATED_NORMAL;
        }
    }
}
