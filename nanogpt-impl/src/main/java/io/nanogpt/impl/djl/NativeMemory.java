package io.nanogpt.impl.djl;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Native memory of one executable or decoder: its module, tables and state, and the arrays of its last step. */
final class NativeMemory {
    private final List<NDManager> managers;
    private final List<TorchModule> modules = new ArrayList<>();
    private final List<NDManager> steps = new ArrayList<>();
    private final List<NDList> results = new ArrayList<>();
    private volatile boolean freed;

    /** Computes a device's share of a step; its arrays belong to the step's manager. */
    interface Work {
        NDList compute(int device, NDManager step);
    }

    NativeMemory(List<NDManager> devices) {
        managers = devices.stream().map(NDManager::newSubManager).toList();
    }

    /** The manager of arrays that live as long as this. */
    NDManager manager(int device) {
        return managers.get(device);
    }

    void add(TorchModule module) {
        modules.add(module);
    }

    /** Frees the arrays of the last step. */
    void closeStep() {
        results.clear();
        steps.forEach(NDManager::close);
        steps.clear();
    }

    void requireOpen() {
        if (freed) {
            throw new IllegalStateException("this executable or decoder, or its backend, is closed");
        }
    }

    /** Computes a step on the first {@code count} devices at once. */
    void step(ExecutorService threads, int count, Work work) {
        requireOpen();
        for (int device = 0; device < count; device++) {
            steps.add(managers.get(device).newSubManager());
        }
        List<Future<NDList>> others = new ArrayList<>();
        for (int device = 1; device < count; device++) {
            int number = device;
            others.add(threads.submit(() -> work.compute(number, steps.get(number))));
        }
        RuntimeException failure = null;
        try {
            results.add(work.compute(0, steps.get(0)));
        } catch (RuntimeException e) {
            failure = e;
        }
        for (Future<NDList> other : others) {
            try {
                results.add(uninterruptibly(other));
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Waits for a share; devices cannot be cancelled, so an interrupt is restored only afterwards. */
    private static NDList uninterruptibly(Future<NDList> share) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return share.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof RuntimeException runtime) {
                        throw runtime;
                    }
                    throw new IllegalStateException(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The results of each device in the last step. */
    List<NDList> results() {
        return results;
    }

    void free() {
        freed = true;
        closeStep();
        modules.forEach(TorchModule::close);
        managers.forEach(NDManager::close);
    }
}
