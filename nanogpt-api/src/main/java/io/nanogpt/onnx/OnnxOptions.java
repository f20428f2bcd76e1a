package io.nanogpt.onnx;

import java.util.Objects;

/**
 * How ONNX Runtime runs a model. Immutable: each method returns a new one.
 *
 * <pre>{@code
 * LanguageModel model = LanguageModel.loadOnnx(Path.of("captions-onnx"), OnnxOptions.cuda().orCpu());
 * }</pre>
 *
 * @param provider where it computes
 * @param threads of the CPU; 0, the default, takes one for a model below four million parameters and all processors
 *     above
 * @param device the number of the GPU; 0 by default
 * @param memoryLimit the most bytes of the GPU's memory to use; 0, the default, for no limit
 * @param optimization how far ONNX Runtime rewrites the graph as it loads; {@link Optimization#ALL} by default
 */
public record OnnxOptions(Provider provider, int threads, int device, long memoryLimit, Optimization optimization) {
    /** Where a model computes. */
    public enum Provider {
        /** On the CPU. */
        CPU,
        /** On an NVIDIA GPU, or not at all. */
        CUDA,
        /** On an NVIDIA GPU where that works, else, with one warning, on the CPU. */
        CUDA_OR_CPU
    }

    /** How far a graph is rewritten. */
    public enum Optimization {
        /** Not at all. */
        NONE,
        /** Constants and what is redundant. */
        BASIC,
        /** Operators are fused too. */
        EXTENDED,
        /** Memory layout too. */
        ALL
    }

    public OnnxOptions {
        Objects.requireNonNull(provider, "provider");
        Objects.requireNonNull(optimization, "optimization");
        if (threads < 0) {
            throw new IllegalArgumentException("threads must be at least 1, or 0 to choose by size, but is " + threads);
        }
        if (device < 0) {
            throw new IllegalArgumentException("the number of a GPU must be at least 0, but is " + device);
        }
        if (memoryLimit < 0) {
            throw new IllegalArgumentException(
                    "the memory limit must be at least 1 byte, or 0 for none, but is " + memoryLimit);
        }
    }

    /** On the CPU. */
    public static OnnxOptions cpu() {
        return new OnnxOptions(Provider.CPU, 0, 0, 0, Optimization.ALL);
    }

    /** On the first NVIDIA GPU; loading fails, naming what is missing, where that does not work. */
    public static OnnxOptions cuda() {
        return cuda(0);
    }

    /** On an NVIDIA GPU; loading fails, naming what is missing, where that does not work. */
    public static OnnxOptions cuda(int device) {
        return new OnnxOptions(Provider.CUDA, 0, device, 0, Optimization.ALL);
    }

    /** Falls back to the CPU, with one warning. */
    public OnnxOptions orCpu() {
        Provider other = provider == Provider.CUDA ? Provider.CUDA_OR_CPU : provider;
        return new OnnxOptions(other, threads, device, memoryLimit, optimization);
    }

    /** Threads of the CPU; 0 chooses by the size of the model. */
    public OnnxOptions withThreads(int value) {
        return new OnnxOptions(provider, value, device, memoryLimit, optimization);
    }

    /** The most bytes of the GPU's memory to use; 0 for no limit. */
    public OnnxOptions withMemoryLimit(long bytes) {
        return new OnnxOptions(provider, threads, device, bytes, optimization);
    }

    /** How far ONNX Runtime rewrites the graph as it loads. */
    public OnnxOptions withOptimization(Optimization value) {
        return new OnnxOptions(provider, threads, device, memoryLimit, value);
    }
}
