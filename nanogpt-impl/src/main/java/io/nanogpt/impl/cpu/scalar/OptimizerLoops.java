package io.nanogpt.impl.cpu.scalar;

import io.nanogpt.impl.cpu.AdamWStep;
import io.nanogpt.impl.cpu.SgdStep;

/** The update rules of the optimizers. */
final class OptimizerLoops {
    private OptimizerLoops() {}

    /** As {@link io.nanogpt.impl.cpu.Kernels#adamW}, on (parameters, gradients, means, squares). */
    static void adamW(int n, AdamWStep step, float decay, float[][] state, int offset, int moment) {
        float[] parameters = state[0];
        float[] gradients = state[1];
        float[] means = state[2];
        float[] squares = state[3];
        float beta1 = step.beta1();
        float beta2 = step.beta2();
        float epsilon = step.epsilon();
        float stepSize = step.stepSize();
        float inverseRoot = step.inverseRootBias2();
        float scale = step.gradientScale();
        int ahead = moment - offset;
        for (int i = offset; i < offset + n; i++) {
            float gradient = gradients[i] * scale;
            float mean = ScalarMath.fma(means[i + ahead], beta1, gradient * (1 - beta1));
            float square = ScalarMath.fma(squares[i + ahead], beta2, gradient * gradient * (1 - beta2));
            means[i + ahead] = mean;
            squares[i + ahead] = square;
            float root = ScalarMath.fma((float) Math.sqrt(square), inverseRoot, epsilon);
            parameters[i] = parameters[i] * decay - stepSize * mean / root;
        }
    }

    /** As {@link io.nanogpt.impl.cpu.Kernels#sgd}, on (parameters, gradients, velocities). */
    static void sgd(int n, SgdStep step, float[][] state, int offset, int moment) {
        if (step.momentum() == 0) {
            descend(offset, offset + n, step, state[0], state[1]);
        } else {
            descendWithMomentum(offset, offset + n, step, state, moment - offset);
        }
    }

    private static void descend(int from, int to, SgdStep step, float[] parameters, float[] gradients) {
        float rate = step.learningRate();
        float decay = step.weightDecay();
        float scale = step.gradientScale();
        for (int i = from; i < to; i++) {
            parameters[i] -= rate * ScalarMath.fma(parameters[i], decay, gradients[i] * scale);
        }
    }

    private static void descendWithMomentum(int from, int to, SgdStep step, float[][] state, int shift) {
        float[] parameters = state[0];
        float[] gradients = state[1];
        float[] velocities = state[2];
        float rate = step.learningRate();
        float decay = step.weightDecay();
        float scale = step.gradientScale();
        float momentum = step.momentum();
        // The weights of the gradient and of the velocity in the update.
        float ahead = step.nesterov() ? 1 : 0;
        float along = step.nesterov() ? momentum : 1;
        for (int i = from; i < to; i++) {
            float gradient = ScalarMath.fma(parameters[i], decay, gradients[i] * scale);
            float velocity = ScalarMath.fma(velocities[i + shift], momentum, gradient);
            velocities[i + shift] = velocity;
            parameters[i] -= rate * ScalarMath.fma(velocity, along, ahead * gradient);
        }
    }
}
