package io.nanogpt.impl.cpu;

import io.nanogpt.impl.cpu.scalar.ScalarKernels;
import java.util.ArrayList;
import java.util.List;

/** The kernels to test: the scalar ones always, the vector ones if {@code nanogpt.test.kernels} is {@code vector}. */
final class KernelsUnderTest {
    private KernelsUnderTest() {}

    static List<Kernels> all() {
        List<Kernels> all = new ArrayList<>();
        all.add(new ScalarKernels());
        if (System.getProperty("nanogpt.test.kernels", "scalar").equals("vector")) {
            all.add(vector());
        }
        return all;
    }

    /** Fails where the module is missing, so that no run passes without having tested the vector kernels. */
    static Kernels vector() {
        Kernels kernels = KernelsProvider.kernels();
        if (kernels instanceof ScalarKernels) {
            throw new AssertionError("this run should have vector kernels, but the JVM has no jdk.incubator.vector");
        }
        return kernels;
    }
}
