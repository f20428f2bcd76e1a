package io.nanogpt.impl.cpu;

import io.nanogpt.spi.MatrixProducts;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Compares the time of native products with that of the kernels: not every unit for a smaller type is a faster one. Measured
 * once in a JVM for each library.
 */
final class NativeSpeed {
    private static final System.Logger LOG = System.getLogger("io.nanogpt.cpu");

    private static final int ROWS = 128;
    private static final int DEPTH = 256;
    private static final int WIDTH = 512;
    /** Enough for the JIT compiler, and for some runs that nothing disturbs. */
    private static final long NANOSECONDS = 100_000_000;

    private static final int LEAST_RUNS = 3;
    /** Less would not be worth a word: the machine may be busy while it is measured. */
    private static final double MUCH_SLOWER = 1.2;

    /** By the name of the products. */
    private static final Map<String, Optional<String>> ADVICE = new ConcurrentHashMap<>();

    private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

    private NativeSpeed() {}

    /** What to tell a user whose machine is faster without the native products; nothing where they pay. */
    static Optional<String> advice(Kernels kernels, MatrixProducts products) {
        return ADVICE.computeIfAbsent(
                products.name(),
                name -> measure(kernels, products) < MUCH_SLOWER
                        ? Optional.empty()
                        : Optional.of("matrix products in " + name
                                + " take longer on this processor than in f32 without native code; train in f32"));
    }

    /** Logs an advice, unless it was logged before. */
    static void warnOnce(MatrixProducts products) {
        ADVICE.getOrDefault(products.name(), Optional.empty())
                .filter(WARNED::add)
                .ifPresent(advice -> LOG.log(Level.WARNING, advice));
    }

    /** The fastest run of a native product, in fastest runs of the kernels. */
    private static double measure(Kernels kernels, MatrixProducts products) {
        float[] x = new float[ROWS * DEPTH];
        Arrays.fill(x, 0.5f);
        float[] panels = new float[DEPTH * (WIDTH + kernels.panelWidth())];
        float[] out = new float[ROWS * WIDTH];
        Worker worker = new Worker(kernels, products, new float[0], WIDTH);
        try {
            MatrixProducts.Weight weight = products.weight(DEPTH, WIDTH);
            for (int part = 0; part < weight.parts(); part++) {
                worker.calculator().pack(weight, part, panels, 0, false);
            }
            Factor[] factors = {new NativeFactor(weight, WIDTH), new Panels(panels, 0, kernels.panelWidth())};
            long[] fastest = new long[factors.length];
            Arrays.fill(fastest, Long.MAX_VALUE);
            long start = System.nanoTime();
            for (int run = 0; run < LEAST_RUNS || System.nanoTime() - start < NANOSECONDS; run++) {
                for (int i = 0; i < factors.length; i++) {
                    worker.a.set(x, 0, DEPTH);
                    worker.init.set(worker.zeros, 0, 0, 0);
                    worker.c.set(out, 0, WIDTH);
                    long begin = System.nanoTime();
                    factors[i].multiply(worker, ROWS, DEPTH, 0, WIDTH);
                    fastest[i] = Math.min(fastest[i], System.nanoTime() - begin);
                }
            }
            return (double) fastest[0] / fastest[1];
        } finally {
            worker.close();
        }
    }
}
