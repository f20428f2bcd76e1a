package io.nanogpt.examples.cli.options;

import io.nanogpt.LanguageModel;
import io.nanogpt.examples.cli.console.Heading;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a run that trains a model further. */
@Heading("Training a model further")
public final class BaseModelOptions {
    @Option(
            names = "--from",
            paramLabel = "DIR",
            description = "train the model in this folder further, with its architecture and tokenizer: the --out of train"
                    + " or import, or a folder of Hugging Face's transformers")
    private @Nullable Path from;

    @Option(
            names = "--special-tokens",
            split = ",",
            paramLabel = "TOKEN",
            description = "special tokens to add to the tokenizer of --from, each with a row in the embedding and the head")
    private List<String> specialTokens = new ArrayList<>();

    /** Whether a model is trained further. */
    public boolean isGiven() {
        return from != null;
    }

    /** The folder of the model. */
    public @Nullable Path folder() {
        return from;
    }

    /** Loads the model; null if none is given. */
    public @Nullable LanguageModel open() {
        if (from == null) {
            if (!specialTokens.isEmpty()) {
                throw new IllegalArgumentException("--special-tokens needs --from");
            }
            return null;
        }
        // Its weights are only copied.
        LanguageModel model = LanguageModel.load(from, 1);
        if (specialTokens.isEmpty()) {
            return model;
        }
        try (model) {
            return model.withSpecialTokens(specialTokens.toArray(String[]::new));
        }
    }
}
