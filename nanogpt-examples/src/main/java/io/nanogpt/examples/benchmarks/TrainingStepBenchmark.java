package io.nanogpt.examples.benchmarks;

import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.spi.Backend;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A training step: forward, backward and AdamW. {@code -p size=CAPTIONS,SHAKESPEARE -p threads=1,2} to choose. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 3)
@Fork(3)
public class TrainingStepBenchmark {
    /** The model. */
    @Param({"CAPTIONS"})
    public BenchmarkModel.Size size = BenchmarkModel.Size.CAPTIONS;

    /** Threads of the backend. */
    @Param({"1", "2"})
    public int threads;

    @SuppressWarnings("NullAway.Init") // JMH calls open first
    private Backend backend;

    @SuppressWarnings("NullAway.Init") // JMH calls open first
    private BenchmarkModel model;

    @SuppressWarnings("NullAway.Init") // JMH calls open first
    private Runnable step;

    /** Compiles the model. */
    @Setup(Level.Trial)
    public void open() {
        backend = CpuBackend.open(threads);
        model = new BenchmarkModel(backend, size);
        step = model.trainingStep();
    }

    /** Ends the threads. */
    @TearDown(Level.Trial)
    public void close() {
        model.close();
        backend.close();
    }

    /** One step. */
    @Benchmark
    public void step() {
        step.run();
    }
}
