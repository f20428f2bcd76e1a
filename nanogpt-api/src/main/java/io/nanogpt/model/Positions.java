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
     *     halves of its rotated features, as in Llama checkpoints
     * @param share of a head's features that are rotated, the first ones, in (0, 1] (GPT-NeoX)
     * @param scaling change of the frequencies for longer texts
     */
    record Rotary(double theta, boolean interleaved, double share, RotaryScaling scaling) implements Positions {
        public Rotary {
            if (!(share > 0 && share <= 1)) {
                throw new IllegalArgumentException("share must be above 0 and at most 1, but is " + share);
            }
            if (!(theta > 1 && theta < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("theta must be above 1 and finite, but is " + theta);
            }
        }

        /** Rotates all features, with frequencies of the base alone. */
        public Rotary(double theta, boolean interleaved) {
            this(theta, interleaved, 1, new RotaryScaling.None());
        }

        /**
         * Returns the number of rotated features of a head.
         *
         * @throws IllegalArgumentException if it is odd or 0, or the scaling is for another number
         */
        public int turned(int headSize) {
            int turned = (int) (headSize * share);
            if (turned < 2 || turned % 2 != 0) {
                throw new IllegalArgumentException("rotary positions turn pairs of features, but "
                        + (share == 1 ? "" : share + " of ") + "the head size " + headSize + " is "
                        + (turned < 2 ? "less than a pair" : "odd"));
            }
            if (scaling instanceof RotaryScaling.LongRope longRope
                    && longRope.shortDivisors().size() != turned / 2) {
                throw new IllegalArgumentException(
                        "the scaling has " + longRope.shortDivisors().size() + " divisors, but a head has " + turned / 2
                                + " rotated pairs of features");
            }
            return turned;
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
