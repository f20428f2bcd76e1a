package io.nanogpt.impl.cpu;

/**
 * Whether the JVM has an instruction for {@link Math#fma}. Without one the method computes with decimal numbers of any
 * length, a hundred times slower, and training would seem to hang.
 */
public final class FusedMultiplyAdd {
    private static final boolean IN_HARDWARE = !JvmFlags.value("UseFMA").equals("false");

    private FusedMultiplyAdd() {}

    /** As HotSpot says; other JVMs, which do not say, are taken to have it. */
    public static boolean inHardware() {
        return IN_HARDWARE;
    }
}
