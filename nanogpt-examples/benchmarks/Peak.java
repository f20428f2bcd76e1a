import java.util.Locale;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Prints the width of vectors and the GFLOP/s of fused multiply-adds alone on one thread: the most that a kernel at this
 * width can reach. Run as a source file, {@code java --add-modules jdk.incubator.vector Peak.java}.
 */
final class Peak {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    /** Multiply-adds that do not wait for one another: more than two a cycle need at a latency of five. */
    private static final int CHAINS = 12;

    private static final int LOOPS = 20_000;
    private static final int TRIES = 2_000;

    private Peak() {}

    public static void main(String[] arguments) {
        float[] out = new float[S.length()];
        long least = Long.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            long begin = System.nanoTime();
            multiplyAdd(LOOPS, out);
            least = Math.min(least, System.nanoTime() - begin);
        }
        System.out.printf(
                Locale.ROOT, "%d %.1f%n", S.vectorBitSize(), 2.0 * CHAINS * LOOPS * S.length() / least);
    }

    private static void multiplyAdd(int loops, float[] out) {
        FloatVector x = FloatVector.broadcast(S, 0.5f);
        FloatVector a = FloatVector.fromArray(S, out, 0);
        FloatVector b = a.add(1);
        FloatVector c = a.add(2);
        FloatVector d = a.add(3);
        FloatVector e = a.add(4);
        FloatVector f = a.add(5);
        FloatVector g = a.add(6);
        FloatVector h = a.add(7);
        FloatVector i = a.add(8);
        FloatVector j = a.add(9);
        FloatVector k = a.add(10);
        FloatVector l = a.add(11);
        for (int n = 0; n < loops; n++) {
            a = x.fma(a, x);
            b = x.fma(b, x);
            c = x.fma(c, x);
            d = x.fma(d, x);
            e = x.fma(e, x);
            f = x.fma(f, x);
            g = x.fma(g, x);
            h = x.fma(h, x);
            i = x.fma(i, x);
            j = x.fma(j, x);
            k = x.fma(k, x);
            l = x.fma(l, x);
        }
        a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).add(k).add(l).intoArray(out, 0);
    }
}
