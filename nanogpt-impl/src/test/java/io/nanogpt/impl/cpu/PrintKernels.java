package io.nanogpt.impl.cpu;

import io.nanogpt.NanogptException;

/** Opens the backend twice and prints which kernels it has and why, or the error. */
final class PrintKernels {
    private PrintKernels() {}

    public static void main(String[] arguments) {
        for (int i = 0; i < 2; i++) {
            try (CpuBackend backend = CpuBackend.open(1)) {
                System.out.println(
                        backend.compute().kernels() + ": " + backend.compute().reason());
            } catch (NanogptException e) {
                System.out.println("refused: " + e.getMessage());
            }
        }
    }
}
