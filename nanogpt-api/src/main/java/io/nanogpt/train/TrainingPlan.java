package io.nanogpt.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What a run is going to do.
 *
 * @param backend that computes, with its kernels
 * @param parameters trained numbers
 * @param vocabularySize token ids
 * @param trainTokens tokens of the training split
 * @param validationTokens tokens of the validation split
 * @param firstStep the first step that is going to be taken: 1, or more in a run that is resumed
 * @param steps optimizer steps of the whole run, as far as its limits are steps, epochs or tokens
 * @param tokensPerStep batch size times context length times accumulated batches
 * @param flopsPerToken floating point operations of the forward and the backward pass for a token, those of matrix products
 * @param peakFlops operations a second that the machine could do, where the run was told
 * @param stepsPerEpoch steps of one epoch, as {@link StoppingCriteria#epochs} counts them
 * @param epochs of the whole run
 * @param estimatedSeconds of the whole run with its evaluations, from a few measured steps
 * @param estimatedBytes of weights, gradients, moments and activations
 * @param settings of model and training, in order, by the names of the command line, such as {@code learning-rate}; the
 *     {@code seed} among them
 */
public record TrainingPlan(
        String backend,
        long parameters,
        int vocabularySize,
        long trainTokens,
        long validationTokens,
        int firstStep,
        int steps,
        long tokensPerStep,
        long flopsPerToken,
        OptionalDouble peakFlops,
        double stepsPerEpoch,
        double epochs,
        double estimatedSeconds,
        long estimatedBytes,
        Map<String, String> settings) {
    public TrainingPlan {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }
}
