package io.nanogpt.impl.cpu.scalar;

import io.nanogpt.impl.cpu.AdamWStep;
import io.nanogpt.impl.cpu.SgdStep;

/** The update rules of the optimizers. */
final class OptimizerLoops {
    private OptimizerLoops() {}

    /** AdamW on elements {@code from} to {@code to - 1} of (parameters, gradients, means, squares). */
    static void adamW(int from, int to, AdamWStep step, float decay, float[][] state) {
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
        for (int i = from; i < to; i++) {
            float gradient = gradients[i] * scale;
            float mean = Math.fma(means[i], beta1, gradient * (1 - beta1));
            float square = Math.fma(squares[i], beta2, gradient * gradient * (1 - beta2));
            means[i] = mean;
            squares[i] = square;
            float root = Math.fma((float) Math.sqrt(square), inverseRoot, epsilon);
            parameters[i] = parameters[i] * decay - stepSize * mean / root;
        }
    }

    /** Gradient descent on elements {@code from} to {@code to - 1} of (parameters, gradients, velocities). */
    static void sgd(int from, int to, SgdStep step, float[][] state) {
        if (step.momentum() == 0) {
            descend(from, to, step, state[0], state[1]);
        } else {
            descendWithMomentum(from, to, step, state);
        }
    }

    private static void descend(int from, int to, SgdStep step, float[] parameters, float[] gradients) {
        float rate = step.learningRate();
        float decay = step.weightDecay();
        float scale = step.gradientScale();
        for (int i = from; i < to; i++) {
            parameters[i] -= rate * Math.fma(parameters[i], decay, gradients[i] * scale);
        }
    }

    private static void descendWithMomentum(int from, int to, SgdStep step, float[][] state) {
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
            float gradient = Math.fma(parameters[i], decay, gradients[i] * scale);
            float velocity = Math.fma(velocities[i], momentum, gradient);
            velocities[i] = velocity;
            parameters[i] -= rate * Math.fma(velocity, along, ahead * gradient);
        }
    }
}
