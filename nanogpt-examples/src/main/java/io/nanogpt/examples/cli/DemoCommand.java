package io.nanogpt.examples.cli;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.SplitOptions;
import io.nanogpt.examples.cli.console.LossUnits;
import io.nanogpt.examples.cli.options.DataOptions;
import io.nanogpt.generate.Evaluation;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.onnx.OnnxReport;
import io.nanogpt.train.Recipe;
import io.nanogpt.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The {@code demo} verb: the main job from end to end. */
@Command(
        name = "demo",
        description = "Train on the built-in sample captions, evaluate, export as ONNX, and generate captions with ONNX"
                + " Runtime.",
        footer = {"  nanogpt demo", "  nanogpt demo --steps 2000 --out my-model"})
final class DemoCommand extends Verb {
    private static final String PROMPT = "H&E";

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "optimizer steps (default: as many as suit the captions)")
    private @Nullable Integer steps;

    @Option(names = "--out", paramLabel = "DIR", description = "folder to save and export to (default: keep nothing)")
    private @Nullable Path folder;

    @Override
    public Integer call() throws IOException {
        require(
                folder == null || !Files.exists(folder.resolve("config.json")),
                folder + " has a model already, which the demo would replace; give another --out");
        Corpus corpus = DataOptions.sampleCorpus();
        GPT.Builder builder = GPT.builder().listener(TrainingListener.progress(progress()));
        if (steps != null) {
            builder.recipe(Recipe.TABLES).steps(steps);
        }
        try (LanguageModel model = builder.train(corpus)) {
            Evaluation evaluation =
                    model.evaluate(corpus.split(SplitOptions.defaults()).validation());
            if (folder != null) {
                model.save(folder);
            }
            GenerationOptions options = GenerationOptions.temperature(0.7)
                    .withTopK(10)
                    .withStop(corpus.separator())
                    .withMaxTokens(300);
            Path onnx = folder != null ? folder : Files.createTempDirectory("nanogpt-onnx");
            try {
                OnnxReport report = model.exportOnnx(onnx, OnnxExportOptions.onnxruntime());
                try (LanguageModel exported = LanguageModel.loadOnnx(onnx)) {
                    print(model, evaluation, new Exported(report, exported.samples(PROMPT, 3, options)));
                }
            } finally {
                if (folder == null) {
                    delete(onnx);
                }
            }
        }
        return 0;
    }

    private record Exported(OnnxReport report, List<String> captions) {}

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    private void print(LanguageModel model, Evaluation evaluation, Exported exported) {
        if (json()) {
            out().println(TrainCommand.json(model.report().orElseThrow(), model.compute())
                    .put("loss", evaluation.loss())
                    .put("perplexity", evaluation.perplexity())
                    .put("onnxDifference", exported.report().difference())
                    .put("onnxTokensPerSecond", exported.report().after().tokensPerSecond())
                    .put("samples", exported.captions()));
        } else {
            out().printf(
                            Locale.ROOT,
                            "loss %.3f, perplexity %.2f%s over all %,d validation tokens%n",
                            evaluation.loss(),
                            evaluation.perplexity(),
                            LossUnits.bitsPerByte(", ", evaluation.bitsPerByte()),
                            evaluation.tokens());
            out().printf(
                            Locale.ROOT,
                            "exported as ONNX: logits within %.0e of the model's; captions through ONNX Runtime:%n",
                            exported.report().difference());
            for (String caption : exported.captions()) {
                out().println("  " + PROMPT + caption.replace('\n', ' '));
            }
        }
        out().flush();
    }
}
