package io.nanogpt.examples;

import io.nanogpt.GPT;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what model to train, and how; what is left out comes from the preset. */
final class ModelOptions {
    @Option(names = "--preset", description = "${COMPLETION-CANDIDATES}; captions by default")
    private Preset preset = Preset.CAPTIONS;

    @Option(names = "--layers", description = "transformer blocks")
    private @Nullable Integer layers;

    @Option(names = "--heads", description = "attention heads; divide the embedding size")
    private @Nullable Integer heads;

    @Option(names = "--embedding-size", description = "width of the residual stream")
    private @Nullable Integer embeddingSize;

    @Option(names = "--context-length", description = "tokens the model can look at")
    private @Nullable Integer contextLength;

    @Option(names = "--batch-size", description = "sequences a step")
    private @Nullable Integer batchSize;

    @Option(names = "--steps", description = "optimizer steps")
    private @Nullable Integer steps;

    @Option(names = "--learning-rate", description = "0.001 by default")
    private @Nullable Double learningRate;

    @Option(names = "--weight-decay", description = "0.1 by default")
    private @Nullable Double weightDecay;

    @Option(names = "--gradient-clip", description = "the largest norm of all gradients; none by default")
    private @Nullable Double gradientClip;

    @Option(names = "--dropout", description = "share of activations dropped in training, in [0, 1)")
    private @Nullable Double dropout;

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

    GPT.Builder builder() {
        GPT.Builder builder = GPT.builder()
                .layers(or(layers, preset.layers))
                .heads(or(heads, preset.heads))
                .embeddingSize(or(embeddingSize, preset.embeddingSize))
                .contextLength(or(contextLength, preset.contextLength))
                .dropout(or(dropout, preset.dropout))
                .batchSize(or(batchSize, preset.batchSize))
                .steps(or(steps, preset.steps))
                .evaluateEvery(or(evaluateEvery, preset.evaluateEvery))
                .evaluationBatches(or(evaluationBatches, preset.evaluationBatches))
                .keepBest(keepBest);
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

    private static double or(@Nullable Double value, double other) {
        return value == null ? other : value;
    }
}
