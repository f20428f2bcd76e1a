package io.nanogpt.examples;

import io.nanogpt.LanguageModel;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.onnx.OnnxReport;
import io.nanogpt.onnx.Quantization;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes a saved model as ONNX. */
@Command(
        name = "export",
        description = "Writes a saved model as ONNX, runs that and compares; with --data or --sample it compares losses"
                + " on the validation part too.")
final class ExportCommand extends Verb {
    /** The spelling of the command line. */
    enum Format {
        INT8(Quantization.Kind.INT8),
        INT4(Quantization.Kind.INT4),
        F16(Quantization.Kind.FLOAT16);

        private final Quantization.Kind kind;

        Format(Quantization.Kind kind) {
            this.kind = kind;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "a folder that train saved")
    @SuppressWarnings("NullAway.Init") // required
    private Path model;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "where to write")
    @SuppressWarnings("NullAway.Init") // required
    private Path out;

    @Option(
            names = "--flavour",
            description = "${COMPLETION-CANDIDATES}; PORTABLE, standard operators alone, by default")
    private OnnxExportOptions.Flavour flavour = OnnxExportOptions.Flavour.PORTABLE;

    @Option(names = "--quantize", description = "${COMPLETION-CANDIDATES}; 32-bit floats by default")
    private @Nullable Format format;

    @Option(names = "--block", description = "numbers that share a scale: 32 (the default), 64 or 128")
    private @Nullable Integer block;

    @Option(names = "--external-data", description = "write the weights to a file beside the graph")
    private boolean externalData;

    @Option(names = "--license", description = "of the weights, for the metadata, for example MIT")
    private @Nullable String license;

    @Mixin
    private DataOptions data = new DataOptions();

    @Override
    public Integer call() {
        OnnxExportOptions options = options();
        try (LanguageModel loaded = LanguageModel.load(model)) {
            if (data.isGiven()) {
                options = options.withValidation(data.read().split(data.split()).validation());
            }
            OnnxReport report = loaded.exportOnnx(out, options);
            if (json()) {
                out().println(json(report));
            } else {
                out().printf(
                                Locale.ROOT,
                                "the logits of the graph differ from the model's by %.1e of the largest%n",
                                report.difference());
                print("model", report.before());
                print("exported", report.after());
            }
            out().flush();
        }
        return 0;
    }

    private OnnxExportOptions options() {
        if (block != null && format != Format.INT8 && format != Format.INT4) {
            throw badOption("--block needs --quantize int8 or int4");
        }
        Quantization quantization = format == null ? Quantization.none() : Quantization.of(format.kind);
        OnnxExportOptions options = OnnxExportOptions.of(flavour)
                .withQuantization(block == null ? quantization : quantization.withBlockSize(block))
                .withExternalData(externalData);
        return license == null ? options : options.withLicense(license);
    }

    private void print(String name, OnnxReport.Measures measures) {
        OptionalDouble loss = measures.loss();
        out().printf(
                        Locale.ROOT,
                        "%-8s %,13d bytes %,10.0f tokens/s on one thread%s%n",
                        name,
                        measures.bytes(),
                        measures.tokensPerSecond(),
                        loss.isEmpty() ? "" : String.format(Locale.ROOT, ", loss %.4f", loss.getAsDouble()));
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
        measures.loss().ifPresent(loss -> line.put("loss" + suffix, loss));
    }
}
