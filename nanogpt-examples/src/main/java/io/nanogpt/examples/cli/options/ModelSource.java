package io.nanogpt.examples.cli.options;

import io.nanogpt.LanguageModel;
import io.nanogpt.model.LoadOptions;
import io.nanogpt.model.WeightPrecision;
import io.nanogpt.onnx.OnnxOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the model that a verb runs: a saved one, or an exported one on ONNX Runtime. */
public final class ModelSource {
    enum Provider {
        CPU,
        CUDA,
        /** The GPU if it works, else the CPU. */
        AUTO
    }

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "saved model: the --out of train or import; or a GGUF file")
    private @Nullable Path saved;

    @Option(
            names = "--adapter",
            paramLabel = "DIR",
            description = "low-rank adapter for --model: OUT/adapter of train --lora-rank, or of PEFT")
    private @Nullable Path adapter;

    @Option(
            names = "--precision",
            paramLabel = "TYPE",
            description = "of the weights of --model: ${COMPLETION-CANDIDATES}; fewer bits take less memory and time"
                    + " (default: f32)")
    private @Nullable WeightPrecision precision;

    @Option(
            names = "--onnx",
            paramLabel = "DIR",
            description = "exported model: the --out of export, in place of --model")
    private @Nullable Path exported;

    @Option(
            names = "--provider",
            paramLabel = "NAME",
            description = "of --onnx: ${COMPLETION-CANDIDATES} (default: cpu)")
    private @Nullable Provider provider;

    /** The name of the folder of the model. */
    public String folderName() {
        Path folder = saved != null ? saved : exported;
        Path last = folder == null ? null : folder.toAbsolutePath().normalize().getFileName();
        return last == null ? "model" : last.toString();
    }

    /** Opens the model. */
    public LanguageModel open() {
        if (provider != null && exported == null) {
            throw new IllegalArgumentException("--provider needs --onnx");
        }
        if (adapter != null && saved == null) {
            throw new IllegalArgumentException("--adapter needs --model");
        }
        if (precision != null && saved == null) {
            throw new IllegalArgumentException("--precision needs --model");
        }
        if (adapter != null && precision != null && precision != WeightPrecision.F32) {
            throw new IllegalArgumentException("--adapter is added to weights in f32; leave out --precision");
        }
        if (saved != null && exported == null) {
            return load(saved);
        }
        if (saved == null && exported != null) {
            return LanguageModel.loadOnnx(
                    exported,
                    switch (provider == null ? Provider.CPU : provider) {
                        case CPU -> OnnxOptions.cpu();
                        case CUDA -> OnnxOptions.cuda();
                        case AUTO -> OnnxOptions.cuda().orCpu();
                    });
        }
        throw new IllegalArgumentException(
                saved == null ? "give the model with --model DIR or --onnx DIR" : "give --model or --onnx, not both");
    }

    private LanguageModel load(Path folder) {
        LoadOptions options = LoadOptions.defaults();
        LanguageModel model =
                LanguageModel.load(folder, precision == null ? options : options.withPrecision(precision));
        if (adapter == null) {
            return model;
        }
        try (model) {
            return model.withAdapter(adapter);
        }
    }
}
