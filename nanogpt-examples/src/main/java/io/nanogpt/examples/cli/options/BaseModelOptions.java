package io.nanogpt.examples.cli.options;

import io.nanogpt.LanguageModel;
import io.nanogpt.examples.cli.console.Heading;
import io.nanogpt.train.LoraConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a run that trains a model further. */
@Heading("Training a model further")
public final class BaseModelOptions {
    @Option(
            names = "--from",
            paramLabel = "DIR",
            description =
                    "train the model in this folder further, with its architecture and tokenizer: the --out of train"
                            + " or import, or a folder of Hugging Face's transformers")
    private @Nullable Path from;

    @Option(
            names = "--special-tokens",
            split = ",",
            paramLabel = "TOKEN",
            description =
                    "special tokens to add to the tokenizer of --from, each with a row in the embedding and the head")
    private List<String> specialTokens = new ArrayList<>();

    @Option(
            names = "--lora-rank",
            paramLabel = "N",
            description = "train low-rank adapters (LoRA) of this rank, not the weights of --from; --out is then the"
                    + " model with them added, and holds them as PEFT does in its folder adapter")
    private @Nullable Integer loraRank;

    @Option(
            names = "--lora-alpha",
            paramLabel = "X",
            description = "scale of the adapters times their rank (default: twice the rank)")
    private @Nullable Double loraAlpha;

    @Option(
            names = "--lora-dropout",
            paramLabel = "P",
            description = "dropout of the inputs of the adapters, from 0 to below 1 (default: 0)")
    private @Nullable Double loraDropout;

    @Option(
            names = "--lora-targets",
            split = ",",
            paramLabel = "NAME",
            description = "linear layers that have adapters, such as q_proj,v_proj (default: all but the head)")
    private List<String> loraTargets = new ArrayList<>();

    @Option(
            names = "--lora-rank-stabilized",
            description = "scale the adapters by alpha / sqrt(rank), not by alpha / rank")
    private boolean rankStabilized;

    /** Whether a model is trained further. */
    public boolean isGiven() {
        return from != null;
    }

    /** The adapters to train in place of the weights, if any. */
    public Optional<LoraConfig> lora() {
        if (loraRank == null) {
            if (loraAlpha != null || loraDropout != null || !loraTargets.isEmpty() || rankStabilized) {
                throw new IllegalArgumentException("--lora-alpha, --lora-dropout, --lora-targets and"
                        + " --lora-rank-stabilized need --lora-rank");
            }
            return Optional.empty();
        }
        LoraConfig lora = LoraConfig.rank(loraRank)
                .withTargets(loraTargets.toArray(String[]::new))
                .withRankStabilized(rankStabilized);
        lora = loraAlpha == null ? lora : lora.withAlpha(loraAlpha);
        return Optional.of(loraDropout == null ? lora : lora.withDropout(loraDropout));
    }

    /** The folder of the model. */
    public @Nullable Path folder() {
        return from;
    }

    /** Loads the model; null if none is given. */
    public @Nullable LanguageModel open() {
        if (from == null) {
            if (!specialTokens.isEmpty() || lora().isPresent()) {
                throw new IllegalArgumentException("--special-tokens and --lora-rank need --from");
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
