package io.nanogpt.impl.runtime;

import io.nanogpt.backend.BackendChoice;
import io.nanogpt.backend.Backends;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.djl.DjlBackend;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.BackendProvider;
import java.util.List;

/** Opens the backend of a training run. Loads classes of DJL only if it is requested and present. */
final class TrainingBackends {
    private TrainingBackends() {}

    /**
     * Opens the backend of a choice.
     *
     * @throws io.nanogpt.NanogptException if DJL is requested but missing, or has no such device, if nothing computes the
     *     requested precision on this CPU, or if there is no backend of the requested name
     */
    static Backend open(BackendChoice choice, int threads) {
        return switch (choice.kind()) {
            case AUTO -> DjlBackend.findsGpu() ? DjlBackend.open(Backends.djl(), threads) : CpuBackend.open(threads);
            case CPU -> CpuBackend.open(threads, ((BackendChoice.Cpu) choice).precision());
            case DJL -> DjlBackend.open((BackendChoice.Djl) choice, threads);
            case NAMED ->
                BackendProvider.named(((BackendChoice.Named) choice).name()).open(threads);
        };
    }

    static boolean computesOnGpu(BackendChoice choice) {
        return switch (choice.kind()) {
            case AUTO -> DjlBackend.findsGpu();
            case CPU -> false;
            case DJL -> {
                List<String> devices = ((BackendChoice.Djl) choice).devices();
                yield devices.contains("auto")
                        ? DjlBackend.findsGpu()
                        : devices.stream().anyMatch(device -> device.startsWith("cuda"));
            }
            case NAMED ->
                BackendProvider.named(((BackendChoice.Named) choice).name()).computesOnGpu();
        };
    }
}
