package io.nanogpt.examples;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import java.io.IOException;
import java.util.function.Function;
import picocli.CommandLine.Mixin;

/** What verbs that train share: the text, how it is cut into sequences, and the model. */
abstract class TrainingVerb extends Verb {
    @Mixin
    private DataOptions data = new DataOptions();

    @Mixin
    private SequenceOptions sequences = new SequenceOptions();

    @Mixin
    private ArchitectureOptions architecture = new ArchitectureOptions();

    @Mixin
    private ModelOptions model = new ModelOptions();

    /** Training on the data, which is read once, of whatever a builder describes. */
    final Function<GPT.Builder, LanguageModel> training() throws IOException {
        return sequences.training(data);
    }

    /** Puts the model's options into a builder; {@code endsOtherwise} as in {@link ModelOptions#apply}. */
    final GPT.Builder describe(GPT.Builder builder, boolean endsOtherwise) {
        return model.apply(builder, architecture, endsOtherwise);
    }
}
