package io.nanogpt.examples.cli;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.examples.cli.options.ArchitectureOptions;
import io.nanogpt.examples.cli.options.ComputeOptions;
import io.nanogpt.examples.cli.options.DataOptions;
import io.nanogpt.examples.cli.options.ModelPreset;
import io.nanogpt.examples.cli.options.SequenceOptions;
import io.nanogpt.examples.cli.options.SplitFractionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Mixin;

/** The common part of the verbs that train: data, model and backend. */
abstract class TrainingVerb extends Verb {
    @Mixin
    private DataOptions data = new DataOptions();

    @Mixin
    private SplitFractionOptions fractions = new SplitFractionOptions();

    @Mixin
    private SequenceOptions sequences = new SequenceOptions();

    @Mixin
    private ArchitectureOptions architecture = new ArchitectureOptions();

    @Mixin
    private ComputeOptions compute = new ComputeOptions();

    /** The files and folders of the data. */
    final List<Path> dataPaths() {
        return data.paths();
    }

    /** Reads the data once; the result trains on it what a builder describes. */
    final Function<GPT.Builder, LanguageModel> training() throws IOException {
        return sequences.training(data, fractions);
    }

    /** Sets model and backend on a builder, and returns the preset, which has the defaults of everything else. */
    final ModelPreset describe(GPT.Builder builder) {
        ModelPreset preset = architecture.preset().orElseGet(compute::defaultPreset);
        compute.apply(builder);
        builder.model(architecture.config(preset.model()))
                .optimization(preset.training().optimization());
        return preset;
    }

    /** Sets the backend on a builder that chooses its recipe. */
    final void describeChosen(GPT.Builder builder) {
        compute.apply(builder);
    }

    /** Whether an option of the model was given. */
    final boolean setsModel() {
        return !givenOf(ArchitectureOptions.class).isEmpty() || architecture.hasRefinements();
    }
}
