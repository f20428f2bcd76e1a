package io.nanogpt.impl.djl;

import ai.djl.ndarray.NDManager;
import io.nanogpt.backend.Backends.MatrixPrecision;
import java.lang.ref.Cleaner;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The devices of a backend, and the memory of executables and decoders on them. */
final class DjlDevices implements AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();

    private final List<NDManager> managers;
    private final boolean flash;
    private final MatrixPrecision precision;
    private final ExecutorService threads;
    /** Of executables and decoders that are not closed. */
    private final Set<NativeMemory> unfreed = ConcurrentHashMap.newKeySet();

    /**
     * Wraps open devices.
     *
     * @param managers one per device, closed with this
     * @param flash whether all devices have PyTorch's fused attention for CPUs
     */
    DjlDevices(List<NDManager> managers, boolean flash, MatrixPrecision precision) {
        this.managers = List.copyOf(managers);
        this.flash = flash;
        this.precision = precision;
        threads = Executors.newFixedThreadPool(Math.max(1, managers.size() - 1), task -> {
            Thread thread = new Thread(task, "nanogpt-djl");
            thread.setDaemon(true);
            return thread;
        });
    }

    List<NDManager> managers() {
        return managers;
    }

    int count() {
        return managers.size();
    }

    /** Threads for the devices after the first. */
    ExecutorService threads() {
        return threads;
    }

    ProgramWriter.Settings settings(int capacity, boolean decoding) {
        return new ProgramWriter.Settings(capacity, decoding, flash, precision == MatrixPrecision.BF16);
    }

    /** Frees the memory of an executable or decoder that is closed. */
    void free(NativeMemory memory) {
        free(memory, unfreed);
    }

    /**
     * Memory that its owner frees; should it be forgotten, the garbage collector does, and at the latest {@link #close}.
     */
    NativeMemory memory(Object owner) {
        NativeMemory memory = new NativeMemory(managers);
        Set<NativeMemory> known = unfreed;
        known.add(memory);
        CLEANER.register(owner, () -> free(memory, known));
        return memory;
    }

    private static void free(NativeMemory memory, Set<NativeMemory> unfreed) {
        if (unfreed.remove(memory)) {
            memory.free();
        }
    }

    @Override
    public void close() {
        threads.shutdown();
        unfreed.forEach(memory -> free(memory, unfreed));
        managers.forEach(NDManager::close);
    }
}
