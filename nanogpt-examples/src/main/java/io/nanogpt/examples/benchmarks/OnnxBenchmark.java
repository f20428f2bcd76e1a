package io.nanogpt.examples.benchmarks;

import io.nanogpt.examples.presets.StudyPresets;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.onnx.OnnxBackend;
import io.nanogpt.impl.onnx.OnnxExporter;
import io.nanogpt.model.Architecture;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.onnx.OnnxOptions;
import io.nanogpt.onnx.Quantization;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.ParameterStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Times greedy decoding through ONNX Runtime, of a preset with random weights: sequences of the context length, one after
 * another. The first run with a folder exports; memory is that of a later one.
 */
public final class OnnxBenchmark {
    private static final int ROUNDS = 3;
    private static final float WEIGHT_DEVIATION = 0.02f;

    @Option(
            names = "--folder",
            required = true,
            description = "folder of the exported graph, which the first run writes")
    @SuppressWarnings("NullAway.Init") // required
    private Path folder;

    @Option(names = "--preset", description = "preset of the library or of the studies (default: captions)")
    private String preset = "captions";

    @Option(names = "--flavour", description = "${COMPLETION-CANDIDATES}")
    private OnnxExportOptions.Flavour flavour = OnnxExportOptions.Flavour.ONNXRUNTIME;

    @Option(names = "--quantize", description = "${COMPLETION-CANDIDATES}")
    private Quantization.Kind quantization = Quantization.Kind.NONE;

    @Option(names = "--block", description = "weights that share a scale (default: 32)")
    private int block = 32;

    @Option(names = "--provider", description = "${COMPLETION-CANDIDATES} (default: cpu)")
    private OnnxOptions.Provider provider = OnnxOptions.Provider.CPU;

    @Option(names = "--threads", description = "threads (default: 1)")
    private int threads = 1;

    @Option(names = "--steps", description = "tokens of each of three rounds (default: 10,000)")
    private int steps = 10_000;

    private @Nullable Decoder decoder;
    private float[] logits = {};
    private final int[] token = new int[1];

    private OnnxBenchmark() {}

    /** Prints one line with the median of the tokens a second. */
    public static void main(String[] arguments) throws IOException {
        OnnxBenchmark benchmark = new OnnxBenchmark();
        new CommandLine(benchmark).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments);
        benchmark.run();
    }

    private void run() throws IOException {
        Architecture architecture = StudyPresets.of(preset).config().architecture();
        if (!Files.exists(folder.resolve(OnnxExporter.FILE))) {
            export(architecture);
        }
        try (OnnxBackend backend = OnnxBackend.open(folder, architecture, options());
                Decoder opened =
                        backend.decoder(architecture.graph(), backend.parameters(), architecture.contextLength())) {
            decoder = opened;
            logits = new float[architecture.vocabularySize()];
            print(backend);
        }
    }

    private OnnxOptions options() {
        OnnxOptions options = switch (provider) {
            case CPU -> OnnxOptions.cpu();
            case CUDA -> OnnxOptions.cuda();
            case CUDA_OR_CPU -> OnnxOptions.cuda().orCpu();
        };
        return options.withThreads(threads);
    }

    private void export(Architecture architecture) throws IOException {
        Files.createDirectories(folder);
        try (Backend backend = CpuBackend.open(1)) {
            ParameterStore parameters = backend.allocate(architecture.graph().parameters());
            Random random = new Random(1);
            for (ParameterSpec spec : parameters.specs()) {
                float[] values = new float[spec.elements()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = spec.isMatrix() ? (float) (WEIGHT_DEVIATION * random.nextGaussian()) : 1;
                }
                parameters.write(spec.name(), values);
            }
            OnnxExportOptions options =
                    OnnxExportOptions.of(flavour).withQuantization(new Quantization(quantization, block));
            OnnxExporter.write(architecture, parameters, options, Map.of("nanogpt.version", "benchmark"), folder);
        }
    }

    private void print(Backend backend) throws IOException {
        decode(steps);
        long measuring = AllocatedBytes.ofMeasuring();
        long before = AllocatedBytes.now();
        double[] speeds = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            long begin = System.nanoTime();
            decode(steps);
            speeds[round] = steps * 1e9 / (System.nanoTime() - begin);
        }
        long bytes = Math.max(0, AllocatedBytes.now() - before - measuring);
        Arrays.sort(speeds);
        System.out.printf(
                Locale.ROOT,
                "nanogpt %s %s %s on %s, %d threads: %.1f tokens/s, %d bytes allocated/token, %s%n",
                preset,
                flavour,
                quantization,
                backend.name(),
                threads,
                speeds[ROUNDS / 2],
                bytes / ROUNDS / steps,
                memory());
    }

    /** Current and peak resident memory of this process from Linux; empty on other systems. */
    private static String memory() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                ? Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("VmRSS:") || line.startsWith("VmHWM:"))
                        .map(line -> line.replaceAll("\\s+", " "))
                        .sorted()
                        .toList()
                        .toString()
                : "";
    }

    /** Each round starts a new sequence, as the peer's do, since the cost of a token grows with its position. */
    private void decode(int tokens) {
        Decoder used = Objects.requireNonNull(decoder);
        used.reset();
        for (int i = 0; i < tokens; i++) {
            if (used.length() == used.contextLength()) {
                used.reset();
            }
            used.feed(token, 0, 1, logits);
            token[0] = DecodeBenchmark.mostLikely(logits);
        }
    }
}
