package io.nanogpt.model;

/** The positional encoding of a transformer. */
public sealed interface Positions {
    /** The kinds of encodings. */
    enum Kind {
        /** {@link Learned}. */
        LEARNED,
        /** {@link Sinusoidal}. */
        SINUSOIDAL,
        /** {@link Rotary}. */
        ROTARY,
        /** {@link None}. */
        NONE
    }

    /** Returns the kind of this encoding, for exhaustive switches. */
    Kind kind();

    /** A learned vector for each position, added to the embedding. */
    record Learned() implements Positions {
        @Override
        public Kind kind() {
            return Kind.LEARNED;
        }
    }

    /** Fixed sinusoids, added to the embedding (Vaswani et al. 2017). */
    record Sinusoidal() implements Positions {
        @Override
        public Kind kind() {
            return Kind.SINUSOIDAL;
        }
    }

    /**
     * Rotation of queries and keys by angles proportional to the position (Su et al. 2021).
     *
     * @param theta the base of the angles, 10,000 in the paper; above 1
     * @param interleaved whether a pair is features {@code (2 i, 2 i + 1)} of a head, as in the paper, rather than
     *     {@code (i, i + headSize / 2)}, as in Llama checkpoints
     */
    record Rotary(double theta, boolean interleaved) implements Positions {
        public Rotary {
            if (!(theta > 1 && theta < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("theta must be above 1 and finite, but is " + theta);
            }
        }

        @Override
        public Kind kind() {
            return Kind.ROTARY;
        }
    }

    /** None; only the causal mask distinguishes positions. */
    record None() implements Positions {
        @Override
        public Kind kind() {
            return Kind.NONE;
        }
    }
}
