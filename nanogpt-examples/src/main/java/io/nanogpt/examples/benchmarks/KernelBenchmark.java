package io.nanogpt.examples.benchmarks;

import io.nanogpt.impl.cpu.Kernels;
import io.nanogpt.impl.cpu.Matrix;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Single kernels on the shapes of the captions model, on one thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class KernelBenchmark {
    private static final int ROWS = 768;
    private static final int WIDTH = 128;
    private static final int HIDDEN = 512;
    private static final float EPSILON = 1e-5f;
    private static final String PACKAGE = "io.nanogpt.impl.cpu.";

    /** The vector kernels or their scalar twin. */
    @Param({"vector.VectorKernels", "scalar.ScalarKernels"})
    @SuppressWarnings("NullAway.Init") // JMH sets it
    public String kind;

    private final float[] x = random(ROWS * WIDTH);
    private final float[] weight = random(WIDTH * HIDDEN);
    private final float[] hidden = random(ROWS * HIDDEN);
    private final float[] out = new float[ROWS * HIDDEN];
    private final float[] ones = random(WIDTH);
    private final float[] zeros = new float[HIDDEN];

    @SuppressWarnings("NullAway.Init") // JMH calls create first
    private Kernels kernels;

    /** By name, since code outside the vector package must not name its classes. */
    @Setup(Level.Trial)
    public void create() throws ReflectiveOperationException {
        kernels = Class.forName(PACKAGE + kind)
                .asSubclass(Kernels.class)
                .getConstructor()
                .newInstance();
    }

    /** 2 x 768 x 128 x 512 = 100.7 million floating-point operations. */
    @Benchmark
    public float[] multiply() {
        kernels.multiply(
                ROWS,
                HIDDEN,
                WIDTH,
                new Matrix().set(x, 0, WIDTH),
                new Matrix().set(weight, 0, HIDDEN),
                new Matrix().set(zeros, 0, 0),
                new Matrix().set(out, 0, HIDDEN));
        return out;
    }

    /** The activation of a block. */
    @Benchmark
    public float[] gelu() {
        kernels.gelu(ROWS * HIDDEN, hidden, 0, out, 0);
        return out;
    }

    /** A norm of a block. */
    @Benchmark
    public float[] layerNorm() {
        kernels.layerNorm(ROWS, WIDTH, EPSILON, x, 0, ones, 0, zeros, 0, out, 0);
        return out;
    }

    private static float[] random(int length) {
        Random random = new Random(1);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }
}
