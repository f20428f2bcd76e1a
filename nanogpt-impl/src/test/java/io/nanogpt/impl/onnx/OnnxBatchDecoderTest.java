package io.nanogpt.impl.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.model.Architecture;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.onnx.OnnxOptions;
import io.nanogpt.spi.BatchDecoder;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.ParameterStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Sequences of unequal lengths that come, go, begin anew and continue others, against each alone on the CPU backend. */
@Tag("any-jdk")
class OnnxBatchDecoderTest {
    private static final int VOCABULARY = 61;
    private static final int LENGTH = 24;
    /** Relative to the largest logit. */
    private static final double TOLERANCE = 1e-5;

    @TempDir
    private Path folder;

    /** New tokens of a slot, and where their logits go; never compared. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Fed(int slot, int[] tokens, int from, int count, float[] logits) implements BatchDecoder.Feed {
        Fed(int slot, int[] tokens, int from, int count) {
            this(slot, tokens, from, count, new float[VOCABULARY]);
        }
    }

    static Stream<Arguments> models() {
        return Stream.concat(
                TestModels.ALL.keySet().stream()
                        .flatMap(name -> Stream.of(OnnxExportOptions.portable(), OnnxExportOptions.onnxruntime())
                                .map(options -> Arguments.of(name, options))),
                Stream.of("gpt", "llama of wide heads", "window")
                        .map(name -> Arguments.of(name, OnnxExportOptions.genAi())));
    }

    @ParameterizedTest
    @MethodSource("models")
    void sequencesInAnyCompanyAreThoseOfEachAlone(String name, OnnxExportOptions options) {
        Architecture model = TestModels.ALL.get(name);
        try (CpuBackend cpu = CpuBackend.open(1)) {
            ParameterStore parameters = TestModels.random(cpu, model);
            OnnxExporter.write(model, parameters, options, Map.of(), folder);
            try (OnnxBackend onnx = OnnxBackend.open(folder, model, OnnxOptions.cpu());
                    Decoder alone = cpu.decoder(model.graph(), parameters, LENGTH);
                    BatchDecoder together = open(onnx, model)) {
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
                            together.reset(slot);
                        }
                        // For some steps all go on, so that a batch stays as it is.
                        if (step % 5 > 1 || random.nextInt(4) > 0) {
                            int left = tokens[slot].length - fed[slot];
                            int count = step % 5 > 1 || random.nextBoolean() ? 1 : 1 + random.nextInt(left);
                            feeds.add(new Fed(slot, tokens[slot], fed[slot], count));
                            fed[slot] += count;
                        }
                    }
                    together.feed(feeds);
                    for (Fed feed : feeds) {
                        assertThat(together.length(feed.slot())).isEqualTo(feed.from() + feed.count());
                        assertClose(feed, alone);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void aCopyGoesOnAsTheOriginal(String name, OnnxExportOptions options) {
        Architecture model = TestModels.ALL.get(name);
        int[] tokens = IntStream.range(0, LENGTH).map(i -> i * 17 % VOCABULARY).toArray();
        try (CpuBackend cpu = CpuBackend.open(1)) {
            ParameterStore parameters = TestModels.random(cpu, model);
            OnnxExporter.write(model, parameters, options, Map.of(), folder);
            try (OnnxBackend onnx = OnnxBackend.open(folder, model, OnnxOptions.cpu());
                    Decoder alone = cpu.decoder(model.graph(), parameters, LENGTH);
                    BatchDecoder decoder = open(onnx, model)) {
                decoder.feed(List.of(new Fed(0, tokens, 0, 8), new Fed(3, tokens, 2, 4)));
                assertThat(decoder.copy(0, 8, 3)).isTrue();
                Fed original = new Fed(0, tokens, 8, 1);
                Fed copy = new Fed(3, tokens, 8, 1);
                decoder.feed(List.of(original, copy));
                assertClose(original, alone);
                assertClose(copy, alone);
                boolean fixed = decoder.contextLength() == Integer.MAX_VALUE;
                assertThat(decoder.copy(3, 5, 1)).isEqualTo(!fixed);
                assertThat(decoder.copy(3, 5, 3)).isEqualTo(!fixed);
                assertThat(decoder.copy(3, LENGTH, 1)).isFalse();
                if (!fixed) {
                    Fed beginning = new Fed(1, tokens, 5, 1);
                    Fed shortened = new Fed(3, tokens, 5, 4);
                    decoder.feed(List.of(beginning, shortened, new Fed(0, tokens, 9, 1)));
                    assertClose(beginning, alone);
                    assertClose(shortened, alone);
                }
            }
        }
    }

    @Test
    void sequencesWithEquallyManyTokensAreFedInOneRun() {
        int[] tokens = new int[200];
        List<Fed> feeds = List.of(
                new Fed(0, tokens, 0, 1),
                new Fed(1, tokens, 0, 8),
                new Fed(2, tokens, 0, 1),
                new Fed(3, tokens, 0, 8),
                new Fed(4, tokens, 0, 100),
                new Fed(5, tokens, 0, 100),
                new Fed(6, tokens, 0, 100));
        assertThat(slots(OnnxBatchDecoder.runs(feeds, 1_000, feed -> false)))
                .containsExactly(List.of(4, 5), List.of(6), List.of(1, 3), List.of(0, 2));
        assertThat(slots(OnnxBatchDecoder.runs(feeds, 50, feed -> feed.slot() < 2)))
                .containsExactly(List.of(1), List.of(4, 5, 6), List.of(3), List.of(0, 2));
    }

    private static List<List<Integer>> slots(List<List<BatchDecoder.Feed>> runs) {
        return runs.stream()
                .map(run -> run.stream().map(BatchDecoder.Feed::slot).toList())
                .toList();
    }

    @Test
    void tokensBeyondTheCapacityAreRefusedBeforeAnythingIsFed() {
        Architecture model = TestModels.GPT;
        try (CpuBackend cpu = CpuBackend.open(1)) {
            OnnxExporter.write(model, TestModels.random(cpu, model), OnnxExportOptions.portable(), Map.of(), folder);
            try (OnnxBackend onnx = OnnxBackend.open(folder, model, OnnxOptions.cpu())) {
                BatchDecoder decoder = open(onnx, model);
                Fed fits = new Fed(0, new int[LENGTH], 0, 2);
                Fed tooLong = new Fed(1, new int[LENGTH + 1], 0, LENGTH + 1);
                assertThatThrownBy(() -> decoder.feed(List.of(fits, tooLong)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("cannot feed 25 tokens after 0 to a cache of 24");
                assertThat(decoder.length(0)).isZero();
                assertThat(decoder.bytes(10)).isEqualTo(10 * 2 * 2 * 32 * Float.BYTES);
                decoder.close();
                assertThatThrownBy(() -> decoder.feed(List.of(fits))).isInstanceOf(IllegalStateException.class);
            }
        }
    }

    private static BatchDecoder open(OnnxBackend onnx, Architecture model) {
        return onnx.batchDecoder(model.graph(), onnx.parameters(), LENGTH).orElseThrow();
    }

    /** Compares the logits of a feed with those of its sequence alone. */
    private static void assertClose(Fed feed, Decoder alone) {
        float[] expected = new float[VOCABULARY];
        alone.reset();
        alone.feed(feed.tokens(), 0, feed.from() + feed.count(), expected);
        double largest = 0;
        double worst = 0;
        for (int id = 0; id < VOCABULARY; id++) {
            largest = Math.max(largest, Math.abs(expected[id]));
            worst = Math.max(worst, Math.abs(expected[id] - feed.logits()[id]));
        }
        assertThat(worst / largest).isLessThan(TOLERANCE);
    }
}
