package io.nanogpt.impl.cpu;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.cpu.scalar.ScalarKernels;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** Chooses the kernels once for the JVM and logs why. */
final class KernelsProvider {
    private static final System.Logger LOG = System.getLogger("io.nanogpt.cpu");

    private static @Nullable Provided provided;

    /** Kernels, and the choice that led to them. */
    record Provided(Kernels kernels, KernelsChoice choice) {}

    private KernelsProvider() {}

    /**
     * The fastest kernels that this JVM runs well, or those that the property {@link KernelsChoice#PROPERTY} forces.
     */
    static Kernels kernels() {
        return provided().kernels();
    }

    /**
     * The kernels with the reason for the choice.
     *
     * @throws NanogptException if the property has an unknown value, or forces kernels that cannot be loaded
     */
    static synchronized Provided provided() {
        if (provided == null) {
            JvmFacts jvm = JvmFacts.ofThisJvm();
            provided = provide(KernelsChoice.of(jvm), jvm.compiler());
        }
        return provided;
    }

    private static Provided provide(KernelsChoice choice, JvmFacts.Compiler compiler) {
        if (choice.vector()) {
            try {
                Kernels kernels = Class.forName(JvmFacts.VECTOR_KERNELS)
                        .asSubclass(Kernels.class)
                        .getConstructor()
                        .newInstance();
                Warmup.run(kernels);
                LOG.log(Level.DEBUG, "computing with {0} kernels: {1}", kernels.name(), choice.reason());
                return new Provided(kernels, choice);
            } catch (ReflectiveOperationException | LinkageError e) {
                return scalar(KernelsChoice.withoutClasses(e), compiler);
            }
        }
        return scalar(choice, compiler);
    }

    private static Provided scalar(KernelsChoice choice, JvmFacts.Compiler compiler) {
        choice.cure()
                .ifPresent(cure -> LOG.log(
                        Level.WARNING,
                        "computing with scalar kernels, which train more slowly: {0}; for vector kernels, {1}",
                        choice.reason(),
                        cure));
        if (compiler == JvmFacts.Compiler.C2) {
            ScalarKernels.warmUp();
        }
        return new Provided(new ScalarKernels(), choice);
    }
}
