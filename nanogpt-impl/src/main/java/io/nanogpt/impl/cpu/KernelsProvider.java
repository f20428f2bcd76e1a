package io.nanogpt.impl.cpu;

import io.nanogpt.impl.cpu.scalar.ScalarKernels;
import java.lang.System.Logger.Level;

/** Picks the kernels once for the JVM and says why. */
final class KernelsProvider {
    private static final System.Logger LOG = System.getLogger("io.nanogpt.cpu");
    private static final String VECTOR = "io.nanogpt.impl.cpu.vector.VectorKernels";
    private static final Kernels KERNELS = choose();

    private KernelsProvider() {}

    /** Vector kernels where the JVM has the module, scalar ones where it has not. */
    static Kernels kernels() {
        return KERNELS;
    }

    private static Kernels choose() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    "training runs on scalar kernels; start java with --add-modules jdk.incubator.vector"
                            + " and it is faster");
            return new ScalarKernels();
        }
        try {
            Kernels kernels = Class.forName(VECTOR)
                    .asSubclass(Kernels.class)
                    .getConstructor()
                    .newInstance();
            Warmup.run(kernels);
            LOG.log(Level.DEBUG, "training runs on kernels: {0}", kernels.name());
            return kernels;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the vector kernels " + VECTOR + " cannot be loaded", e);
        }
    }
}
