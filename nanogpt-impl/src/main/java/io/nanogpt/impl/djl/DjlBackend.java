package io.nanogpt.impl.djl;

import ai.djl.Device;
import io.nanogpt.Diagnosis;
import io.nanogpt.NanogptException;
import io.nanogpt.backend.BackendChoice;
import io.nanogpt.backend.Backends.MatrixPrecision;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.OpType;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.graph.Inference;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.BatchDecoder;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * PyTorch through DJL, on one device or several. The same inputs give the same bytes on the same devices with the same
 * number of threads: PyTorch's sums depend on both.
 */
public final class DjlBackend implements Backend {
    private static final System.Logger LOGGER = System.getLogger(DjlBackend.class.getName());

    private final String name;
    private final List<Device> kinds;
    private final DjlDevices devices;
    private final TorchModule storeProgram;

    private DjlBackend(String name, List<Device> kinds, DjlDevices devices) {
        this.name = name;
        this.kinds = kinds;
        this.devices = devices;
        storeProgram = TorchModule.load(devices.managers().get(0), DjlParameters.program());
    }

    /** Whether {@link #open} would find a usable GPU. Cheap where there is none, or no DJL. */
    public static boolean findsGpu() {
        try {
            return DjlArtifacts.arePresent()
                    && DjlArtifacts.mayHaveGpu()
                    && DjlEngine.open().hasCuda();
        } catch (NanogptException e) {
            LOGGER.log(Level.WARNING, "computing on the processor instead of the GPU: {0}", e.getMessage());
            return false;
        }
    }

    /** Describes the engine and its devices with their memory. Loads PyTorch, if available. */
    public static List<Diagnosis> diagnose() {
        try {
            DjlArtifacts.require();
            return DjlEngine.open().diagnose();
        } catch (NanogptException e) {
            return List.of(
                    new Diagnosis("DJL with PyTorch", "not usable", Optional.of(String.valueOf(e.getMessage()))));
        }
    }

    /**
     * Opens devices.
     *
     * @param threads CPU threads, if the CPU is one of the devices
     * @throws NanogptException if DJL is not on the class path, cannot be loaded, or has no such device
     */
    public static DjlBackend open(BackendChoice.Djl choice, int threads) {
        return open(choice, threads, true);
    }

    /** Opens devices; without {@code fused}, attention is not fused on the CPU either, as on GPUs. */
    static DjlBackend open(BackendChoice.Djl choice, int threads, boolean fused) {
        DjlArtifacts.require();
        DjlEngine engine = DjlEngine.open();
        List<Device> kinds = choice.devices().stream().map(engine::device).toList();
        DjlEngine.requirePrecision(choice.precision(), kinds);
        boolean anyCpu = !kinds.stream().allMatch(DjlEngine::isGpu);
        boolean anyGpu = kinds.stream().anyMatch(DjlEngine::isGpu);
        if (anyCpu) {
            DjlEngine.setThreads(threads);
        }
        String name = "djl, " + engine.version() + ", "
                + kinds.stream().map(DjlBackend::name).collect(Collectors.joining(" + "))
                + (choice.precision() == MatrixPrecision.F32
                        ? ""
                        : ", " + choice.precision().name().toLowerCase(Locale.ROOT))
                + (anyCpu ? ", " + threads + (threads == 1 ? " thread" : " threads") : "");
        DjlDevices devices =
                new DjlDevices(kinds.stream().map(engine::manager).toList(), fused && !anyGpu, choice.precision());
        return new DjlBackend(name, kinds, devices);
    }

    private static String name(Device device) {
        return DjlEngine.isGpu(device) ? "cuda:" + device.getDeviceId() : "cpu";
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean supportsPacking() {
        return true;
    }

    @Override
    public boolean supports(OpType type) {
        return true;
    }

    @Override
    public ParameterStore allocate(List<ParameterSpec> parameters) {
        return new DjlParameters(parameters, devices.managers(), storeProgram);
    }

    @Override
    public Executable compile(Graph graph, ParameterStore parameters, int batch, int sequence) {
        if (batch < 1 || sequence < 1) {
            throw new IllegalArgumentException(
                    "batch and sequence must be at least 1, but are " + batch + " and " + sequence);
        }
        return new DjlExecutable(graph, own(parameters), devices, batch, sequence);
    }

    /** The estimate for the device with the largest share of the batch. */
    @Override
    public long executableBytes(Graph graph, ParameterStore parameters, int batch, int sequence) {
        return GraphMemory.bytes(graph, (batch + devices.count() - 1) / devices.count(), sequence);
    }

    @Override
    public Memory memory() {
        return kinds.stream()
                .map(DjlEngine::memory)
                .reduce((a, b) -> a.availableBytes() <= b.availableBytes() ? a : b)
                .orElseThrow();
    }

    @Override
    public Decoder decoder(Graph graph, ParameterStore parameters, int contextLength) {
        return Decoder.of(open(graph, parameters, contextLength));
    }

    @Override
    public Optional<BatchDecoder> batchDecoder(Graph graph, ParameterStore parameters, int contextLength) {
        return Optional.of(open(graph, parameters, contextLength));
    }

    private BatchDecoder open(Graph graph, ParameterStore parameters, int contextLength) {
        return new DjlBatchDecoder(Inference.of(graph), own(parameters), devices, contextLength);
    }

    private static DjlParameters own(ParameterStore parameters) {
        if (parameters instanceof DjlParameters own) {
            return own;
        }
        throw new IllegalArgumentException("the parameters were allocated by another backend: "
                + parameters.getClass().getName());
    }

    @Override
    public void close() {
        storeProgram.close();
        devices.close();
    }
}
