package io.nanogpt.examples.cli;

import io.nanogpt.LanguageModel;
import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.console.LossUnits;
import io.nanogpt.examples.cli.options.CleaningOptions;
import io.nanogpt.examples.cli.options.DataOptions;
import io.nanogpt.examples.cli.options.Destinations;
import io.nanogpt.examples.cli.options.SplitFractionOptions;
import io.nanogpt.generate.Evaluation;
import io.nanogpt.model.GgufType;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.onnx.OnnxReport;
import io.nanogpt.onnx.Quantization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code export} verb. */
@Command(
        name = "export",
        description =
                "Export a saved model as ONNX, and compare the export with the model. With --data or --sample, compare"
                        + " their losses on the validation split too. With --gguf, export it as a file of llama.cpp.",
        footer = {
            "  nanogpt export --model my-model --out my-onnx",
            "  nanogpt export --model my-model --out my-onnx --flavour onnxruntime --quantize int8",
            "  nanogpt export --model my-model --gguf my-model.gguf --type q8_0"
        })
final class ExportCommand extends Verb {
    /** The quantizations of the library, by the names of the command line. */
    enum Format {
        INT8(Quantization.Kind.INT8),
        INT4(Quantization.Kind.INT4),
        F16(Quantization.Kind.FLOAT16);

        private final Quantization.Kind kind;

        Format(Quantization.Kind kind) {
            this.kind = kind;
        }
    }

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "saved model")
    @SuppressWarnings("NullAway.Init") // required
    private Path model;

    @Option(names = "--out", paramLabel = "DIR", description = "folder to write as ONNX")
    private @Nullable Path out;

    @Option(names = "--gguf", paramLabel = "FILE", description = "file to write as GGUF, in place of --out")
    private @Nullable Path gguf;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "type of the matrices of --gguf: ${COMPLETION-CANDIDATES} (default: f16)")
    private @Nullable GgufType type;

    @Option(
            names = "--flavour",
            paramLabel = "NAME",
            description = "${COMPLETION-CANDIDATES}; portable has standard operators alone (default: portable)")
    private OnnxExportOptions.Flavour flavour = OnnxExportOptions.Flavour.PORTABLE;

    @Option(
            names = "--quantize",
            paramLabel = "TYPE",
            description = "type of the weights: ${COMPLETION-CANDIDATES} (default: 32-bit floats)")
    private @Nullable Format format;

    @Option(
            names = "--block",
            paramLabel = "N",
            description = "weights that share a scale, of int8 and int4: 32, 64 or 128 (default: 32)")
    private @Nullable Integer block;

    @Option(names = "--external-data", description = "write the weights to a file of their own")
    private boolean externalData;

    @Option(
            names = "--license",
            paramLabel = "NAME",
            description = "license of the weights, for the metadata, for example MIT")
    private @Nullable String license;

    @Mixin
    private DataOptions data = new DataOptions();

    @Mixin
    private SplitFractionOptions fractions = new SplitFractionOptions();

    @Override
    public Integer call() {
        Path folder = out;
        Path file = gguf;
        require((folder == null) != (file == null), "give --out DIR for ONNX or --gguf FILE, one of them");
        require(type == null || file != null, "--type needs --gguf");
        if (file != null) {
            exportGguf(file);
        } else if (folder != null) {
            exportOnnx(folder);
        }
        return 0;
    }

    private void exportGguf(Path file) {
        List<String> unused = given().keySet().stream()
                .filter(name -> !Set.of("model", "gguf", "type", "json").contains(name))
                .map(name -> "--" + name)
                .toList();
        require(
                unused.isEmpty(),
                String.join(", ", unused) + (unused.size() == 1 ? " is of" : " are of")
                        + " the export as ONNX; leave it out with --gguf");
        GgufType stored = type == null ? GgufType.F16 : type;
        try (LanguageModel loaded = LanguageModel.load(model)) {
            loaded.exportGguf(file, stored);
            long bytes = Files.size(file);
            if (json()) {
                out().println(new JsonLine().put("type", stored.name()).put("bytes", bytes));
            } else {
                out().printf(Locale.ROOT, "%,d bytes, saved in %s%n", bytes, file);
            }
            out().flush();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private void exportOnnx(Path out) {
        OnnxExportOptions options = options();
        List<String> unused = Stream.of(DataOptions.class, CleaningOptions.class, SplitFractionOptions.class)
                .flatMap(group -> givenOf(group).stream())
                .toList();
        require(
                data.isGiven() || unused.isEmpty(),
                String.join(", ", unused) + (unused.size() == 1 ? " needs" : " need") + " --data or --sample");
        Destinations.refuseSame(out, "--model", model);
        try (LanguageModel loaded = LanguageModel.load(model)) {
            if (data.isGiven()) {
                options = options.withValidation(
                        data.read().split(fractions.split()).validation());
            }
            OnnxReport report = loaded.exportOnnx(out, options);
            if (json()) {
                out().println(json(report));
            } else {
                out().printf(
                                Locale.ROOT,
                                "largest difference of the logits: %.1e of the largest logit%n",
                                report.difference());
                print("model", report.before());
                print("exported", report.after());
            }
            out().flush();
        }
    }

    private OnnxExportOptions options() {
        if (block != null && format != Format.INT8 && format != Format.INT4) {
            throw badOption("--block needs --quantize int8 or int4");
        }
        if (block != null && format == Format.INT8 && flavour == OnnxExportOptions.Flavour.PORTABLE) {
            throw badOption("--block has no effect on int8 of --flavour portable, which has a scale for each output"
                    + " feature; add --flavour onnxruntime, or leave it out");
        }
        Quantization quantization = format == null ? Quantization.none() : Quantization.of(format.kind);
        OnnxExportOptions options = OnnxExportOptions.of(flavour)
                .withQuantization(block == null ? quantization : quantization.withBlockSize(block))
                .withExternalData(externalData);
        return license == null ? options : options.withLicense(license);
    }

    private void print(String name, OnnxReport.Measures measures) {
        out().printf(
                        Locale.ROOT,
                        "%-8s %,13d bytes %,10.0f tokens/s on one thread%s%n",
                        name,
                        measures.bytes(),
                        measures.tokensPerSecond(),
                        measures.evaluation().map(ExportCommand::loss).orElse(""));
    }

    private static String loss(Evaluation evaluation) {
        return String.format(Locale.ROOT, ", loss %.4f", evaluation.loss())
                + LossUnits.bitsPerByte(", ", evaluation.bitsPerByte());
    }

    private static JsonLine json(OnnxReport report) {
        JsonLine line = new JsonLine().put("difference", report.difference());
        put(line, "Before", report.before());
        put(line, "After", report.after());
        return line;
    }

    private static void put(JsonLine line, String suffix, OnnxReport.Measures measures) {
        line.put("bytes" + suffix, measures.bytes());
        line.put("tokensPerSecond" + suffix, measures.tokensPerSecond());
        measures.evaluation().ifPresent(evaluation -> {
            line.put("loss" + suffix, evaluation.loss());
            evaluation.bitsPerByte().ifPresent(bits -> line.put("bitsPerByte" + suffix, bits));
        });
    }
}
