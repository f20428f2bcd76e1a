package io.nanogpt.examples;

import io.nanogpt.LanguageModel;
import io.nanogpt.onnx.OnnxOptions;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which model a verb asks, and what computes it. */
final class ModelSource {
    enum Provider {
        CPU,
        CUDA,
        /** The GPU where that works, else the CPU. */
        AUTO;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(names = "--model", paramLabel = "DIR", description = "a folder that train saved")
    private @Nullable Path saved;

    @Option(names = "--onnx", paramLabel = "DIR", description = "a folder that export wrote, in place of --model")
    private @Nullable Path exported;

    @Option(names = "--provider", description = "of --onnx: ${COMPLETION-CANDIDATES}; cpu by default")
    private Provider provider = Provider.CPU;

    /** Opens the model that was named. */
    LanguageModel open() {
        if (saved != null && exported == null) {
            return LanguageModel.load(saved);
        }
        if (saved == null && exported != null) {
            return LanguageModel.loadOnnx(
                    exported,
                    switch (provider) {
                        case CPU -> OnnxOptions.cpu();
                        case CUDA -> OnnxOptions.cuda();
                        case AUTO -> OnnxOptions.cuda().orCpu();
                    });
        }
        throw new IllegalArgumentException(
                saved == null ? "name the model with --model DIR or --onnx DIR" : "give --model or --onnx, not both");
    }
}
