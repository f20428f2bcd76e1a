package io.nanogpt.examples;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.SplitOptions;
import io.nanogpt.generate.Evaluation;
import io.nanogpt.generate.Generation;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The main job from end to end: train, evaluate, sample. */
@Command(name = "demo", description = "Trains on the embedded sample captions, evaluates, and writes some captions.")
final class DemoCommand extends Verb {
    private static final String PROMPT = "H&E";

    @Option(names = "--steps", description = "optimizer steps; 600 by default")
    private int steps = 600;

    @Option(names = "--out", paramLabel = "DIR", description = "save the model here; by default it is not saved")
    private @Nullable Path folder;

    @Override
    public Integer call() {
        Corpus corpus = DataOptions.sampleCorpus();
        try (LanguageModel model = GPT.builder()
                .steps(steps)
                .evaluateEvery(100)
                .evaluationBatches(20)
                .listener(ProgressBar.on(err()))
                .train(corpus)) {
            Evaluation evaluation =
                    model.evaluate(corpus.split(SplitOptions.defaults()).validation());
            List<String> captions = model.samples(
                    PROMPT,
                    3,
                    Generation.temperature(0.7)
                            .topK(10)
                            .stop(corpus.separator())
                            .maxTokens(300));
            if (folder != null) {
                model.save(folder);
            }
            print(model, evaluation, captions);
        }
        return 0;
    }

    private void print(LanguageModel model, Evaluation evaluation, List<String> captions) {
        if (json()) {
            out().println(TrainCommand.json(model.report().orElseThrow())
                    .put("loss", evaluation.loss())
                    .put("perplexity", evaluation.perplexity())
                    .put("samples", captions));
        } else {
            out().printf(
                            Locale.ROOT,
                            "loss %.3f, perplexity %.2f over all %,d validation tokens%n",
                            evaluation.loss(),
                            evaluation.perplexity(),
                            evaluation.tokens());
            for (String caption : captions) {
                out().println("  " + PROMPT + caption.replace('\n', ' '));
            }
        }
        out().flush();
    }
}
