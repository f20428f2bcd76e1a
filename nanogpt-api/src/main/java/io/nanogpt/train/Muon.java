package io.nanogpt.train;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import java.util.List;
import java.util.Objects;

/**
 * Muon (Jordan et al. 2024) for matrices {@code (out, in)}: the momentum of the gradients, orthogonalized, so that every
 * direction of a matrix is learned at one pace. {@code m = momentum m + (1 - momentum) g}; {@code u = (1 - momentum) g +
 * momentum m}; {@code u} is divided by its norm and replaced some times by {@code a u + b (u u^T) u + c (u u^T)^2 u};
 * and {@code w = w (1 - learningRate weightDecay) - learningRate scale u}. Only matrices have such an update, so
 * {@link ParameterGroups} gives the others another optimizer:
 *
 * <pre>{@code
 * ParameterGroups.of(AdamW.defaults().withLearningRate(3e-3))
 *         .with(ParameterSelector.hidden(), Muon.defaults());
 * }</pre>
 *
 * Immutable.
 *
 * @param learningRate 0.02 by default
 * @param momentum in [0, 1), 0.95 by default
 * @param nesterov whether the update looks ahead as above; otherwise {@code u = m}; true by default
 * @param coefficients of the polynomial; those of Polar Express by default
 * @param iterations how often the polynomial is applied, from 1 to 5; 3 by default
 * @param scale a factor that depends on the shape; {@link Scale#SPECTRAL} by default
 * @param normalizesRows whether the rows of the update, divided by the root of the running mean of their squares (of
 *     decay 0.95), replace it at the same norm, as in NorMuon (Li et al. 2025); false by default
 * @param weightDecay 0 by default
 * @param cautious whether weight decay is restricted to elements that the update moves towards zero (Chen et al. 2025);
 *     false by default
 * @param splits whether stacked matrices, such as queries, keys and values in one weight, are orthogonalized each by
 *     itself ({@link ParameterSpec#matrixRows}); true by default
 */
public record Muon(
        double learningRate,
        double momentum,
        boolean nesterov,
        Coefficients coefficients,
        int iterations,
        Scale scale,
        boolean normalizesRows,
        double weightDecay,
        boolean cautious,
        boolean splits)
        implements Optimizer {
    private static final int MOST_ITERATIONS = 5;

    /** The coefficients of the polynomials that orthogonalize, and what a matrix is divided by before. */
    public enum Coefficients {
        /**
         * 3.4445, -4.7750 and 2.0315 in every iteration, of a matrix divided by its norm, at least 1e-7 (Jordan et al.
         * 2024).
         */
        NEWTON_SCHULZ(1, 0, 1e-7, new double[][] {{3.4445, -4.7750, 2.0315}}),
        /**
         * Others in each iteration, which bring singular values closer to one in as few, of a matrix divided by 1.01
         * times its norm plus 1e-7 (Amsel et al. 2025).
         */
        POLAR_EXPRESS(1.01, 1e-7, 0, new double[][] {
            {8.28721201814563, -23.595886519098837, 17.300387312530933},
            {4.107059111542203, -2.9478499167379106, 0.5448431082926601},
            {3.9486908534822946, -2.908902115962949, 0.5518191394370137},
            {3.3184196573706015, -2.488488024314874, 0.51004894012372},
            {2.300652019954817, -1.6689039845747493, 0.4188073119525673}
        });

        private final double normFactor;
        private final double normAddend;
        private final double smallestNorm;

        @SuppressWarnings("ImmutableEnumChecker") // Never written, and never handed out.
        private final double[][] polynomials;

        Coefficients(double normFactor, double normAddend, double smallestNorm, double[][] polynomials) {
            this.normFactor = normFactor;
            this.normAddend = normAddend;
            this.smallestNorm = smallestNorm;
            this.polynomials = polynomials;
        }

        /**
         * Returns a coefficient.
         *
         * @param iteration counted from 0
         * @param index 0, 1 and 2 for a, b and c
         */
        public double of(int iteration, int index) {
            return polynomials[Math.min(iteration, polynomials.length - 1)][index];
        }

        /** Returns what a matrix of this norm is divided by. */
        public double divisor(double norm) {
            return Math.max(norm * normFactor + normAddend, smallestNorm);
        }
    }

    /** The factor of an update by the shape {@code (out, in)}. */
    public enum Scale {
        /** {@code sqrt(max(1, out / in))}; {@code "original"} in PyTorch. */
        SPECTRAL,
        /** {@code 0.2 sqrt(max(out, in))}, for updates as large as those of AdamW; {@code "match_rms_adamw"} in PyTorch. */
        ADAMW;

        /** Returns the factor for a matrix of this shape. */
        public double factor(int out, int in) {
            return switch (this) {
                case SPECTRAL -> Math.sqrt(Math.max(1, (double) out / in));
                case ADAMW -> 0.2 * Math.sqrt(Math.max(out, in));
            };
        }
    }

    public Muon {
        Objects.requireNonNull(coefficients, "coefficients");
        Objects.requireNonNull(scale, "scale");
        if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException("learningRate must be above 0, but is " + learningRate);
        }
        if (!(momentum >= 0 && momentum < 1)) {
            throw new IllegalArgumentException("momentum must be in [0, 1), but is " + momentum);
        }
        if (iterations < 1 || iterations > MOST_ITERATIONS) {
            throw new IllegalArgumentException(
                    "iterations must be from 1 to " + MOST_ITERATIONS + ", but is " + iterations);
        }
        if (!(weightDecay >= 0)) {
            throw new IllegalArgumentException("weightDecay must be at least 0, but is " + weightDecay);
        }
    }

    /** Returns the defaults: learning rate 0.02, Nesterov momentum 0.95, 3 iterations of Polar Express, no decay. */
    public static Muon defaults() {
        return new Muon(0.02, 0.95, true, Coefficients.POLAR_EXPRESS, 3, Scale.SPECTRAL, false, 0, false, true);
    }

    /**
     * Returns the defaults of {@code torch.optim.Muon}, which it computes in bfloat16 and this library in float32:
     * learning rate 1e-3, weight decay 0.1, 5 iterations of Newton-Schulz, and stacked matrices taken as one.
     */
    public static Muon pytorch() {
        return new Muon(1e-3, 0.95, true, Coefficients.NEWTON_SCHULZ, 5, Scale.SPECTRAL, false, 0.1, false, false);
    }

    @Override
    public Muon withLearningRate(double value) {
        return new Muon(
                value,
                momentum,
                nesterov,
                coefficients,
                iterations,
                scale,
                normalizesRows,
                weightDecay,
                cautious,
                splits);
    }

    /** Returns a copy with this momentum. */
    public Muon withMomentum(double value) {
        return new Muon(
                learningRate,
                value,
                nesterov,
                coefficients,
                iterations,
                scale,
                normalizesRows,
                weightDecay,
                cautious,
                splits);
    }

    /** Returns a copy with or without Nesterov momentum. */
    public Muon withNesterov(boolean value) {
        return new Muon(
                learningRate,
                momentum,
                value,
                coefficients,
                iterations,
                scale,
                normalizesRows,
                weightDecay,
                cautious,
                splits);
    }

    /** Returns a copy with these coefficients, applied this often. */
    public Muon withIterations(Coefficients polynomials, int count) {
        return new Muon(
                learningRate,
                momentum,
                nesterov,
                polynomials,
                count,
                scale,
                normalizesRows,
                weightDecay,
                cautious,
                splits);
    }

    /** Returns a copy with this factor by shape. */
    public Muon withScale(Scale value) {
        return new Muon(
                learningRate,
                momentum,
                nesterov,
                coefficients,
                iterations,
                value,
                normalizesRows,
                weightDecay,
                cautious,
                splits);
    }

    /** Returns a copy with or without the normalization of rows of NorMuon. */
    public Muon withNormalizedRows(boolean value) {
        return new Muon(
                learningRate,
                momentum,
                nesterov,
                coefficients,
                iterations,
                scale,
                value,
                weightDecay,
                cautious,
                splits);
    }

    @Override
    public Muon withWeightDecay(double value) {
        return new Muon(
                learningRate,
                momentum,
                nesterov,
                coefficients,
                iterations,
                scale,
                normalizesRows,
                value,
                cautious,
                splits);
    }

    /** Returns a copy whose weight decay is cautious or not. */
    public Muon withCautious(boolean value) {
        return new Muon(
                learningRate,
                momentum,
                nesterov,
                coefficients,
                iterations,
                scale,
                normalizesRows,
                weightDecay,
                value,
                splits);
    }

    /** Returns a copy that takes stacked matrices each by itself, or as one. */
    public Muon withSplits(boolean value) {
        return new Muon(
                learningRate,
                momentum,
                nesterov,
                coefficients,
                iterations,
                scale,
                normalizesRows,
                weightDecay,
                cautious,
                value);
    }

    @Override
    public Kind kind() {
        return Kind.MUON;
    }

    /** Returns the rows of each matrix of a parameter that is orthogonalized by itself. */
    public List<Integer> rows(ParameterSpec parameter) {
        return splits ? parameter.matrixRows() : List.of(parameter.shape().size(0));
    }

    /**
     * Returns the shape of the momentum, and with normalized rows that of the mean of squares of each row.
     *
     * @throws IllegalArgumentException if the parameter is not a matrix
     */
    @Override
    public List<Shape> stateShapes(ParameterSpec parameter) {
        Shape shape = parameter.shape();
        if (shape.rank() != 2) {
            throw new IllegalArgumentException("Muon updates matrices, but " + parameter.name() + " has the shape "
                    + shape + "; give it a group, as in ParameterGroups.of(AdamW.defaults())"
                    + ".with(ParameterSelector.hidden(), Muon.defaults())");
        }
        return normalizesRows ? List.of(shape, Shape.of(shape.size(0))) : List.of(shape);
    }
}
