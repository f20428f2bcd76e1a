package io.nanogpt.train;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import java.util.List;

/** An update rule of parameters; {@link ParameterGroups} gives parameters different ones. */
public sealed interface Optimizer permits AdamW, Sgd, Muon, RowwiseAdagrad, CustomOptimizer {
    /** The kinds of optimizers. */
    enum Kind {
        /** {@link AdamW}. */
        ADAMW,
        /** {@link Sgd}. */
        SGD,
        /** {@link Muon}. */
        MUON,
        /** {@link RowwiseAdagrad}. */
        ROWWISE_ADAGRAD,
        /** {@link CustomOptimizer}. */
        CUSTOM
    }

    /** Returns the kind of this optimizer, for exhaustive switches. */
    Kind kind();

    /** Returns the learning rate before any schedule. */
    double learningRate();

    /** Returns a copy with this learning rate. */
    Optimizer withLearningRate(double value);

    /** Returns a copy with this weight decay. */
    Optimizer withWeightDecay(double value);

    /**
     * Returns the shapes of the arrays that the optimizer keeps for a parameter from step to step (its moments), all
     * zero before the first step. Checkpoints hold them, and memory estimates count them.
     *
     * @throws IllegalArgumentException if it cannot update this parameter
     */
    List<Shape> stateShapes(ParameterSpec parameter);
}
