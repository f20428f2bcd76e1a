package io.nanogpt.impl.djl;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.cuda.CudaUtils;
import io.nanogpt.Diagnosis;
import io.nanogpt.NanogptException;
import io.nanogpt.backend.Backends.MatrixPrecision;
import io.nanogpt.spi.Backend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** DJL's PyTorch engine in this process, and its devices. */
final class DjlEngine {
    private static final String OFFLINE = "ai.djl.offline";
    private static final String NO_TRACKING = "OPT_OUT_TRACKING";
    /** The environment variable that enables TF32; PyTorch reads it when its libraries are loaded, and nothing else. */
    private static final String TF32 = "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE";

    private final Engine engine;

    private DjlEngine(Engine engine) {
        this.engine = engine;
    }

    /**
     * Loads PyTorch, which takes a second or two the first time. No downloads and no telemetry unless the host enables
     * them.
     *
     * @throws NanogptException if the artifacts cannot be loaded, with the reason
     */
    static DjlEngine open() {
        if (System.getProperty(OFFLINE) == null && System.getenv("DJL_OFFLINE") == null) {
            System.setProperty(OFFLINE, "true");
        }
        if (System.getProperty(NO_TRACKING) == null && System.getenv(NO_TRACKING) == null) {
            System.setProperty(NO_TRACKING, "true");
        }
        try {
            return new DjlEngine(Engine.getEngine("PyTorch"));
        } catch (EngineException | LinkageError | AssertionError e) {
            throw new NanogptException(
                    "PyTorch cannot be loaded through DJL: " + rootCause(e)
                            + "; the versions of api and pytorch-engine, of pytorch-jni, and of pytorch-native-cpu or the"
                            + " installed PyTorch must be compatible, for example 0.35.1, 2.7.1-0.35.1 and 2.7.1",
                    e);
        }
    }

    private static Throwable rootCause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    boolean hasCuda() {
        return engine.hasCapability(StandardCapabilities.CUDA);
    }

    String version() {
        return "PyTorch " + engine.getVersion() + " through DJL " + Engine.getDjlVersion();
    }

    /** Sets the number of CPU threads, for the whole process. */
    static void setThreads(int threads) {
        JniUtils.setNumThreads(threads);
    }

    /**
     * The device of a name that {@link io.nanogpt.backend.BackendChoice.Djl} allows.
     *
     * @throws NanogptException if there is no such GPU, naming what is available
     */
    Device device(String name) {
        if (name.equals("cpu") || (name.equals("auto") && !hasCuda())) {
            return Device.cpu();
        }
        int number = name.startsWith("cuda:") ? Integer.parseInt(name.substring("cuda:".length())) : 0;
        if (!hasCuda()) {
            throw new NanogptException(name + " was requested, but " + version() + " finds no usable GPU; for"
                    + " CUDA it needs an NVIDIA driver and the libraries of an installed PyTorch with CUDA, whose folder"
                    + " PYTORCH_LIBRARY_PATH names; the device cpu works");
        }
        if (number >= CudaUtils.getGpuCount()) {
            throw new NanogptException(
                    name + " was requested, but there are " + CudaUtils.getGpuCount() + " GPUs, counted from cuda:0");
        }
        return Device.gpu(number);
    }

    static boolean isGpu(Device device) {
        return Device.Type.GPU.equals(device.getDeviceType());
    }

    NDManager manager(Device device) {
        return engine.newBaseManager(device);
    }

    /**
     * Fails if PyTorch would compute in another precision than requested.
     *
     * @throws NanogptException with the environment that the program needs
     */
    static void requirePrecision(MatrixPrecision precision, List<Device> devices) {
        boolean allowed = "1".equals(System.getenv(TF32));
        if (precision == MatrixPrecision.TF32 && !devices.stream().allMatch(DjlEngine::isGpu)) {
            throw new NanogptException("TF32 was requested, but only GPUs support it; use F32");
        }
        if (precision == MatrixPrecision.TF32 && !allowed) {
            throw new NanogptException(
                    "TF32 was requested, but PyTorch enables it only by an environment variable; start the"
                            + " program with " + TF32 + "=1");
        }
        if (precision != MatrixPrecision.TF32 && allowed && devices.stream().anyMatch(DjlEngine::isGpu)) {
            throw new NanogptException(TF32 + "=1 makes PyTorch compute in TF32; request that precision, or start the"
                    + " program without it");
        }
    }

    /** Describes the engine and its devices with their memory. */
    List<Diagnosis> diagnose() {
        List<Diagnosis> all = new ArrayList<>();
        all.add(new Diagnosis(
                "DJL with PyTorch", version() + (hasCuda() ? " and CUDA" : ", processor only"), Optional.empty()));
        int gpus = hasCuda() ? CudaUtils.getGpuCount() : 0;
        for (int number = 0; number < gpus; number++) {
            MemoryUsage memory = CudaUtils.getGpuMemory(Device.gpu(number));
            all.add(new Diagnosis(
                    "cuda:" + number,
                    "compute capability " + CudaUtils.getComputeCapability(number) + ", "
                            + ((memory.getMax() - memory.getCommitted()) >> 20) + " of " + (memory.getMax() >> 20)
                            + " MiB free",
                    Optional.empty()));
        }
        return all;
    }

    /** The free memory of a device. */
    static Backend.Memory memory(Device device) {
        if (isGpu(device)) {
            MemoryUsage usage = CudaUtils.getGpuMemory(device);
            return new Backend.Memory(
                    usage.getMax() - usage.getCommitted(), "free memory on the GPU, or use another one");
        }
        return new Backend.Memory(availableOfMachine().orElse(Long.MAX_VALUE), "free memory on the machine");
    }

    /** {@code MemAvailable} of Linux: free memory and reclaimable caches. */
    private static OptionalLong availableOfMachine() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
            return lines.filter(line -> line.startsWith("MemAvailable:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst();
        } catch (IOException | UncheckedIOException e) {
            return OptionalLong.empty();
        }
    }
}
