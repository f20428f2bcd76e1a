package io.nanogpt.impl.cpu.scalar;

import io.nanogpt.impl.cpu.AdamWStep;
import io.nanogpt.impl.cpu.SgdStep;

/**
 * The update rules of the optimizers. Moments have other offsets than parameters, so blocks are copied into arrays of
 * their own: the loop index alone is then the subscript and C2 vectorises the loops.
 */
final class OptimizerLoops {
    private static final int BLOCK = 512;

    private final float[] parameters = new float[BLOCK];
    private final float[] gradients = new float[BLOCK];
    private final float[] means = new float[BLOCK];
    private final float[] squares = new float[BLOCK];

    /** As {@link io.nanogpt.impl.cpu.Kernels#adamW}, on (parameters, gradients, means, squares). */
    void adamW(int n, AdamWStep step, float decay, float[][] state, int offset, int moment) {
        for (int done = 0; done < n; done += BLOCK) {
            int count = Math.min(BLOCK, n - done);
            System.arraycopy(state[0], offset + done, parameters, 0, count);
            System.arraycopy(state[1], offset + done, gradients, 0, count);
            System.arraycopy(state[2], moment + done, means, 0, count);
            System.arraycopy(state[3], moment + done, squares, 0, count);
            adamW(count, step, decay, parameters, gradients, means, squares);
            System.arraycopy(parameters, 0, state[0], offset + done, count);
            System.arraycopy(means, 0, state[2], moment + done, count);
            System.arraycopy(squares, 0, state[3], moment + done, count);
        }
    }

    private static void adamW(
            int n, AdamWStep step, float decay, float[] parameters, float[] gradients, float[] means, float[] squares) {
        float beta1 = step.beta1();
        float beta2 = step.beta2();
        float epsilon = step.epsilon();
        float stepSize = step.stepSize();
        float inverseRoot = step.inverseRootBias2();
        float scale = step.gradientScale();
        for (int i = 0; i < n; i++) {
            float gradient = gradients[i] * scale;
            float mean = ScalarMath.fma(means[i], beta1, gradient * (1 - beta1));
            float square = ScalarMath.fma(squares[i], beta2, gradient * gradient * (1 - beta2));
            means[i] = mean;
            squares[i] = square;
            float root = ScalarMath.fma((float) Math.sqrt(square), inverseRoot, epsilon);
            parameters[i] = parameters[i] * decay - stepSize * mean / root;
        }
    }

    /** As {@link io.nanogpt.impl.cpu.Kernels#sgd}, on (parameters, gradients, velocities). */
    void sgd(int n, SgdStep step, float[][] state, int offset, int moment) {
        if (step.momentum() == 0) {
            descend(offset, offset + n, step, state[0], state[1]);
            return;
        }
        for (int done = 0; done < n; done += BLOCK) {
            int count = Math.min(BLOCK, n - done);
            System.arraycopy(state[0], offset + done, parameters, 0, count);
            System.arraycopy(state[1], offset + done, gradients, 0, count);
            System.arraycopy(state[2], moment + done, means, 0, count);
            descendWithMomentum(count, step, parameters, gradients, means);
            System.arraycopy(parameters, 0, state[0], offset + done, count);
            System.arraycopy(means, 0, state[2], moment + done, count);
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

    private static void descendWithMomentum(
            int n, SgdStep step, float[] parameters, float[] gradients, float[] velocities) {
        float rate = step.learningRate();
        float decay = step.weightDecay();
        float scale = step.gradientScale();
        float momentum = step.momentum();
        // The weights of the gradient and of the velocity in the update.
        float ahead = step.nesterov() ? 1 : 0;
        float along = step.nesterov() ? momentum : 1;
        for (int i = 0; i < n; i++) {
            float gradient = ScalarMath.fma(parameters[i], decay, gradients[i] * scale);
            float velocity = ScalarMath.fma(velocities[i], momentum, gradient);
            velocities[i] = velocity;
            parameters[i] -= rate * ScalarMath.fma(velocity, along, ahead * gradient);
        }
    }
}
