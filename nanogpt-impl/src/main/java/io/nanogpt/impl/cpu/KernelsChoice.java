package io.nanogpt.impl.cpu;

import io.nanogpt.NanogptException;
import java.util.Optional;

/**
 * The choice between vector and scalar kernels on a JVM. Vector kernels are fast only where C2 turns the Vector API
 * into vector instructions; elsewhere each vector is an object, and they are many times slower than the scalar ones.
 *
 * @param vector whether the vector kernels are chosen
 * @param reason for the choice
 * @param cure how to get vector kernels, if they are not chosen
 */
record KernelsChoice(boolean vector, String reason, Optional<String> cure) {
    /** The system property that forces {@code vector} or {@code scalar}. */
    static final String PROPERTY = "nanogpt.kernels";
    /**
     * The newest version of Java that the vector kernels were tested on; they were tested on the oldest supported one,
     * too.
     */
    static final int NEWEST_JAVA = 25;

    private static final int FEWEST_BITS = 128;
    private static final String FORCE = "measure their speed here with -D" + PROPERTY + "=vector";

    /**
     * Chooses the kernels.
     *
     * @throws NanogptException if the property has an unknown value, or forces kernels that cannot be loaded
     */
    static KernelsChoice of(JvmFacts jvm) {
        Optional<KernelsChoice> unloadable = unfused(jvm).or(() -> unloadable(jvm.vectors()));
        if (jvm.requested().isPresent()) {
            return requested(jvm.requested().get(), unloadable);
        }
        return unloadable.or(() -> unsuitable(jvm)).orElseGet(() -> {
            String reason = "the module " + JvmFacts.VECTOR_MODULE + " is loaded, and the JVM compiles with C2";
            return new KernelsChoice(true, reason, Optional.empty());
        });
    }

    private static KernelsChoice requested(String kernels, Optional<KernelsChoice> unloadable) {
        String reason = "the system property " + PROPERTY + " is " + kernels;
        return switch (kernels) {
            case "scalar" -> new KernelsChoice(false, reason, Optional.empty());
            case "vector" -> {
                if (unloadable.isPresent()) {
                    throw new NanogptException(reason + ", but " + unloadable.get().reason + "; "
                            + unloadable.get().cure.orElse("leave the property out"));
                }
                yield new KernelsChoice(true, reason, Optional.empty());
            }
            default ->
                throw new NanogptException(
                        "the system property " + PROPERTY + " must be vector or scalar, but is " + kernels);
        };
    }

    /** The reason why the vector kernels cannot be loaded, if any. */
    private static Optional<KernelsChoice> unloadable(JvmFacts.Vectors vectors) {
        return switch (vectors.state()) {
            case ABSENT ->
                scalar(
                        "this Java runtime has no module " + JvmFacts.VECTOR_MODULE,
                        "run on a JDK that has it, of version 17 to " + NEWEST_JAVA);
            case NOT_LOADED ->
                scalar(
                        "the module " + JvmFacts.VECTOR_MODULE + " is not loaded",
                        "start java with --add-modules " + JvmFacts.VECTOR_MODULE);
            case LOADED ->
                vectors.missingClass()
                        .flatMap(name -> scalar("the class " + name + " cannot be loaded", missingClassCure()));
        };
    }

    /** The reason why a machine without fused multiply-add has no vector kernels, if it is one. */
    private static Optional<KernelsChoice> unfused(JvmFacts jvm) {
        return jvm.fusedMultiplyAdd()
                ? Optional.empty()
                : scalar(
                        "the JVM has no instruction for fused multiply-add, so that products and sums are rounded one"
                                + " after the other, and results differ in the last bits from those of other machines",
                        "run on a processor with FMA (x86 since 2013, every 64-bit ARM), without -XX:-UseFMA and"
                                + " -XX:UseAVX=0");
    }

    /** The reason why the vector kernels are slow or untested here, if any. */
    private static Optional<KernelsChoice> unsuitable(JvmFacts jvm) {
        boolean hotSpot = jvm.vmName().contains("Server VM")
                && (jvm.vmName().contains("OpenJDK") || jvm.vmName().contains("HotSpot"));
        if (!hotSpot) {
            return scalar(
                    "the JVM is " + jvm.vmName()
                            + ", and only HotSpot's C2 is known to compile the vector kernels well",
                    "run on a HotSpot JVM such as OpenJDK's, or " + FORCE);
        }
        if (jvm.javaVersion() > NEWEST_JAVA) {
            return scalar(
                    "Java " + jvm.javaVersion() + " is newer than " + NEWEST_JAVA
                            + ", the newest that the vector kernels were tested on",
                    FORCE);
        }
        if (jvm.vectors().bits() < FEWEST_BITS) {
            return scalar(
                    "the vectors of this machine have " + jvm.vectors().bits() + " bits, fewer than " + FEWEST_BITS,
                    FORCE);
        }
        return switch (jvm.compiler()) {
            case C2 -> Optional.empty();
            case C1 ->
                scalar(
                        "the JVM compiles with C1 alone (-XX:TieredStopAtLevel)",
                        "start java without -XX:TieredStopAtLevel");
            case INTERPRETER -> scalar("the JVM interprets without compiling (-Xint)", "start java without -Xint");
            case JVMCI ->
                scalar(
                        "the JVM compiles with a JVMCI compiler, on which the vector kernels were not tested",
                        "start java with -XX:-UseJVMCICompiler, or " + FORCE);
        };
    }

    private static Optional<KernelsChoice> scalar(String reason, String cure) {
        return Optional.of(new KernelsChoice(false, reason, Optional.of(cure)));
    }

    /** The choice after a class of the vector kernels failed to load. */
    static KernelsChoice withoutClasses(Throwable failure) {
        return new KernelsChoice(
                false, "the vector kernels cannot be loaded (" + failure + ")", Optional.of(missingClassCure()));
    }

    private static String missingClassCure() {
        return "if a tool such as the shade plugin's minimizeJar removed unreferenced classes, make it keep"
                + " io.nanogpt.impl.cpu.vector.**";
    }
}
