package io.nanogpt.examples.cli;

import io.nanogpt.LanguageModel;
import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.options.ModelSource;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code logits} verb. */
@Command(
        name = "logits",
        description = "Print the logits of the next token, one per token id.",
        footer = "  nanogpt logits --model my-model --tokens 1,2,3")
final class LogitsCommand extends Verb {
    @Mixin
    private ModelSource source = new ModelSource();

    @Option(
            names = "--tokens",
            required = true,
            split = ",",
            paramLabel = "ID",
            description = "token ids, for example 1,2,3")
    private int[] tokens = {};

    @Override
    public Integer call() {
        try (LanguageModel model = source.open()) {
            int vocabulary = model.tokenizer().vocabularySize();
            for (int token : tokens) {
                if (token < 0 || token >= vocabulary) {
                    throw badOption("--tokens must be ids from 0 to " + (vocabulary - 1) + ", but one is " + token);
                }
            }
            float[] logits = model.logits(tokens);
            if (json()) {
                out().println(new JsonLine().put("logits", logits));
            } else {
                for (int id = 0; id < logits.length; id++) {
                    out().printf(
                                    Locale.ROOT,
                                    "%6d %-8s %10.5f%n",
                                    id,
                                    model.tokenizer().decode(id).replace("\n", "\\n"),
                                    logits[id]);
                }
            }
            out().flush();
        }
        return 0;
    }
}
