package io.nanogpt.impl.runtime;

import io.nanogpt.NanogptException;
import io.nanogpt.generate.Evaluation;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.impl.interop.WeightFiles;
import io.nanogpt.impl.onnx.OnnxBackend;
import io.nanogpt.impl.onnx.OnnxExporter;
import io.nanogpt.model.Architecture;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.onnx.OnnxOptions;
import io.nanogpt.onnx.OnnxReport;
import io.nanogpt.onnx.Quantization;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.ParameterSource;
import io.nanogpt.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes the weights of a model as an ONNX graph, and compares its logits with the model's before it is put in place.
 */
final class VerifiedOnnxExport implements WeightFiles {
    private final Source source;
    private final OnnxExportOptions options;
    private final int vocabularySize;
    /** Tokens to compare logits on. */
    private final int[] prompt;
    /** Tokens to compare losses on; empty for no comparison. */
    private final int[] validation;

    private @Nullable OnnxReport report;

    /**
     * The model to export.
     *
     * @param decoder for exclusive use
     */
    record Source(
            Architecture architecture, ParameterSource parameters, Decoder decoder, LossEvaluator lossEvaluator) {}

    VerifiedOnnxExport(Source source, Tokenizer tokenizer, OnnxExportOptions options) {
        this.source = source;
        this.options = options;
        vocabularySize = source.architecture().vocabularySize();
        validation = options.validation().map(tokenizer::encode).orElseGet(() -> new int[0]);
        prompt = validation.length > 1
                ? Arrays.copyOf(validation, Math.min(validation.length, LogitsParity.promptLength(source.decoder())))
                : LogitsParity.drawPrompt(source.decoder(), vocabularySize, tokenizer.vocabularySize());
    }

    OnnxReport report() {
        if (report == null) {
            throw new IllegalStateException("nothing has been written yet");
        }
        return report;
    }

    @Override
    public List<String> names() {
        return OnnxExporter.files();
    }

    @Override
    public String usage() {
        return """
            ```java
            // Dependencies: io.nanogpt:nanogpt-impl and com.microsoft.onnxruntime:onnxruntime
            try (LanguageModel model = LanguageModel.loadOnnx(Path.of("this-folder"))) {
                System.out.println(model.generate("a prompt", GenerationOptions.temperature(0.7).withTopK(10)));
            }
            ```

            The graph in `model.onnx` decodes with a cache; its metadata describes the exported model.
            """;
    }

    @Override
    public Optional<ParameterSource> source() {
        return Optional.of(source.parameters());
    }

    @Override
    public void write(Path folder, Map<String, String> metadata) {
        try {
            exportAndVerify(new Target(folder, metadata));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot write " + folder.resolve(OnnxExporter.FILE) + ": " + e.getMessage(), e);
        }
    }

    /**
     * Where to write.
     *
     * @param metadata texts by key that the graph keeps
     */
    private record Target(Path folder, Map<String, String> metadata) {}

    private void exportAndVerify(Target target) throws IOException {
        Path folder = target.folder();
        boolean exact = options.quantization().kind() == Quantization.Kind.NONE;
        // The operators of a quantized graph are verified in the same graph with 32-bit weights.
        export(exact ? options : options.withQuantization(Quantization.none()), target);
        OnnxReport.Measures after;
        double difference;
        try (OnnxBackend backend = open(folder);
                Decoder exported = decoder(backend)) {
            difference = LogitsParity.difference(source.decoder(), exported, prompt, vocabularySize);
            if (Double.isNaN(difference)) {
                throw new NanogptException("the model's logits are not numbers, so its graph cannot be verified and"
                        + " nothing was exported; a weight is damaged, or training diverged");
            }
            if (difference > LogitsParity.LARGEST) {
                throw new NanogptException("the logits of the exported graph differ from those of the model by "
                        + difference + " of the largest, but at most " + LogitsParity.LARGEST
                        + " is allowed; nothing was exported. Please report the architecture");
            }
            after = exact ? measure(folder, backend) : null;
        }
        if (after == null) {
            export(options, target);
            try (OnnxBackend backend = open(folder)) {
                after = measure(folder, backend);
            }
        }
        report = new OnnxReport(difference, before(), after);
    }

    private void export(OnnxExportOptions variant, Target target) throws IOException {
        for (String name : names()) {
            Files.deleteIfExists(target.folder().resolve(name));
        }
        Map<String, String> metadata = new LinkedHashMap<>(target.metadata());
        metadata.put("nanogpt.version", ModelFolder.version());
        OnnxExporter.write(source.architecture(), source.parameters(), variant, metadata, target.folder());
    }

    private OnnxBackend open(Path folder) {
        return OnnxBackend.open(folder, source.architecture(), OnnxOptions.cpu().withThreads(1));
    }

    private Decoder decoder(OnnxBackend backend) {
        Architecture architecture = source.architecture();
        return backend.decoder(architecture.graph(), backend.parameters(), architecture.contextLength());
    }

    private OnnxReport.Measures before() {
        long bytes = source.architecture().graph().parameterCount() * Float.BYTES;
        return new OnnxReport.Measures(bytes, evaluation(source.lossEvaluator()), speed(source.decoder()));
    }

    private OnnxReport.Measures measure(Path folder, OnnxBackend backend) throws IOException {
        long bytes = 0;
        for (String name : names()) {
            Path file = folder.resolve(name);
            bytes += Files.exists(file) ? Files.size(file) : 0;
        }
        try (LossEvaluator lossEvaluator = new LossEvaluator(source.architecture(), backend, backend.parameters());
                Decoder decoder = decoder(backend)) {
            return new OnnxReport.Measures(bytes, evaluation(lossEvaluator), speed(decoder));
        }
    }

    private Optional<Evaluation> evaluation(LossEvaluator evaluator) {
        return options.validation()
                .filter(text -> validation.length > 0)
                .map(text -> DecodingLanguageModel.of(text, validation, evaluator.measure(validation)));
    }

    private double speed(Decoder decoder) {
        return LogitsParity.tokensPerSecond(decoder, prompt, vocabularySize);
    }
}
