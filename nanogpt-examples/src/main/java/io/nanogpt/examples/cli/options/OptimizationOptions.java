package io.nanogpt.examples.cli.options;

import io.nanogpt.GPT;
import io.nanogpt.examples.cli.console.Heading;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a training step that a search for a learning rate shares with a training run. */
@Heading("Optimization")
public final class OptimizationOptions {
    @Option(names = "--batch-size", paramLabel = "N", description = "sequences a step (default: the preset's)")
    private @Nullable Integer batchSize;

    @Option(names = "--weight-decay", paramLabel = "X", description = "decoupled weight decay (default: 0.1)")
    private @Nullable Double weightDecay;

    @Option(
            names = {"--gradient-clip", "--clip"},
            paramLabel = "NORM",
            description = "largest norm of all gradients together (default: no limit)")
    private @Nullable Double gradientClip;

    @Option(names = "--seed", paramLabel = "N", description = "seed of weights, batches and dropout (default: 1337)")
    private @Nullable Long seed;

    /** Sets what was given; the batch size else from the preset. */
    public void apply(GPT.Builder builder, TrainingDefaults defaults) {
        builder.batchSize(batchSize == null ? defaults.batchSize() : batchSize);
        applyChosen(builder);
        if (weightDecay != null) {
            builder.weightDecay(weightDecay);
        }
        if (gradientClip != null) {
            builder.gradientClip(gradientClip);
        }
    }

    /** Sets what was given on a builder that chooses its recipe. */
    public void applyChosen(GPT.Builder builder) {
        if (seed != null) {
            builder.seed(seed);
        }
    }

    /** Whether an option was given that sets what a recipe has. */
    public boolean setsRecipe() {
        return batchSize != null || weightDecay != null || gradientClip != null;
    }
}
