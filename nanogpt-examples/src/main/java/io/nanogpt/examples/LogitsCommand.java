package io.nanogpt.examples;

import io.nanogpt.LanguageModel;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints what a model thinks comes next. */
@Command(name = "logits", description = "Prints the logits after the last of some tokens, one per id.")
final class LogitsCommand extends Verb {
    @Mixin
    private ModelSource source = new ModelSource();

    @Option(names = "--tokens", required = true, split = ",", paramLabel = "ID", description = "ids, as 1,2,3")
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
