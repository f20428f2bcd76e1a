package io.nanogpt.onnx;

import io.nanogpt.spi.Threads;
import java.util.Objects;

/**
 * Options of running a model with ONNX Runtime. Immutable.
 *
 * <pre>{@code
 * LanguageModel model = LanguageModel.loadOnnx(Path.of("captions-onnx"), OnnxOptions.cuda().orCpu());
 * }</pre>
 *
 * @param provider the execution provider
 * @param threads CPU threads; 0, the default, for one below four million parameters and all processors above
 * @param device the number of the GPU; 0 by default
 * @param memoryLimit maximum bytes of GPU memory; 0, the default, for no limit
 * @param optimization graph optimization level of ONNX Runtime; {@link Optimization#ALL} by default
 */
public record OnnxOptions(Provider provider, int threads, int device, long memoryLimit, Optimization optimization) {
    /** The execution provider. */
    public enum Provider {
        /** The CPU. */
        CPU,
        /** An NVIDIA GPU; loading fails without one. */
        CUDA,
        /** An NVIDIA GPU if it works, otherwise the CPU, with one warning. */
        CUDA_OR_CPU
    }

    /** The graph optimization level. */
    public enum Optimization {
        /** None. */
        NONE,
        /** Constant folding and removal of redundant nodes. */
        BASIC,
        /** Operator fusion too. */
        EXTENDED,
        /** Memory layout too. */
        ALL
    }

    public OnnxOptions {
        Objects.requireNonNull(provider, "provider");
        Objects.requireNonNull(optimization, "optimization");
        if (threads < 0 || threads > Threads.MOST) {
            throw new IllegalArgumentException(
                    "threads must be from 1 to " + Threads.MOST + ", or 0 to choose by size, but is " + threads);
        }
        if (device < 0) {
            throw new IllegalArgumentException("the number of a GPU must be at least 0, but is " + device);
        }
        if (memoryLimit < 0) {
            throw new IllegalArgumentException(
                    "the memory limit must be at least 1 byte, or 0 for none, but is " + memoryLimit);
        }
    }

    /** Returns options for the CPU. */
    public static OnnxOptions cpu() {
        return new OnnxOptions(Provider.CPU, 0, 0, 0, Optimization.ALL);
    }

    /** Returns options for the first NVIDIA GPU; if it does not work, loading fails and names what is missing. */
    public static OnnxOptions cuda() {
        return cuda(0);
    }

    /** Returns options for an NVIDIA GPU; if it does not work, loading fails and names what is missing. */
    public static OnnxOptions cuda(int device) {
        return new OnnxOptions(Provider.CUDA, 0, device, 0, Optimization.ALL);
    }

    /** Returns a copy that falls back to the CPU, with one warning. */
    public OnnxOptions orCpu() {
        Provider other = provider == Provider.CUDA ? Provider.CUDA_OR_CPU : provider;
        return new OnnxOptions(other, threads, device, memoryLimit, optimization);
    }

    /** Returns a copy with this number of CPU threads; 0 for a number by the size of the model. */
    public OnnxOptions withThreads(int value) {
        return new OnnxOptions(provider, value, device, memoryLimit, optimization);
    }

    /** Returns a copy with this maximum of GPU memory in bytes; 0 for no limit. */
    public OnnxOptions withMemoryLimit(long bytes) {
        return new OnnxOptions(provider, threads, device, bytes, optimization);
    }

    /** Returns a copy with this graph optimization level. */
    public OnnxOptions withOptimization(Optimization value) {
        return new OnnxOptions(provider, threads, device, memoryLimit, value);
    }
}
