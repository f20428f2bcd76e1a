package io.nanogpt.examples.cli;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.examples.cli.options.ArchitectureOptions;
import io.nanogpt.examples.cli.options.ChatOptions;
import io.nanogpt.examples.cli.options.ComputeOptions;
import io.nanogpt.examples.cli.options.DataOptions;
import io.nanogpt.examples.cli.options.EffortOptions;
import io.nanogpt.examples.cli.options.ModelPreset;
import io.nanogpt.examples.cli.options.RefinementOptions;
import io.nanogpt.examples.cli.options.SequenceOptions;
import io.nanogpt.examples.cli.options.SplitFractionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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

    /** Reads the data or, where they are given, conversations. */
    final Function<GPT.Builder, LanguageModel> training(ChatOptions chats) throws IOException {
        return chats.isGiven() ? sequences.training(chats, data, fractions) : training();
    }

    /** Reads the data or conversations once; the result trains on them what a builder describes that goes on from a model. */
    final Function<GPT.Builder, LanguageModel> training(ChatOptions chats, LanguageModel from) throws IOException {
        return chats.isGiven()
                ? sequences.training(chats.goingOn(from), data, fractions)
                : sequences.training(data, fractions, from.tokenizer());
    }

    /** Refuses the options of what a model that is trained further has itself. */
    final void refuseBesideFrom() {
        List<String> given = new ArrayList<>(givenOf(ArchitectureOptions.class));
        given.addAll(givenOf(RefinementOptions.class));
        given.addAll(givenOf(EffortOptions.class));
        givenOf(SequenceOptions.class).stream()
                .filter(SequenceOptions.OF_TOKENIZER::contains)
                .forEach(given::add);
        require(
                given.isEmpty(),
                "--from trains a model further, with the architecture and the tokenizer that it has; leave out "
                        + String.join(", ", given));
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
