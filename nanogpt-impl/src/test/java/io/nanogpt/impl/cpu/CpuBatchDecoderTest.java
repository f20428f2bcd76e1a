package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.fakes.Models;
import io.nanogpt.impl.random.CounterRandom;
import io.nanogpt.model.Positions;
import io.nanogpt.model.WeightPrecision;
import io.nanogpt.spi.BatchDecoder;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.ParameterStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Sequences that are decoded together have the bits that each has alone. */
@Tag("kernels")
class CpuBatchDecoderTest {
    private static final int CONTEXT = 40;

    /** New tokens of a slot, and where their logits go; never compared. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Fed(int slot, int[] tokens, int from, int count, float[] logits) implements BatchDecoder.Feed {}

    /** A sequence in a slot, and what it must compute: its logits after each token when it is alone. */
    private static final class Run {
        int[] tokens = {};
        float[][] expected = {};
        int fed;
    }

    @ParameterizedTest
    @EnumSource
    void everyFamilyDecodesInAnyCompanyAsAlone(Family family) {
        Graph graph = family.architecture.graph();
        for (Kernels kernels : KernelsUnderTest.all()) {
            for (int threads = 1; threads <= 3; threads++) {
                try (CpuBackend backend = CpuBackend.open(threads, kernels)) {
                    assertAsAlone(backend, graph, random(backend, graph), Family.VOCABULARY);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BF16", "INT8"})
    void roundedWeightsDecodeInAnyCompanyAsAlone(WeightPrecision precision) {
        for (Kernels kernels : KernelsUnderTest.all()) {
            for (Family family : Family.values()) {
                Graph graph = family.architecture.graph();
                try (CpuBackend backend = CpuBackend.open(2, kernels, precision)) {
                    assertAsAlone(backend, graph, random(backend, graph), Family.VOCABULARY);
                }
            }
        }
    }

    /** With products and attention that threads share, and more new tokens than rows of a pass. */
    @Test
    void largeProductsInAnyCompanyAreThoseOfEachAlone() {
        int vocabulary = 30_001;
        Graph graph = Models.captions(Models.captions(2, 2, 160, CONTEXT, vocabulary), 0)
                .graph();
        for (Kernels kernels : KernelsUnderTest.all()) {
            for (int threads = 1; threads <= 3; threads++) {
                try (CpuBackend backend = CpuBackend.open(threads, kernels)) {
                    assertAsAlone(backend, graph, random(backend, graph), vocabulary);
                }
            }
        }
    }

    /** An odd number of heads, which are no whole vectors, and a window that begins within a block of keys. */
    @Test
    void longSequencesInAnyCompanyAreThoseOfEachAlone() {
        int length = 3 * SequenceState.BLOCK + 5;
        Graph odd = Models.captions(Models.captions(1, 3, 60, length, 11), 0).graph();
        Graph window = Family.LLAMA_WINDOW.architecture.graph();
        for (Kernels kernels : KernelsUnderTest.all()) {
            try (CpuBackend backend = CpuBackend.open(2, kernels)) {
                assertAsAlone(backend, odd, random(backend, odd), 11, length);
                assertAsAlone(backend, window, random(backend, window), Family.VOCABULARY, length);
            }
        }
    }

    /** Of a sequence alone threads share the heads: an odd number, and pairs of which two have the same keys. */
    @ParameterizedTest
    @CsvSource({"3, 3", "6, 2", "4, 1", "5, 5"})
    void headsThatThreadsShareHaveTheBitsOfOneThread(int heads, int keyValueHeads) {
        int length = 300;
        int vocabulary = 11;
        Graph graph = Models.captions(
                        Models.captions(1, heads, 480, length, vocabulary).keyValueHeads(keyValueHeads), 0)
                .graph();
        int[] tokens = new int[length];
        Arrays.setAll(tokens, i -> i * 7 % vocabulary);
        for (Kernels kernels : KernelsUnderTest.all()) {
            List<float[]> expected = logits(kernels, 1, graph, tokens);
            for (int threads = 2; threads <= 3; threads++) {
                assertThat(logits(kernels, threads, graph, tokens)).containsExactlyElementsOf(expected);
            }
        }
    }

    /** After a prompt and after each token that follows. */
    private static List<float[]> logits(Kernels kernels, int threads, Graph graph, int[] tokens) {
        int prompt = 280;
        List<float[]> all = new ArrayList<>();
        try (CpuBackend backend = CpuBackend.open(threads, kernels);
                Decoder decoder = backend.decoder(graph, random(backend, graph), tokens.length)) {
            for (int from = 0; from < tokens.length; from = from == 0 ? prompt : from + 1) {
                float[] logits = new float[11];
                decoder.feed(tokens, from, from == 0 ? prompt : 1, logits);
                all.add(logits);
            }
        }
        return all;
    }

    /** Tiles of four rows, one for each thread where there are as many. */
    @Test
    void fewRowsAreDividedAmongThreadsToo() {
        assertThat(CpuBatchDecoder.share(4, 2, 128)).isEqualTo(4);
        assertThat(CpuBatchDecoder.share(8, 2, 128)).isEqualTo(4);
        assertThat(CpuBatchDecoder.share(9, 2, 128)).isEqualTo(8);
        assertThat(CpuBatchDecoder.share(8, 1, 128)).isEqualTo(8);
        assertThat(CpuBatchDecoder.share(32, 16, 128)).isEqualTo(4);
        assertThat(CpuBatchDecoder.share(1_000, 2, 128)).isEqualTo(128);
    }

    private static void assertAsAlone(CpuBackend backend, Graph graph, ParameterStore parameters, int vocabulary) {
        assertAsAlone(backend, graph, parameters, vocabulary, Math.min(CONTEXT, Family.LENGTH));
    }

    private static void assertAsAlone(
            CpuBackend backend, Graph graph, ParameterStore parameters, int vocabulary, int length) {
        Random random = new Random(7);
        try (Decoder alone = backend.decoder(graph, parameters, length);
                BatchDecoder together =
                        backend.batchDecoder(graph, parameters, length).orElseThrow()) {
            Run[] runs = IntStream.range(0, 17).mapToObj(slot -> new Run()).toArray(Run[]::new);
            for (int step = 0; step < 12; step++) {
                List<Fed> feeds = new ArrayList<>();
                for (int slot = 0; slot < runs.length; slot++) {
                    Run run = runs[slot];
                    if (run.fed == run.tokens.length) {
                        begin(run, alone, random, length, vocabulary);
                        together.reset(slot);
                    }
                    if (random.nextInt(4) > 0) {
                        int left = run.tokens.length - run.fed;
                        int count = random.nextBoolean() ? 1 : 1 + random.nextInt(left);
                        feeds.add(new Fed(slot, run.tokens, run.fed, count, new float[vocabulary]));
                        run.fed += count;
                    }
                }
                together.feed(feeds);
                for (Fed fed : feeds) {
                    assertThat(fed.logits()).isEqualTo(runs[fed.slot()].expected[fed.from() + fed.count() - 1]);
                    assertThat(together.length(fed.slot())).isEqualTo(fed.from() + fed.count());
                }
            }
        }
    }

    private static void begin(Run run, Decoder alone, Random random, int length, int vocabulary) {
        run.tokens = random.ints(1 + random.nextInt(length), 0, vocabulary).toArray();
        run.fed = 0;
        run.expected = new float[run.tokens.length][vocabulary];
        alone.reset();
        for (int i = 0; i < run.tokens.length; i++) {
            alone.feed(run.tokens, i, 1, run.expected[i]);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCopyGoesOnAsTheOriginal(Family family) {
        Graph graph = family.architecture.graph();
        int[] tokens = IntStream.range(0, Family.LENGTH)
                .map(i -> i * 5 % Family.VOCABULARY)
                .toArray();
        try (CpuBackend backend = CpuBackend.open(1)) {
            ParameterStore parameters = random(backend, graph);
            float[] expected = new float[Family.VOCABULARY];
            backend.decoder(graph, parameters, Family.LENGTH).feed(tokens, 0, Family.LENGTH, expected);
            BatchDecoder decoder =
                    backend.batchDecoder(graph, parameters, Family.LENGTH).orElseThrow();
            float[] logits = new float[Family.VOCABULARY];
            decoder.feed(List.of(new Fed(0, tokens, 0, 6, logits), new Fed(3, tokens, 2, 4, logits)));
            assertThat(decoder.copy(0, 6, 3)).isTrue();
            assertThat(decoder.length(3)).isEqualTo(6);
            decoder.feed(List.of(new Fed(3, tokens, 6, Family.LENGTH - 6, logits)));
            assertThat(logits).isEqualTo(expected);
            // The beginning of a sequence that has gone on, where keys and values are all of its state.
            if (decoder.copy(3, 5, 1)) {
                assertThat(decoder.length(1)).isEqualTo(5);
                decoder.feed(List.of(new Fed(1, tokens, 5, Family.LENGTH - 5, logits)));
                assertThat(logits).isEqualTo(expected);
            }
        }
    }

    @Test
    void aBeginningIsCopiedWhereKeysAndValuesAreAllOfTheState() {
        Graph attention = small(16, CONTEXT);
        assertThat(copiesBeginnings(attention)).isTrue();
        assertThat(copiesBeginnings(Family.LSTM.architecture.graph())).isFalse();
    }

    private static boolean copiesBeginnings(Graph graph) {
        try (CpuBackend backend = CpuBackend.open(1)) {
            BatchDecoder decoder = backend.batchDecoder(graph, random(backend, graph), Family.LENGTH)
                    .orElseThrow();
            int vocabulary = graph.output(Graph.LOGITS).shape().features();
            decoder.feed(List.of(new Fed(0, new int[8], 0, 8, new float[vocabulary])));
            boolean copied = decoder.copy(0, 3, 1);
            assertThat(decoder.length(1)).isEqualTo(copied ? 3 : 0);
            return copied;
        }
    }

    /** Where each token sees the last five alone, those before them are not missed. */
    @Test
    void droppedTokensBeyondTheWindowOfAttentionChangeNothing() {
        Graph graph = Family.LLAMA_WINDOW.architecture.graph();
        int[] tokens =
                IntStream.range(0, 100).map(i -> i * 7 % Family.VOCABULARY).toArray();
        for (Kernels kernels : KernelsUnderTest.all()) {
            try (CpuBackend backend = CpuBackend.open(1, kernels)) {
                ParameterStore parameters = random(backend, graph);
                Decoder whole = backend.decoder(graph, parameters, tokens.length + 1);
                BatchDecoder rolling =
                        backend.batchDecoder(graph, parameters, Family.LENGTH).orElseThrow();
                assertThat(rolling.drops()).isTrue();
                float[] expected = new float[Family.VOCABULARY];
                float[] logits = new float[Family.VOCABULARY];
                for (int i = 0; i < tokens.length; i++) {
                    if (rolling.length(0) == Family.LENGTH) {
                        rolling.drop(0, i % 2 == 0 ? 1 : 4);
                    }
                    whole.feed(tokens, i, 1, expected);
                    rolling.feed(List.of(new Fed(0, tokens, i, 1, logits)));
                    assertThat(logits).isEqualTo(expected);
                }
                assertThat(rolling.copy(0, rolling.length(0), 1)).isTrue();
                rolling.drop(1, 2);
                whole.feed(tokens, 0, 1, expected);
                rolling.feed(List.of(new Fed(1, tokens, 0, 1, logits)));
                assertThat(logits).isEqualTo(expected);
                assertThatThrownBy(() -> rolling.drop(1, rolling.length(1)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("cannot drop");
            }
        }
    }

    /** Keys and values of the only layer come from their own tokens, and rotations from distances. */
    @Test
    void inOneLayerWhatIsLeftIsThatOfTheLastTokensAlone() {
        Graph graph = Models.captions(
                        Models.captions(1, 2, 16, CONTEXT, 11).positions(new Positions.Rotary(10_000, true)), 0)
                .graph();
        int[] tokens = IntStream.range(0, 200).map(i -> i * 7 % 11).toArray();
        try (CpuBackend backend = CpuBackend.open(1)) {
            ParameterStore parameters = random(backend, graph);
            Decoder fresh = backend.decoder(graph, parameters, CONTEXT);
            BatchDecoder rolling =
                    backend.batchDecoder(graph, parameters, CONTEXT).orElseThrow();
            float[] expected = new float[11];
            float[] logits = new float[11];
            for (int i = 0; i < tokens.length; i++) {
                if (rolling.length(0) == CONTEXT) {
                    rolling.drop(0, 9);
                }
                rolling.feed(List.of(new Fed(0, tokens, i, 1, logits)));
                int length = rolling.length(0);
                fresh.reset();
                fresh.feed(tokens, i + 1 - length, length, expected);
                assertThat(logits).containsExactly(expected, within(1e-5f));
            }
        }
    }

    @Test
    void tokensOfLearnedPositionsAreNotDropped() {
        try (CpuBackend backend = CpuBackend.open(1)) {
            Graph graph = small(16, CONTEXT);
            BatchDecoder decoder =
                    backend.batchDecoder(graph, random(backend, graph), CONTEXT).orElseThrow();
            assertThat(decoder.drops()).isFalse();
            decoder.feed(List.of(new Fed(0, new int[8], 0, 8, new float[11])));
            assertThatThrownBy(() -> decoder.drop(0, 1)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void tokensBeyondTheCapacityAreRefusedBeforeAnythingIsFed() {
        Graph graph = small(16, CONTEXT);
        try (CpuBackend backend = CpuBackend.open(1)) {
            BatchDecoder decoder =
                    backend.batchDecoder(graph, random(backend, graph), 5).orElseThrow();
            float[] logits = new float[11];
            Fed fits = new Fed(0, new int[9], 0, 2, logits);
            assertThatThrownBy(() -> decoder.feed(List.of(fits, new Fed(1, new int[9], 0, 6, logits))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cannot feed 6 tokens after 0 to a cache of 5");
            assertThat(decoder.length(0)).isZero();
        }
    }

    private static Graph small(int width, int context) {
        return Models.captions(Models.captions(2, 2, width, context, 11), 0).graph();
    }

    private static ParameterStore random(CpuBackend backend, Graph graph) {
        ParameterStore parameters = backend.allocate(graph);
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
