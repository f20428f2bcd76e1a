package io.nanogpt.examples.benchmarks;

import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.Decoder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Decoding with the cache of keys and values on one thread: tokens a second of the captions model. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(3)
public class DecodingBenchmark {
    private static final BenchmarkModel.Size SIZE = BenchmarkModel.Size.CAPTIONS;
    /** The context of {@link BenchmarkModel.Size#CAPTIONS}: the whole cache, once. */
    private static final int TOKENS = 64;

    private final int[] tokens = new int[TOKENS];
    private final float[] logits = new float[SIZE.config().vocabularySize()];

    @SuppressWarnings("NullAway.Init") // JMH calls open first
    private Backend backend;

    @SuppressWarnings("NullAway.Init") // JMH calls open first
    private BenchmarkModel model;

    @SuppressWarnings("NullAway.Init") // JMH calls open first
    private Decoder decoder;

    /** Compiles the model. */
    @Setup(Level.Trial)
    public void open() {
        backend = CpuBackend.open(1);
        model = new BenchmarkModel(backend, SIZE);
        decoder = model.decoder();
        for (int i = 0; i < TOKENS; i++) {
            tokens[i] = i;
        }
    }

    /** Ends the threads. */
    @TearDown(Level.Trial)
    public void close() {
        model.close();
        backend.close();
    }

    /** A sequence of the context length, one token at a time. */
    @Benchmark
    @OperationsPerInvocation(TOKENS)
    public float[] decode() {
        decoder.reset();
        for (int i = 0; i < TOKENS; i++) {
            decoder.feed(tokens, i, 1, logits);
        }
        return logits;
    }
}
