package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.nanogpt.NanogptException;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.fakes.Models;
import io.nanogpt.impl.random.CounterRandom;
import io.nanogpt.model.Positions;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.ParameterStore;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Decoding with products that several threads share, large ones and divided ones, and in contexts that are too large. */
@Tag("kernels")
class CpuDecoderTest {
    private static final int CONTEXT = 90;
    /** Of a head with more than {@code 2^18} weights, and no multiple of the columns of a part. */
    private static final int VOCABULARY = 4_201;

    private static final Graph GRAPH =
            Models.captions(Models.captions(1, 2, 128, CONTEXT, VOCABULARY), 0).graph();

    static List<Kernels> kernels() {
        return KernelsUnderTest.all();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void logitsDoNotDependOnThreads(Kernels kernels) {
        List<float[]> one = decode(kernels, 1);
        for (int threads = 2; threads <= 3; threads++) {
            assertEqual(decode(kernels, threads), one);
        }
    }

    private static void assertEqual(List<float[]> logits, List<float[]> expected) {
        assertThat(logits.toArray(float[][]::new)).isDeepEqualTo(expected.toArray(float[][]::new));
    }

    private static List<float[]> decode(Kernels kernels, int threads) {
        try (CpuBackend backend = CpuBackend.open(threads, kernels)) {
            return decode(backend, parameters(backend));
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void decodersAtTheSameTimeDoNotDisturbEachOther(Kernels kernels) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(4);
        try (CpuBackend backend = CpuBackend.open(3, kernels)) {
            ParameterStore parameters = parameters(backend);
            List<float[]> alone = decode(backend, parameters);
            assertTogether(callers, 8, () -> decode(backend, parameters), alone);
        } finally {
            callers.shutdownNow();
        }
    }

    private static void assertTogether(
            ExecutorService callers, int count, Callable<List<float[]>> decoding, List<float[]> expected)
            throws Exception {
        for (Future<List<float[]>> result : callers.invokeAll(Collections.nCopies(count, decoding))) {
            assertEqual(result.get(), expected);
        }
    }

    /** The first decoders of a model pack its weights, and all of them may be the first. */
    @ParameterizedTest
    @MethodSource("kernels")
    void theFirstDecodersMayComeAtTheSameTime(Kernels kernels) throws Exception {
        List<float[]> alone = decode(kernels, 1);
        int count = 4;
        ExecutorService callers = Executors.newFixedThreadPool(count);
        try (CpuBackend backend = CpuBackend.open(2, kernels)) {
            for (int round = 0; round < 5; round++) {
                ParameterStore parameters = parameters(backend);
                CyclicBarrier start = new CyclicBarrier(count);
                Callable<List<float[]>> decoding = () -> {
                    start.await();
                    return decode(backend, parameters);
                };
                assertTogether(callers, count, decoding, alone);
            }
        } finally {
            callers.shutdownNow();
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void decodingEndsWhereTheBackendIsClosedMeanwhile(Kernels kernels) throws Exception {
        ExecutorService caller = Executors.newSingleThreadExecutor();
        try {
            for (int round = 0; round < 10; round++) {
                CpuBackend backend = CpuBackend.open(3, kernels);
                ParameterStore parameters = parameters(backend);
                List<float[]> before = decode(backend, parameters);
                CountDownLatch begun = new CountDownLatch(1);
                Future<List<float[]>> decoding = caller.submit(() -> {
                    begun.countDown();
                    return decode(backend, parameters);
                });
                begun.await();
                backend.close();
                assertEqual(decoding.get(5, TimeUnit.MINUTES), before);
            }
        } finally {
            caller.shutdownNow();
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void aContextThatNoMemoryHoldsIsRefused(Kernels kernels) {
        int context = 1_000_000_000;
        Graph endless = Models.captions(
                        Models.captions(1, 2, 16, context, 5).positions(new Positions.Rotary(10_000, true)), 0)
                .graph();
        try (CpuBackend backend = CpuBackend.open(1, kernels)) {
            ParameterStore parameters = backend.allocate(endless.parameters());
            assertThatThrownBy(() -> backend.decoder(endless, parameters, context))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("1000000000 tokens")
                    .hasMessageContaining("contextLength");
        }
    }

    @Test
    void aLongContextTakesTheMemoryOfItsTokens() {
        int context = 1_000_000;
        Graph graph = longContext(context, new Positions.Rotary(10_000, true));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (CpuBackend backend = CpuBackend.open(1)) {
            ParameterStore parameters = backend.allocate(graph.parameters());
            backend.decoder(graph, parameters, context).close();

            long before = threads.getCurrentThreadAllocatedBytes();
            backend.decoder(graph, parameters, context).close();
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(2 << 20);
        }
    }

    static List<Positions> positions() {
        return List.of(
                new Positions.Rotary(10_000, true),
                new Positions.Rotary(10_000, false),
                new Positions.Sinusoidal(),
                new Positions.Learned());
    }

    /** The memory of one grows at once, that of the other twice. */
    @ParameterizedTest
    @MethodSource("positions")
    void memoryGrowsWithTheSequence(Positions positions) {
        int context = 700;
        Graph graph = longContext(context, positions);
        int[] tokens = IntStream.range(0, context).map(i -> i * 37 % 5).toArray();
        float[] atOnce = new float[5];
        float[] oneByOne = new float[5];
        try (CpuBackend backend = CpuBackend.open(1)) {
            ParameterStore parameters = parameters(backend, graph);
            backend.decoder(graph, parameters, context).feed(tokens, 0, context, atOnce);
            Decoder decoder = backend.decoder(graph, parameters, context);
            for (int i = 0; i < context; i++) {
                decoder.feed(tokens, i, 1, oneByOne);
            }
        }

        assertThat(oneByOne).isEqualTo(atOnce);
    }

    private static Graph longContext(int context, Positions positions) {
        return Models.captions(Models.captions(2, 2, 16, context, 5).positions(positions), 0)
                .graph();
    }

    /** The logits after a prompt of two pieces and after each of some tokens. */
    private static List<float[]> decode(CpuBackend backend, ParameterStore parameters) {
        int[] tokens = IntStream.range(0, CONTEXT).map(i -> i * 37 % VOCABULARY).toArray();
        Decoder decoder = backend.decoder(GRAPH, parameters, CONTEXT);
        List<float[]> logits = new ArrayList<>();
        int prompt = 70;
        for (int from = 0; from < CONTEXT; from = Math.max(from + 1, prompt)) {
            float[] destination = new float[VOCABULARY];
            decoder.feed(tokens, from, from == 0 ? prompt : 1, destination);
            logits.add(destination);
        }
        return logits;
    }

    private static ParameterStore parameters(CpuBackend backend) {
        return parameters(backend, GRAPH);
    }

    private static ParameterStore parameters(CpuBackend backend, Graph graph) {
        ParameterStore parameters = backend.allocate(graph.parameters());
        for (ParameterSpec spec : graph.parameters()) {
            float[] values = new float[(int) spec.shape().elements()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) CounterRandom.uniform(spec.name().hashCode(), i) - 0.5f;
            }
            parameters.write(spec.name(), values);
        }
        return parameters;
    }
}
