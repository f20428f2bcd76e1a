package io.nanogpt.impl.cpu.scalar;

/**
 * The order of sums over the elements of a row, the same in all kernels: element {@code i} is added to the partial sum
 * {@code i % 16}, and then the sixteen partial sums are added up in one order. A vector register holds sixteen, eight or
 * four of them, so that the width of the registers does not change a bit of the result.
 */
public final class Lanes {
    /** Partial sums of a row: the floats of the widest vectors in use. */
    public static final int COUNT = 16;

    private Lanes() {}

    /** The elements of a row of {@code n} that fill all lanes equally. */
    public static int bound(int n) {
        return n & -COUNT;
    }

    /** The sum of the partial sums, in four chains. */
    public static float sum(float[] lanes) {
        return sum(lanes, 0);
    }

    /** The sum of the partial sums from an index on. */
    public static float sum(float[] lanes, int from) {
        float a = lanes[from];
        float b = lanes[from + 1];
        float c = lanes[from + 2];
        float d = lanes[from + 3];
        for (int i = from + 4; i < from + COUNT; i += 4) {
            a += lanes[i];
            b += lanes[i + 1];
            c += lanes[i + 2];
            d += lanes[i + 3];
        }
        return (a + b) + (c + d);
    }
}
