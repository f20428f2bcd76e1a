package io.nanogpt.examples.benchmarks;

import io.nanogpt.backend.BackendChoice;
import io.nanogpt.backend.Backends.MatrixPrecision;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.djl.DjlBackend;
import io.nanogpt.model.WeightPrecision;
import io.nanogpt.spi.Backend;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The options of the training and decoding benchmarks. */
final class BenchmarkOptions {
    @Option(
            names = "--preset",
            description =
                    "captions (the default), shakespeare, algopath, homework3, gpt2, captions-gpu, gpt2-small, lstm,"
                            + " lstm-large, k-gram-onehot, k-gram-embedding or k-gram-conv")
    private String preset = "captions";

    @Option(
            names = "--steps",
            description = "training steps or tokens to measure (default: 300 steps or 50,000 tokens)")
    private int steps;

    @Option(
            names = "--device",
            split = ",",
            description =
                    "of training through DJL: cpu, cuda or cuda:N, or several; without it the CPU backend computes")
    private List<String> devices = new ArrayList<>();

    @Option(names = "--precision", description = "of the matrix products of training (default: f32)")
    private MatrixPrecision precision = MatrixPrecision.F32;

    @Option(names = "--weights", description = "of decoding: f32, bf16 or int8 (default: f32)")
    private WeightPrecision weights = WeightPrecision.F32;

    @Option(names = "--threads", description = "threads (default: 2 for training, 1 for decoding)")
    private int threads;

    static BenchmarkOptions parse(String[] arguments, int defaultSteps, int defaultThreads) {
        BenchmarkOptions options = new BenchmarkOptions();
        options.steps = defaultSteps;
        options.threads = defaultThreads;
        new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments);
        if (options.steps < 1 || options.threads < 1) {
            throw new IllegalArgumentException(
                    "--steps and --threads must be at least 1, but are " + options.steps + " and " + options.threads);
        }
        return options;
    }

    /** The backend. */
    Backend backend() {
        return devices.isEmpty()
                ? CpuBackend.open(threads, precision)
                : DjlBackend.open(new BackendChoice.Djl(devices, precision), threads);
    }

    /** The CPU backend, with rounded weights. */
    CpuBackend decodingBackend() {
        return CpuBackend.open(threads, weights);
    }

    BenchmarkModel.Size size() {
        return BenchmarkModel.Size.of(preset);
    }

    int steps() {
        return steps;
    }

    int threads() {
        return threads;
    }
}
