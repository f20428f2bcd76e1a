package io.nanogpt.impl.cpu;

import java.util.Set;

/** The vector registers that C2 allocates, which the tiles of a matrix product must fit into. */
public final class VectorRegisters {
    private static final int MANY = 32;
    private static final int FEW = 16;
    private static final Set<String> X86 = Set.of("amd64", "x86_64", "x86");
    /** The level of {@code UseAVX} from which x86 has 32 registers. */
    private static final String AVX_512 = "3";

    private VectorRegisters() {}

    /** Whether the processor is an x86. */
    public static boolean isX86() {
        return X86.contains(System.getProperty("os.arch", ""));
    }

    /** Of the running JVM, whose preferred vectors have {@code bits}. */
    public static int count(int bits) {
        return count(bits, System.getProperty("os.arch", ""), JvmFlags.value("UseAVX"));
    }

    /**
     * Sixteen on x86 without AVX-512, and 32 with it, as on ARM.
     *
     * @param architecture the system property {@code os.arch}
     * @param avx the flag of HotSpot; empty if it cannot be read
     */
    static int count(int bits, String architecture, String avx) {
        return bits > 256 || !X86.contains(architecture) || avx.equals(AVX_512) ? MANY : FEW;
    }
}
