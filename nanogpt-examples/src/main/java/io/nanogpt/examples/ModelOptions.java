package io.nanogpt.examples;

import io.nanogpt.GPT;
import io.nanogpt.backend.BackendChoice;
import io.nanogpt.backend.Backends;
import io.nanogpt.backend.Backends.MatrixPrecision;
import io.nanogpt.model.Preset;
import io.nanogpt.spi.Library;
import java.util.ArrayList;
import java.util.List;
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

    @Option(
            names = "--backend",
            description = "auto (the default: djl where it finds a GPU, otherwise cpu), cpu or djl (PyTorch)")
    private @Nullable String backend;

    @Option(
            names = "--device",
            split = ",",
            description = "of djl: auto, cpu, cuda or cuda:N; several, such as cuda:0,cuda:1, share each batch")
    private List<String> devices = new ArrayList<>();

    @Option(names = "--precision", description = "of djl's matrix products: ${COMPLETION-CANDIDATES}; f32 by default")
    private MatrixPrecision precision = MatrixPrecision.F32;

    @Option(
            names = "--threads",
            description =
                    "all processors by default; the result does not depend on it, but through djl in its last bits")
    private @Nullable Integer threads;

    /**
     * Tells a builder everything.
     *
     * @param endsOtherwise whether something else than the preset's steps ends the run
     */
    GPT.Builder apply(GPT.Builder builder, ArchitectureOptions architecture, boolean endsOtherwise) {
        BackendChoice choice = backend();
        Preset preset = architecture.preset().orElseGet(() -> standard(choice));
        TrainingDefaults defaults = TrainingDefaults.of(preset);
        builder.backend(choice)
                .model(architecture.config(preset))
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

    /** The caption model for the device. */
    private static Preset standard(BackendChoice choice) {
        return Library.get().computesOnGpu(choice) ? Preset.CAPTIONS_GPU : Preset.CAPTIONS;
    }

    /** Without a backend, the one that the device and the precision need. */
    private BackendChoice backend() {
        boolean onlyDjl =
                precision != MatrixPrecision.F32 || devices.stream().anyMatch(name -> name.startsWith("cuda"));
        boolean cpu = devices.equals(List.of("cpu"));
        String name = backend != null ? backend : onlyDjl ? "djl" : cpu ? "cpu" : "auto";
        if (!name.equals("djl") && (onlyDjl || devices.size() > 1)) {
            throw new IllegalArgumentException("--backend " + name
                    + " computes on one device in f32; give --backend djl for another --device or" + " --precision");
        }
        return switch (name) {
            case "auto" -> cpu ? Backends.cpu() : Backends.auto();
            case "cpu" -> Backends.cpu();
            case "djl" -> {
                BackendChoice.Djl choice = Backends.djl().withPrecision(precision);
                yield devices.isEmpty() ? choice : choice.withDevices(devices.toArray(String[]::new));
            }
            default -> throw new IllegalArgumentException("--backend must be auto, cpu or djl, but is " + name);
        };
    }

    private static int or(@Nullable Integer value, int other) {
        return value == null ? other : value;
    }
}
