package io.nanogpt.examples.benchmarks;

import io.nanogpt.examples.cli.console.Relauncher;
import io.nanogpt.spi.Backend;
import java.util.Arrays;
import java.util.Locale;

/** Times training steps on random tokens, after a warm-up: {@code [--preset NAME] [--steps N] [--threads N] [--device
 * NAME]}. */
public final class StepBenchmark {
    private static final int WARM_UP_STEPS = 50;

    private StepBenchmark() {}

    /** Prints one line with the median. */
    public static void main(String[] arguments) {
        if (Relauncher.isNeeded()) {
            System.exit(Relauncher.relaunch(StepBenchmark.class, arguments));
        }
        BenchmarkOptions options = BenchmarkOptions.parse(arguments, 300, 2);
        BenchmarkModel.Size size = options.size();
        try (Backend backend = options.backend();
                BenchmarkModel model = new BenchmarkModel(backend, size)) {
            Runnable step = model.trainingStep();
            for (int i = 0; i < Math.min(WARM_UP_STEPS, options.steps()); i++) {
                step.run();
            }
            long[] nanoseconds = new long[options.steps()];
            long measuring = AllocatedBytes.ofMeasuring();
            long bytesBefore = AllocatedBytes.now();
            long residentHalfWay = 0;
            for (int i = 0; i < nanoseconds.length; i++) {
                if (i == nanoseconds.length / 2) {
                    long before = AllocatedBytes.now();
                    residentHalfWay = ResidentMemory.bytes();
                    measuring += AllocatedBytes.now() - before;
                }
                long begin = System.nanoTime();
                step.run();
                nanoseconds[i] = System.nanoTime() - begin;
            }
            long bytes = Math.max(0, AllocatedBytes.now() - bytesBefore - measuring);
            Arrays.sort(nanoseconds);
            double median = nanoseconds[nanoseconds.length / 2] / 1e6;
            System.out.printf(
                    Locale.ROOT,
                    "nanogpt %s on %s, Java %s: %.2f ms/step median, %.2f min, %.0f tokens/s, %.2f GFLOP/step, %d bytes"
                            + " allocated/step, resident %.1f MB half way and %.1f MB at the end%n",
                    size.name().toLowerCase(Locale.ROOT),
                    backend.name(),
                    Runtime.version().feature(),
                    median,
                    nanoseconds[0] / 1e6,
                    size.tokensPerStep() / median * 1e3,
                    size.gigaFlopsPerStep(),
                    bytes / nanoseconds.length,
                    residentHalfWay / 1e6,
                    ResidentMemory.bytes() / 1e6);
        }
    }
}
