package io.nanogpt.model;

import io.nanogpt.graph.Attributes;
import java.util.ArrayList;
import java.util.List;

/**
 * A change of the frequencies of rotary positions with which models are used for longer texts than they were first
 * trained on. The formulas are those of Hugging Face's transformers.
 */
public sealed interface RotaryScaling {
    /** The kinds of changes. */
    enum Kind {
        /** {@link None}. */
        NONE,
        /** {@link Linear}. */
        LINEAR,
        /** {@link Llama3}. */
        LLAMA3,
        /** {@link Yarn}. */
        YARN,
        /** {@link LongRope}. */
        LONGROPE
    }

    /** Returns the kind of this change, for exhaustive switches. */
    Kind kind();

    /**
     * Returns the frequencies of the pairs of features, in radians a position.
     *
     * @param theta base of the angles
     * @param features number of rotated features of a head; even
     */
    List<Double> frequencies(double theta, int features);

    /**
     * Returns the frequencies in a model of a context length, on which only {@link LongRope} depends.
     *
     * @param theta base of the angles
     * @param features number of rotated features of a head; even
     * @param contextLength tokens of context of the model
     */
    default List<Double> frequencies(double theta, int features, int contextLength) {
        return frequencies(theta, features);
    }

    /** Returns the factor of rotated queries and keys; 1 unless the kind has one. */
    default float factor() {
        return 1;
    }

    /** No change: {@code theta^(-2 i / features)} for pair i. */
    record None() implements RotaryScaling {
        @Override
        public Kind kind() {
            return Kind.NONE;
        }

        @Override
        public List<Double> frequencies(double theta, int features) {
            return Attributes.Rotary.frequencies(theta, features);
        }
    }

    /**
     * All frequencies divided by a number (Chen et al. 2023).
     *
     * @param divisor above 0
     */
    record Linear(double divisor) implements RotaryScaling {
        public Linear {
            RotaryScaling.positive("divisor", divisor);
        }

        @Override
        public Kind kind() {
            return Kind.LINEAR;
        }

        @Override
        public List<Double> frequencies(double theta, int features) {
            return Attributes.Rotary.frequencies(theta, features).stream()
                    .map(frequency -> frequency / divisor)
                    .toList();
        }
    }

    /**
     * Low frequencies divided by a number, high ones unchanged, those between interpolated (Llama 3.1).
     *
     * @param divisor of low frequencies, above 0
     * @param lowFactor waves longer than originalContextLength / lowFactor are of low frequency; above 0
     * @param highFactor waves shorter than originalContextLength / highFactor are of high frequency; above lowFactor
     * @param originalContextLength tokens of context of the first training, at least 1
     */
    record Llama3(double divisor, double lowFactor, double highFactor, int originalContextLength)
            implements RotaryScaling {
        public Llama3 {
            RotaryScaling.positive("divisor", divisor);
            RotaryScaling.positive("lowFactor", lowFactor);
            RotaryScaling.positive("highFactor", highFactor);
            Settings.positive("originalContextLength", originalContextLength);
            if (highFactor <= lowFactor) {
                throw new IllegalArgumentException(
                        "highFactor must be above lowFactor " + lowFactor + ", but is " + highFactor);
            }
        }

        @Override
        public Kind kind() {
            return Kind.LLAMA3;
        }

        @Override
        public List<Double> frequencies(double theta, int features) {
            return Attributes.Rotary.frequencies(theta, features).stream()
                    .map(this::scaled)
                    .toList();
        }

        private double scaled(double frequency) {
            double wave = 2 * Math.PI / frequency;
            if (wave < originalContextLength / highFactor) {
                return frequency;
            }
            if (wave > originalContextLength / lowFactor) {
                return frequency / divisor;
            }
            double smooth = (originalContextLength / wave - lowFactor) / (highFactor - lowFactor);
            return (1 - smooth) * frequency / divisor + smooth * frequency;
        }
    }

    /**
     * YaRN (Peng et al. 2023): low frequencies divided by a number, high ones unchanged, a ramp between, and a factor of
     * queries and keys.
     *
     * @param divisor of low frequencies, above 0
     * @param factor of rotated queries and keys, above 0
     * @param fast turns over the original context from which on a frequency is high, above 0
     * @param slow turns over the original context up to which a frequency is low, above 0
     * @param originalContextLength tokens of context of the first training, at least 1
     * @param truncated whether the ends of the ramp are rounded outwards to whole pairs
     */
    record Yarn(double divisor, float factor, double fast, double slow, int originalContextLength, boolean truncated)
            implements RotaryScaling {
        public Yarn {
            RotaryScaling.positive("divisor", divisor);
            RotaryScaling.positive("factor", factor);
            RotaryScaling.positive("fast", fast);
            RotaryScaling.positive("slow", slow);
            Settings.positive("originalContextLength", originalContextLength);
        }

        @Override
        public Kind kind() {
            return Kind.YARN;
        }

        @Override
        public List<Double> frequencies(double theta, int features) {
            double low = pair(fast, theta, features);
            double high = pair(slow, theta, features);
            low = Math.max(truncated ? Math.floor(low) : low, 0);
            high = Math.min(truncated ? Math.ceil(high) : high, features - 1);
            high = low == high ? high + 0.001 : high;
            List<Double> frequencies = new ArrayList<>();
            for (double frequency : Attributes.Rotary.frequencies(theta, features)) {
                double ramp = Math.min(1, Math.max(0, (frequencies.size() - low) / (high - low)));
                frequencies.add(frequency / divisor * ramp + frequency * (1 - ramp));
            }
            return frequencies;
        }

        /** The pair that turns a number of times over the original context. */
        private double pair(double turns, double theta, int features) {
            return features
                    * StrictMath.log(originalContextLength / (turns * 2 * Math.PI))
                    / (2 * StrictMath.log(theta));
        }
    }

    /**
     * LongRoPE (Ding et al. 2024): each frequency divided by a number of its own, and a factor of queries and keys. A model
     * whose context is longer than the original one has other divisors; transformers, which chooses them anew for each
     * text, gives the same for texts longer than that.
     *
     * @param shortDivisors one for each pair of features, for contexts up to the original one; above 0
     * @param longDivisors as many, for longer contexts
     * @param factor of rotated queries and keys, above 0
     * @param originalContextLength tokens of context of the first training, at least 1
     */
    record LongRope(List<Double> shortDivisors, List<Double> longDivisors, float factor, int originalContextLength)
            implements RotaryScaling {
        public LongRope {
            shortDivisors = List.copyOf(shortDivisors);
            longDivisors = List.copyOf(longDivisors);
            shortDivisors.forEach(divisor -> RotaryScaling.positive("shortDivisors", divisor));
            longDivisors.forEach(divisor -> RotaryScaling.positive("longDivisors", divisor));
            RotaryScaling.positive("factor", factor);
            Settings.positive("originalContextLength", originalContextLength);
            if (shortDivisors.size() != longDivisors.size()) {
                throw new IllegalArgumentException("there are " + shortDivisors.size() + " shortDivisors, but "
                        + longDivisors.size() + " longDivisors; each pair of features needs one of both");
            }
        }

        @Override
        public Kind kind() {
            return Kind.LONGROPE;
        }

        /** Those of the original context. */
        @Override
        public List<Double> frequencies(double theta, int features) {
            return frequencies(theta, features, originalContextLength);
        }

        @Override
        public List<Double> frequencies(double theta, int features, int contextLength) {
            List<Double> divisors = contextLength > originalContextLength ? longDivisors : shortDivisors;
            List<Double> frequencies = new ArrayList<>();
            for (double frequency : Attributes.Rotary.frequencies(theta, features)) {
                frequencies.add(frequency / divisors.get(frequencies.size()));
            }
            return frequencies;
        }
    }

    private static void positive(String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + " must be above 0 and finite, but is " + value);
        }
    }
}
