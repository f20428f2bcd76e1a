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
        return load(VECTOR);
    }

    /** An instance of this class, or scalar kernels where the application was packed without it. */
    static Kernels load(String type) {
        try {
            Kernels kernels = Class.forName(type)
                    .asSubclass(Kernels.class)
                    .getConstructor()
                    .newInstance();
            Warmup.run(kernels);
            LOG.log(Level.DEBUG, "training runs on kernels: {0}", kernels.name());
            return kernels;
        } catch (ClassNotFoundException | NoClassDefFoundError e) {
            LOG.log(
                    Level.WARNING,
                    "training runs on scalar kernels: the vector kernels {0} are missing in this application;"
                            + " a tool that removes unused classes, such as minimizeJar, must keep io.nanogpt:nanogpt-impl whole",
                    type);
            return new ScalarKernels();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the vector kernels " + type + " cannot be loaded", e);
        }
    }
}
