package io.nanogpt.graph;

/** How a parameter starts. */
public sealed interface Initializer {
    /** The distributions that there are. */
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

    /** Which one this is; switches over it need no default. */
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
     * Independent normal draws of mean zero, drawn again where they lie outside {@code [-bound, bound]}.
     *
     * @param standardDeviation before the cut
     * @param bound at least one standard deviation, so that few draws are thrown away
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
