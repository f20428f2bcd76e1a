package io.nanogpt.examples.cli;

import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.console.LossUnits;
import io.nanogpt.examples.cli.options.DataOptions;
import io.nanogpt.examples.cli.options.ModelSource;
import io.nanogpt.examples.cli.options.SplitFractionOptions;
import io.nanogpt.generate.Evaluation;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code evaluate} verb. */
@Command(
        name = "evaluate",
        description = "Measure loss, perplexity and bits per byte of a model on a split of a text. Give the same data"
                + " options as to train, for the same splits.",
        footer = {
            "  nanogpt evaluate --model my-model --data captions.json",
            "  nanogpt evaluate --onnx my-onnx --data test.txt --split all"
        })
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

    @Mixin
    private SplitFractionOptions fractions = new SplitFractionOptions();

    @Option(
            names = "--split",
            paramLabel = "SPLIT",
            description = "part of the text: ${COMPLETION-CANDIDATES} (default: validation)")
    private Part part = Part.VALIDATION;

    @Option(
            names = "--batches",
            paramLabel = "N",
            description = "measure on N random windows of the context length, not on every token")
    private @Nullable Integer batches;

    @Option(names = "--full", description = "measure on every token once; the default, and never with --batches")
    private boolean full;

    @Option(names = "--seed", paramLabel = "N", description = "seed of the windows of --batches (default: 1337)")
    private @Nullable Long seed;

    @Override
    public Integer call() {
        require(!full || batches == null, "give --batches or --full, not both");
        require(seed == null || batches != null, "--seed needs --batches");
        Corpus corpus = data.read();
        try (LanguageModel model = source.open()) {
            String text = text(corpus);
            Evaluation evaluation =
                    batches == null ? model.evaluate(text) : model.evaluate(text, batches, seed == null ? 1337 : seed);
            if (json()) {
                JsonLine line = new JsonLine()
                        .put("loss", evaluation.loss())
                        .put("perplexity", evaluation.perplexity())
                        .put("tokens", evaluation.tokens());
                evaluation.bitsPerByte().ifPresent(bits -> line.put("bitsPerByte", bits));
                out().println(line);
            } else {
                out().printf(
                                Locale.ROOT,
                                "loss %.4f, perplexity %.3f%s over %,d tokens%n",
                                evaluation.loss(),
                                evaluation.perplexity(),
                                LossUnits.bitsPerByte(", ", evaluation.bitsPerByte()),
                                evaluation.tokens());
            }
            out().flush();
        }
        return 0;
    }

    private String text(Corpus corpus) {
        return switch (part) {
            case TRAIN -> corpus.split(fractions.split()).train();
            case VALIDATION -> corpus.split(fractions.split()).validation();
            case TEST -> test(corpus.split(fractions.split()));
            case ALL -> corpus.text();
        };
    }

    private String test(Corpus.Split split) {
        if (split.test().isEmpty()) {
            throw badOption("--split test needs the --test-fraction that was given to train");
        }
        return split.test();
    }
}
