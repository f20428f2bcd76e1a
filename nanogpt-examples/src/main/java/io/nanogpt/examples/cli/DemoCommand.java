package io.nanogpt.examples.cli;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.SplitOptions;
import io.nanogpt.examples.cli.console.CommandLines;
import io.nanogpt.examples.cli.console.LossUnits;
import io.nanogpt.examples.cli.console.ThreeSamples;
import io.nanogpt.examples.cli.options.DataOptions;
import io.nanogpt.generate.Evaluation;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.onnx.OnnxReport;
import io.nanogpt.train.Recipe;
import io.nanogpt.train.SampleConfig;
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
    private static final int CAPTIONS = 3;
    private static final int LONGEST = 300;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "optimizer steps (default: as many as suit the captions)")
    private @Nullable Integer steps;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "seed of the initial weights, batches and captions (default: always the same)")
    private @Nullable Long seed;

    @Option(names = "--out", paramLabel = "DIR", description = "folder to save and export to (default: keep nothing)")
    private @Nullable Path folder;

    @Override
    public Integer call() throws IOException {
        require(
                folder == null || !Files.exists(folder.resolve("config.json")),
                folder + " has a model already, which the demo would replace; give another --out");
        Corpus corpus = DataOptions.sampleCorpus();
        GenerationOptions options = GenerationOptions.temperature(0.7)
                .withTopK(10)
                .withStop(corpus.separator())
                .withMaxTokens(LONGEST);
        options = seed == null ? options : options.withSeed(seed);
        SampleConfig samples = new SampleConfig(List.of(PROMPT), options, false);
        GPT.Builder builder = GPT.builder()
                .training(trainer -> trainer.samples(samples))
                .listener(new ThreeSamples(TrainingListener.progress(progress()), this::printSample));
        if (seed != null) {
            builder.seed(seed);
        }
        if (steps != null) {
            builder.recipe(Recipe.TABLES).steps(steps);
        }
        try (LanguageModel model = builder.train(corpus)) {
            Evaluation evaluation =
                    model.evaluate(corpus.split(SplitOptions.defaults()).validation());
            if (folder != null) {
                model.save(folder);
            }
            Path onnx = folder != null ? folder : Files.createTempDirectory("nanogpt-onnx");
            try {
                OnnxReport report = model.exportOnnx(onnx, OnnxExportOptions.onnxruntime());
                try (LanguageModel exported = LanguageModel.loadOnnx(onnx)) {
                    print(model, evaluation, new Exported(report, exported.samples(PROMPT, CAPTIONS, options)));
                }
            } finally {
                if (folder == null) {
                    delete(onnx);
                }
            }
        }
        return 0;
    }

    /** Prints a caption of the model as it is after a step. */
    private void printSample(int step, String text) {
        err().println("  it writes" + (step == 0 ? " before its first step: " : " now: ") + caption(text));
        err().flush();
    }

    /** A caption on one line. Those of the sample end with a full stop; one that was cut off gets an ellipsis. */
    static String caption(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.endsWith(".") ? line : line + "…";
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
                out().println("  " + caption(PROMPT + caption));
            }
            out().println("next:");
            next().forEach(command -> out().println("  " + command));
        }
        out().flush();
    }

    /** Three commands to go on with. */
    private List<String> next() {
        String nanogpt = CommandLines.invocation();
        String model = folder == null ? "my-model" : folder.toString();
        return List.of(
                nanogpt
                        + (folder == null
                                ? " demo --out my-model"
                                : " generate --model " + model + " --prompt \"H&E stain. In the\" --temperature 0.5"),
                nanogpt + " serve --model " + model,
                nanogpt + " train --data your-text.txt --watch --out your-model");
    }
}
