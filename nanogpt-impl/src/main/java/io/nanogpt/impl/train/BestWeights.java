package io.nanogpt.impl.train;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.EvaluationPoint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Remembers the evaluation of the lowest validation loss and, where asked to, the weights it was made with. */
final class BestWeights {
    private final ParameterStore parameters;
    /** One array per parameter; empty where only the step is of interest. */
    private final List<float[]> copies = new ArrayList<>();

    private @Nullable EvaluationPoint best;

    BestWeights(ParameterStore parameters, boolean keep) {
        this.parameters = parameters;
        if (keep) {
            for (ParameterSpec spec : parameters.specs()) {
                copies.add(new float[spec.elements()]);
            }
        }
    }

    /** Looks at the present weights, whose losses are {@code point}. */
    void offer(EvaluationPoint point) {
        if (best != null && best.validationLoss() <= point.validationLoss()) {
            return;
        }
        best = point;
        for (int index = 0; index < copies.size(); index++) {
            parameters.read(parameters.specs().get(index).name(), copies.get(index));
        }
    }

    /** The best evaluation so far. */
    EvaluationPoint best() {
        if (best == null) {
            throw new IllegalStateException("no evaluation was offered");
        }
        return best;
    }

    /** Puts the best weights back, if they were kept. */
    void restore() {
        for (int index = 0; index < copies.size(); index++) {
            parameters.write(parameters.specs().get(index).name(), copies.get(index));
        }
    }
}
