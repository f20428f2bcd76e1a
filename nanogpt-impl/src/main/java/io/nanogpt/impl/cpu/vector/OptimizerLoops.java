package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import io.nanogpt.impl.cpu.AdamWStep;
import jdk.incubator.vector.FloatVector;

/**
 * The update rules of the optimizers. Gradient descent is bound by memory, where the scalar loop is as fast, so it has
 * none here. {@code n} is a multiple of the vector length.
 */
final class OptimizerLoops {
    private static final int L = S.length();

    private OptimizerLoops() {}

    static void adamW(
            int n,
            AdamWStep step,
            float decay,
            float[] parameters,
            float[] gradients,
            float[] means,
            float[] squares,
            int offset,
            int moment) {
        FloatVector beta1 = FloatVector.broadcast(S, step.beta1());
        FloatVector beta2 = FloatVector.broadcast(S, step.beta2());
        FloatVector root = FloatVector.broadcast(S, step.inverseRootBias2());
        FloatVector epsilon = FloatVector.broadcast(S, step.epsilon());
        float scale = step.gradientScale();
        float stepSize = step.stepSize();
        float rest1 = 1 - step.beta1();
        float rest2 = 1 - step.beta2();
        for (int i = offset, m = moment; i < offset + n; i += L, m += L) {
            FloatVector g = FloatVector.fromArray(S, gradients, i).mul(scale);
            FloatVector mean = FloatVector.fromArray(S, means, m).fma(beta1, g.mul(rest1));
            FloatVector square =
                    FloatVector.fromArray(S, squares, m).fma(beta2, g.mul(g).mul(rest2));
            mean.intoArray(means, m);
            square.intoArray(squares, m);
            FloatVector denominator = square.sqrt().fma(root, epsilon);
            FloatVector.fromArray(S, parameters, i)
                    .mul(decay)
                    .sub(mean.mul(stepSize).div(denominator))
                    .intoArray(parameters, i);
        }
    }
}
