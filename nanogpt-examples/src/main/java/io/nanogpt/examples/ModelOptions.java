package io.nanogpt.examples;

import io.nanogpt.GPT;
import io.nanogpt.model.Preset;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how to train; what is left out comes from the preset. */
final class ModelOptions {
    @Option(names = "--batch-size", description = "sequences a step")
    private @Nullable Integer batchSize;

    @Option(names = "--steps", description = "optimizer steps")
    private @Nullable Integer steps;

    @Option(names = "--learning-rate", description = "0.001 by default")
    private @Nullable Double learningRate;

    @Option(names = "--weight-decay", description = "0.1 by default")
    private @Nullable Double weightDecay;

    @Option(
            names = {"--gradient-clip", "--clip"},
            description = "the largest norm of all gradients; none by default")
    private @Nullable Double gradientClip;

    @Option(names = "--eval-every", description = "steps between evaluations")
    private @Nullable Integer evaluateEvery;

    @Option(names = "--eval-batches", description = "batches of each split that an evaluation averages over")
    private @Nullable Integer evaluationBatches;

    @Option(names = "--keep-best", description = "end with the weights of the lowest validation loss")
    private boolean keepBest;

    @Option(names = "--seed", description = "of weights, batches and dropout; 1337 by default")
    private @Nullable Long seed;

    @Option(names = "--threads", description = "all processors by default; the result does not depend on it")
    private @Nullable Integer threads;

    /**
     * Tells a builder everything.
     *
     * @param endsOtherwise whether something else than the preset's steps ends the run
     */
    GPT.Builder apply(GPT.Builder builder, ArchitectureOptions architecture, boolean endsOtherwise) {
        TrainingDefaults defaults = TrainingDefaults.of(architecture.preset().orElse(Preset.CAPTIONS));
        builder.model(architecture.config())
                .batchSize(or(batchSize, defaults.batchSize()))
                .evaluateEvery(or(evaluateEvery, defaults.evaluateEvery()))
                .evaluationBatches(or(evaluationBatches, defaults.evaluationBatches()))
                .keepBest(keepBest);
        if (steps != null || !endsOtherwise) {
            builder.steps(or(steps, defaults.steps()));
        }
        if (learningRate != null) {
            builder.learningRate(learningRate);
        }
        if (weightDecay != null) {
            builder.weightDecay(weightDecay);
        }
        if (gradientClip != null) {
            builder.gradientClip(gradientClip);
        }
        if (seed != null) {
            builder.seed(seed);
        }
        if (threads != null) {
            builder.threads(threads);
        }
        return builder;
    }

    private static int or(@Nullable Integer value, int other) {
        return value == null ? other : value;
    }
}
