package io.nanogpt.impl.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.backend.Backends;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.conformance.SampleModels;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.fakes.Models;
import io.nanogpt.impl.graph.Inference;
import io.nanogpt.impl.random.CounterRandom;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.BatchDecoder;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.ParameterStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sequences of unequal lengths that come, go, begin anew and continue others, against each alone. */
@EnabledOnOs(
        value = OS.LINUX,
        architectures = "amd64",
        disabledReason = "PyTorch is on the class path for Linux on x86-64")
@Tag("any-jdk")
class DjlBatchDecoderTest {
    private static final int VOCABULARY = SampleModels.VOCABULARY;
    private static final int LENGTH = SampleModels.LENGTH;
    /** Relative to the largest logit. */
    private static final double TOLERANCE = 1e-5;

    /** Models whose state is known after the last token alone. */
    private static final Set<String> FIXED = Set.of(
            "recurrent",
            "one-hot",
            "one-hot, unpadded",
            "convolution",
            "embeddings, unpadded",
            "refinements",
            "n-gram tables",
            "projected n-gram tables");

    /** New tokens of a slot, and where their logits go; never compared. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Fed(int slot, int[] tokens, int from, int count, float[] logits) implements BatchDecoder.Feed {
        Fed(int slot, int[] tokens, int from, int count) {
            this(slot, tokens, from, count, new float[VOCABULARY]);
        }
    }

    /** A model with the same weights on both backends. */
    private static final class Sample implements AutoCloseable {
        final CpuBackend cpu = CpuBackend.open(1);
        final Backend djl = DjlBackend.open(Backends.djl().withDevice("cpu"), 1);
        final ParameterStore parameters;
        final BatchDecoder together;
        /** Decode each sequence by itself. */
        final List<Decoder> alone;

        Sample(Graph model, int context) {
            Graph graph = Inference.of(model);
            ParameterStore values = cpu.allocate(graph.parameters());
            parameters = djl.allocate(graph.parameters());
            for (ParameterSpec spec : graph.parameters()) {
                float[] numbers = new float[spec.elements()];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = (float) CounterRandom.uniform(spec.name().hashCode(), i) - 0.5f;
                }
                values.write(spec.name(), numbers);
                parameters.write(spec.name(), numbers);
            }
            together = djl.batchDecoder(graph, parameters, context).orElseThrow();
            alone = List.of(cpu.decoder(graph, values, context), djl.decoder(graph, parameters, context));
        }

        /** Compares the logits of tokens with those of the same sequence alone. */
        void check(Fed fed) {
            for (Decoder decoder : alone) {
                float[] expected = new float[VOCABULARY];
                decoder.reset();
                decoder.feed(fed.tokens, 0, fed.from + fed.count, expected);
                double largest = 0;
                double worst = 0;
                for (int i = 0; i < expected.length; i++) {
                    largest = Math.max(largest, Math.abs(expected[i]));
                    worst = Math.max(worst, Math.abs(expected[i] - (double) fed.logits[i]));
                }
                assertThat(worst)
                        .as("slot %d, %d tokens from %d", fed.slot, fed.count, fed.from)
                        .isLessThan(TOLERANCE * largest);
            }
        }

        @Override
        public void close() {
            alone.forEach(Decoder::close);
            together.close();
            djl.close();
            cpu.close();
        }
    }

    static Stream<String> models() {
        return SampleModels.all().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("models")
    void sequencesInAnyCompanyAreThoseOfEachAlone(String model) {
        try (Sample sample = new Sample(SampleModels.all().get(model), LENGTH)) {
            Random random = new Random(7);
            int[][] tokens = new int[9][];
            int[] fed = new int[tokens.length];
            for (int step = 0; step < 25; step++) {
                List<Fed> feeds = new ArrayList<>();
                for (int slot = 0; slot < tokens.length; slot++) {
                    if (tokens[slot] == null || fed[slot] == tokens[slot].length) {
                        tokens[slot] = random.ints(1 + random.nextInt(LENGTH), 0, VOCABULARY)
                                .toArray();
                        fed[slot] = 0;
                        sample.together.reset(slot);
                    }
                    // For some steps all go on, so that none moves.
                    if (step % 5 > 1 || random.nextInt(4) > 0) {
                        int left = tokens[slot].length - fed[slot];
                        int count = step % 5 > 1 || random.nextBoolean() ? 1 : 1 + random.nextInt(left);
                        feeds.add(new Fed(slot, tokens[slot], fed[slot], count));
                        fed[slot] += count;
                    }
                }
                sample.together.feed(feeds);
                for (Fed feed : feeds) {
                    assertThat(sample.together.length(feed.slot())).isEqualTo(feed.from() + feed.count());
                    sample.check(feed);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void aCopyGoesOnAsTheOriginal(String model) {
        int[] tokens = IntStream.range(0, LENGTH).map(i -> i * 17 % VOCABULARY).toArray();
        Graph graph = SampleModels.all().get(model);
        try (Sample sample = new Sample(graph, LENGTH)) {
            BatchDecoder decoder = sample.together;
            decoder.feed(List.of(new Fed(0, tokens, 0, 8), new Fed(3, tokens, 2, 4)));
            assertThat(decoder.copy(0, 8, 3)).isTrue();
            Fed original = new Fed(0, tokens, 8, 1);
            Fed copy = new Fed(3, tokens, 8, 1);
            decoder.feed(List.of(original, copy));
            sample.check(original);
            sample.check(copy);
            assertThat(decoder.copy(3, LENGTH, 1)).isFalse();
            assertThat(decoder.copy(3, 9, 3)).isTrue();
            boolean shortens = decoder.copy(3, 5, 1);
            assertThat(decoder.copy(3, 5, 3)).isEqualTo(shortens);
            assertThat(shortens).isEqualTo(!FIXED.contains(model));
            if (shortens) {
                Fed beginning = new Fed(1, tokens, 5, 1);
                Fed shortened = new Fed(3, tokens, 5, 4);
                decoder.feed(List.of(beginning, shortened, new Fed(0, tokens, 9, 1)));
                sample.check(beginning);
                sample.check(shortened);
            }
            // A copy of one that is not fed beside others.
            assertThat(decoder.copy(0, decoder.length(0), 7)).isTrue();
            Fed late = new Fed(7, tokens, decoder.length(0), 3);
            decoder.feed(List.of(late));
            sample.check(late);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void greedyTextsAreThoseOfTheCpuBackend(String model) {
        try (Sample sample = new Sample(SampleModels.all().get(model), LENGTH)) {
            List<int[]> texts = new ArrayList<>();
            for (int slot = 0; slot < 6; slot++) {
                int[] text = new int[LENGTH];
                Arrays.fill(text, 0, 1 + 4 * slot, slot);
                texts.add(text);
            }
            List<Fed> feeds = IntStream.range(0, 6)
                    .mapToObj(slot -> new Fed(slot, texts.get(slot), 0, 1 + 4 * slot))
                    .toList();
            for (int step = 0; step < 40; step++) {
                sample.together.feed(feeds);
                feeds = feeds.stream()
                        .map(fed -> {
                            int end = fed.from + fed.count;
                            fed.tokens[end] = best(fed.logits);
                            return new Fed(fed.slot, fed.tokens, end, 1);
                        })
                        .toList();
            }
            for (Fed fed : feeds) {
                assertThat(Arrays.copyOf(fed.tokens, fed.from + 1)).isEqualTo(greedy(sample.alone.get(0), fed));
            }
        }
    }

    /** The text of a decoder that begins as another text and is as long. */
    private static int[] greedy(Decoder decoder, Fed fed) {
        int prompt = 1 + 4 * fed.slot;
        int[] text = Arrays.copyOf(fed.tokens, fed.from + 1);
        float[] logits = new float[VOCABULARY];
        decoder.reset();
        decoder.feed(text, 0, prompt, logits);
        for (int i = prompt; i < text.length; i++) {
            text[i] = best(logits);
            decoder.feed(text, i, 1, logits);
        }
        return text;
    }

    private static int best(float[] logits) {
        return IntStream.range(0, logits.length)
                .boxed()
                .max(Comparator.comparingDouble(id -> logits[id]))
                .orElseThrow();
    }

    @Test
    void longPromptsAreFedInPieces() {
        int[] tokens = IntStream.range(0, 600).map(i -> i * i % VOCABULARY).toArray();
        for (Graph model : List.of(
                Models.captions(Models.captions(2, 2, 40, 600, VOCABULARY), 0).graph(),
                SampleModels.all().get("recurrent"))) {
            try (Sample sample = new Sample(model, 600)) {
                List<Fed> feeds = List.of(
                        new Fed(0, tokens, 0, 1),
                        new Fed(1, tokens, 0, 590),
                        new Fed(2, tokens, 0, 300),
                        new Fed(3, tokens, 0, 140),
                        new Fed(4, tokens, 0, 3));
                sample.together.feed(feeds);
                feeds.forEach(sample::check);
                assertThat(sample.together.length(1)).isEqualTo(590);
            }
        }
    }

    /** What a sequence leaves in its row is hidden from the next, even where it is not a number. */
    @Test
    void nothingIsLeftOfASequenceThatWasReset() {
        Graph graph = Models.captions(Models.captions(2, 2, 40, LENGTH, VOCABULARY), 0)
                .graph();
        try (Sample sample = new Sample(graph, LENGTH)) {
            float[] table = new float[VOCABULARY * 40];
            sample.parameters.read("tok_emb.weight", table);
            table[5 * 40] = Float.NaN;
            sample.parameters.write("tok_emb.weight", table);
            Fed spoilt = new Fed(1, new int[] {1, 2, 3, 5, 5, 5}, 0, 6);
            sample.together.feed(List.of(new Fed(0, new int[] {1, 2}, 0, 2), spoilt));
            assertThat(spoilt.logits).containsOnly(Float.NaN);
            sample.together.reset(1);
            Fed next = new Fed(1, new int[] {4, 3}, 0, 2);
            sample.together.feed(List.of(new Fed(0, new int[] {1, 2, 3, 3, 3, 3}, 2, 4), next));
            sample.check(next);
        }
    }

    @Test
    void tokensBeyondTheCapacityAreRefusedBeforeAnythingIsFed() {
        try (Sample sample = new Sample(SampleModels.all().get("wide"), 5)) {
            Fed fits = new Fed(0, new int[9], 0, 2);
            assertThatThrownBy(() -> sample.together.feed(List.of(fits, new Fed(1, new int[9], 0, 6))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cannot feed 6 tokens after 0 to a cache of 5");
            assertThat(sample.together.length(0)).isZero();
            sample.together.feed(List.of(fits, new Fed(1, new int[9], 0, 5)));
            assertThat(sample.together.length(1)).isEqualTo(5);
        }
    }

    @Test
    void bytesAreThoseOfKeysAndValues() {
        Graph graph = Models.captions(Models.captions(2, 2, 40, LENGTH, VOCABULARY), 0)
                .graph();
        try (Sample sample = new Sample(graph, LENGTH)) {
            assertThat(sample.together.bytes(10)).isEqualTo(2 * 2 * 40 * 10 * Float.BYTES);
        }
    }
}
