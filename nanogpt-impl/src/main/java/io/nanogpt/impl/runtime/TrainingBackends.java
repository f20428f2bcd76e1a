package io.nanogpt.impl.runtime;

import io.nanogpt.backend.BackendChoice;
import io.nanogpt.backend.Backends;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.djl.DjlBackend;
import io.nanogpt.spi.Backend;

/** Opens what is to compute a training run. Loads no class of DJL where it is not asked for or not there. */
final class TrainingBackends {
    private TrainingBackends() {}

    /**
     * What a choice means on this machine.
     *
     * @throws io.nanogpt.NanogptException if DJL was asked for and is not there, or has no such device
     */
    static Backend open(BackendChoice choice, int threads) {
        if (choice instanceof BackendChoice.Djl djl) {
            return DjlBackend.open(djl, threads);
        }
        return computesOnGpu(choice) ? DjlBackend.open(Backends.djl(), threads) : CpuBackend.open(threads);
    }

    static boolean computesOnGpu(BackendChoice choice) {
        if (choice instanceof BackendChoice.Djl djl && !djl.devices().contains("auto")) {
            return djl.devices().stream().anyMatch(device -> device.startsWith("cuda"));
        }
        return !(choice instanceof BackendChoice.Cpu) && DjlBackend.findsGpu();
    }
}
