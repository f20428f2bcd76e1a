package io.nanogpt.impl.cpu;

/**
 * Cache lines of 64 bytes, and where they begin in an array of floats. A vector of 512 bits that lies in two lines takes two
 * reads: products are a tenth faster where the vectors of their right operand begin lines.
 *
 * <p>A program cannot read the address of an array. But G1, the collector of most JVMs, puts an array of half a region or
 * more at the beginning of one and does not move it, so that the float {@link #FIRST} begins a line. In a smaller array,
 * and under other collectors, it may or may not: results are the same.
 */
public final class CacheLines {
    /** Floats of a line. */
    public static final int FLOATS = 16;
    /** The index of the first float that begins a line. */
    public static final int FIRST = FLOATS - header() / Float.BYTES;
    /** The largest array that is made larger than what it holds, in floats: more would be a waste in a large heap. */
    private static final int MOST_RAISED = 1 << 20;
    /** The floats of half a region of G1; 0 under other collectors. */
    public static final int HALF_REGION = halfRegion();

    private CacheLines() {}

    /** An array of {@code least} floats or more, large enough for {@link #FIRST} to begin a line. */
    static float[] allocate(int least) {
        return new float[length(least)];
    }

    /** The floats of {@link #allocate}. */
    static int length(int least) {
        return HALF_REGION <= MOST_RAISED ? Math.max(least, HALF_REGION) : least;
    }

    /** The floats of as many whole lines as {@code floats} need. */
    static int roundUp(int floats) {
        return Math.multiplyExact((int) ((floats + FLOATS - 1L) / FLOATS), FLOATS);
    }

    private static int halfRegion() {
        String bytes = JvmFlags.value("G1HeapRegionSize");
        return bytes.isEmpty() ? 0 : (int) (Long.parseLong(bytes) / 2 / Float.BYTES);
    }

    /** Bytes of an array before its first float. */
    private static int header() {
        if (JvmFlags.value("UseCompactObjectHeaders").equals("true")) {
            return 12;
        }
        boolean narrow = !JvmFlags.value("UseCompressedClassPointers").equals("false");
        // The mark, the class and the length; JDK 23 and later leave no gap after these.
        return narrow ? 16 : Runtime.version().feature() < 23 ? 24 : 20;
    }
}
