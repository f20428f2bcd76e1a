package io.nanogpt.impl.cpu;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.Optimizer;
import io.nanogpt.train.RowwiseAdagrad;
import io.nanogpt.train.Sgd;

/** An optimizer that updates each element of a parameter by itself. Allocates nothing after its creation. */
interface UpdateRule {
    /** Begins a step, counted from 1. */
    void begin(long step, double rateFactor, double gradientScale);

    /**
     * Updates some elements of a parameter.
     *
     * @param state the values and the gradients of all parameters, then the arrays that the optimizer keeps for this one
     * @param offset of the first element in values and gradients
     * @param moment of the first element in the other arrays
     */
    void update(int n, ParameterSpec parameter, float[][] state, int offset, int moment, Kernels kernels);

    /** Creates the rule of an optimizer. */
    static UpdateRule of(Optimizer optimizer) {
        return switch (optimizer.kind()) {
            case ADAMW -> new OfAdamW((AdamW) optimizer);
            case SGD -> new OfSgd((Sgd) optimizer);
            case MUON, CUSTOM -> new None();
            case ROWWISE_ADAGRAD -> new OfRowwiseAdagrad((RowwiseAdagrad) optimizer);
        };
    }

    /** Of a parameter that another class updates: {@link MuonUpdate} or {@link CustomUpdate}. */
    final class None implements UpdateRule {
        private None() {}

        @Override
        public void begin(long step, double rateFactor, double gradientScale) {}

        @Override
        public void update(int n, ParameterSpec parameter, float[][] state, int offset, int moment, Kernels kernels) {}
    }

    /** AdamW. */
    final class OfAdamW implements UpdateRule {
        private final AdamW optimizer;
        private final AdamWStep coefficients = new AdamWStep();
        private float decayFactor;

        private OfAdamW(AdamW optimizer) {
            this.optimizer = optimizer;
        }

        @Override
        public void begin(long step, double rateFactor, double gradientScale) {
            double rate = optimizer.learningRate() * rateFactor;
            coefficients.set(optimizer, step, rate, gradientScale);
            decayFactor = (float) (1 - rate * optimizer.weightDecay());
        }

        @Override
        public void update(int n, ParameterSpec parameter, float[][] state, int offset, int moment, Kernels kernels) {
            boolean decays = optimizer.decay() == AdamW.Decay.ALL || parameter.isMatrix();
            kernels.adamW(n, coefficients, decays ? decayFactor : 1f, state, offset, moment);
        }
    }

    /** Gradient descent. */
    final class OfSgd implements UpdateRule {
        private final Sgd optimizer;
        private final SgdStep coefficients = new SgdStep();

        private OfSgd(Sgd optimizer) {
            this.optimizer = optimizer;
        }

        @Override
        public void begin(long step, double rateFactor, double gradientScale) {
            coefficients.set(optimizer, optimizer.learningRate() * rateFactor, gradientScale);
        }

        @Override
        public void update(int n, ParameterSpec parameter, float[][] state, int offset, int moment, Kernels kernels) {
            kernels.sgd(n, coefficients, state, offset, moment);
        }
    }

    /** Adagrad on the rows of a table that have a gradient. */
    final class OfRowwiseAdagrad implements UpdateRule {
        private final RowwiseAdagrad optimizer;
        private float rate;
        private float scale;

        private OfRowwiseAdagrad(RowwiseAdagrad optimizer) {
            this.optimizer = optimizer;
        }

        @Override
        public void begin(long step, double rateFactor, double gradientScale) {
            rate = (float) (optimizer.learningRate() * rateFactor);
            scale = (float) gradientScale;
        }

        @Override
        public void update(int n, ParameterSpec parameter, float[][] state, int offset, int moment, Kernels kernels) {
            throw new IllegalStateException(parameter.name() + " is not a table with a gradient of few rows");
        }

        /** Updates the rows of some slots of a table's gradient; {@code sums} has a number for each row. */
        void update(SparseTable table, float[] sums, int from, int to, Kernels kernels) {
            SparseRows gradient = table.gradient();
            float[] gradients = gradient.values();
            int width = table.width();
            for (int slot = from; slot < to; slot++) {
                int row = gradient.row(slot);
                int at = slot * width;
                float squares = kernels.dot(width, gradients, at, gradients, at);
                sums[row] += scale * scale * squares / width;
                float factor = rate * scale / ((float) Math.sqrt(sums[row]) + (float) optimizer.epsilon());
                subtract(width, factor, gradients, at, table.values(), row * width);
            }
        }

        private static void subtract(int n, float factor, float[] x, int from, float[] values, int to) {
            for (int i = 0; i < n; i++) {
                values[to + i] = Math.fma(-factor, x[from + i], values[to + i]);
            }
        }
    }
}
