package io.nanogpt.examples;

import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.Evaluation;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures how well a saved model predicts a text. */
@Command(
        name = "evaluate",
        description = "Measures how well a saved model predicts text, which is cut as train cuts it.")
final class EvaluateCommand extends Verb {
    enum Part {
        TRAIN,
        VALIDATION,
        TEST,
        ALL
    }

    @Mixin
    private ModelSource source = new ModelSource();

    @Mixin
    private DataOptions data = new DataOptions();

    @Option(names = "--split", description = "${COMPLETION-CANDIDATES}; VALIDATION by default")
    private Part part = Part.VALIDATION;

    @Option(names = "--batches", description = "look at this many random windows of the context length")
    private @Nullable Integer batches;

    @Option(names = "--full", description = "look at every token once; the default")
    private boolean full;

    @Option(names = "--seed", description = "of the random windows; 1337 by default")
    private long seed = 1337;

    @Override
    public Integer call() {
        if (full && batches != null) {
            throw badOption("give --batches or --full, not both");
        }
        Corpus corpus = data.read();
        try (LanguageModel model = source.open()) {
            String text = text(corpus);
            Evaluation evaluation = batches == null ? model.evaluate(text) : model.evaluate(text, batches, seed);
            if (json()) {
                out().println(new JsonLine()
                        .put("loss", evaluation.loss())
                        .put("perplexity", evaluation.perplexity())
                        .put("tokens", evaluation.tokens()));
            } else {
                out().printf(
                                Locale.ROOT,
                                "loss %.4f, perplexity %.3f over %,d tokens%n",
                                evaluation.loss(),
                                evaluation.perplexity(),
                                evaluation.tokens());
            }
            out().flush();
        }
        return 0;
    }

    private String text(Corpus corpus) {
        return switch (part) {
            case TRAIN -> corpus.split(data.split()).train();
            case VALIDATION -> corpus.split(data.split()).validation();
            case TEST -> test(corpus.split(data.split()));
            case ALL -> corpus.text();
        };
    }

    private String test(Corpus.Split split) {
        if (split.test().isEmpty()) {
            throw badOption("--split test needs the --test-fraction that train was given");
        }
        return split.test();
    }
}
