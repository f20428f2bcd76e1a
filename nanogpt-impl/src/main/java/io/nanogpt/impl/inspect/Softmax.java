package io.nanogpt.impl.inspect;

/** Probabilities of logits, in double precision. */
final class Softmax {
    private Softmax() {}

    /** The logarithm of the sum of the exponentials of logits. */
    static double logSum(float[] logits) {
        double largest = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += StrictMath.exp(logit - largest);
        }
        return largest + StrictMath.log(sum);
    }

    static float[] probabilities(float[] logits) {
        double logSum = logSum(logits);
        float[] probabilities = new float[logits.length];
        for (int id = 0; id < logits.length; id++) {
            probabilities[id] = (float) StrictMath.exp(logits[id] - logSum);
        }
        return probabilities;
    }
}
