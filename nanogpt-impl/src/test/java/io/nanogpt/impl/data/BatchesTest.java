package io.nanogpt.impl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.NanogptException;
import io.nanogpt.data.Examples;
import io.nanogpt.data.Examples.Order;
import io.nanogpt.data.Mixture;
import io.nanogpt.data.Records;
import io.nanogpt.data.Windows;
import io.nanogpt.impl.random.CounterRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchesTest {
    private static final int[] COUNTING = IntStream.range(0, 50).toArray();
    private static final Windows WINDOWS = Windows.of(TokenIds.of(COUNTING, 50));

    @ParameterizedTest
    @ValueSource(ints = {50, 1 << 16, (1 << 16) + 1})
    void targetsFollowInputs(int vocabularySize) {
        Windows windows = Windows.of(TokenIds.of(COUNTING, vocabularySize));
        int[] inputs = new int[21];
        int[] targets = new int[21];
        Batches.of(windows, new Batches.Size(3, 7, vocabularySize), 42).fill(5, inputs, targets);
        for (int i = 0; i < inputs.length; i++) {
            assertThat(targets[i]).isEqualTo(inputs[i] + 1);
            if (i % 7 > 0) {
                assertThat(inputs[i]).isEqualTo(inputs[i - 1] + 1);
            }
        }
    }

    /** Trained models are reproduced by their seed, so this must not change. */
    @Test
    void randomWindowsStartWhereTheCounterSays() {
        Batches batches = Batches.of(WINDOWS, size(4, 8), 99);
        assertThat(starts(batches, 3, size(4, 8)))
                .containsExactly(
                        CounterRandom.below(42, 99, 12),
                        CounterRandom.below(42, 99, 13),
                        CounterRandom.below(42, 99, 14),
                        CounterRandom.below(42, 99, 15));
        assertThat(starts(Batches.random(WINDOWS.withOrder(Order.SHUFFLED), size(4, 8), 99), 3, size(4, 8)))
                .isEqualTo(starts(batches, 3, size(4, 8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RANDOM", "SHUFFLED", "SEQUENTIAL"})
    void aBatchDependsOnKeyAndIndexAlone(Order order) {
        Windows windows = WINDOWS.withOrder(order);
        Batches.Size size = size(4, 8);
        Batches one = Batches.of(windows, size, 1);
        starts(one, 0, size);
        starts(one, 1, size);
        List<Long> third = starts(one, 2, size);
        assertThat(starts(Batches.of(windows, size, 1), 2, size)).isEqualTo(third);
        assertThat(starts(Batches.of(windows, size, 1), 3, size)).isNotEqualTo(third);
        if (order != Order.SEQUENTIAL) {
            assertThat(starts(Batches.of(windows, size, 2), 2, size)).isNotEqualTo(third);
        }
    }

    @Test
    void everyStartIsEquallyLikely() {
        Batches.Size size = size(10, 40);
        Batches batches = Batches.of(WINDOWS, size, 3);
        int[] counts = new int[10];
        for (int index = 0; index < 10_000; index++) {
            starts(batches, index, size).forEach(start -> counts[start.intValue()]++);
        }
        // Ten standard deviations of a binomial count.
        assertThat(Arrays.stream(counts).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(9_050, 10_950));
    }

    @Test
    void anEpochHasEveryWindowOnce() {
        // Starts 0, 3, ..., 39: the last leaves 8 tokens and a target.
        Windows windows = WINDOWS.withStride(3).withOrder(Order.SHUFFLED);
        Batches.Size size = size(5, 8);
        Batches batches = Batches.of(windows, size, 7);
        List<Long> taken = new ArrayList<>();
        for (int step = 1; step <= 14; step++) {
            taken.addAll(starts(batches, step, size));
        }
        Long[] all = IntStream.range(0, 14).mapToObj(i -> 3L * i).toArray(Long[]::new);
        assertThat(batches.epochTokens()).hasValue(14 * 8);
        assertThat(Batches.of(WINDOWS, size, 7).epochTokens()).isEmpty();
        for (int epoch = 0; epoch < 5; epoch++) {
            assertThat(taken.subList(14 * epoch, 14 * epoch + 14)).containsExactlyInAnyOrder(all);
        }
        assertThat(taken.subList(0, 14)).isNotEqualTo(taken.subList(14, 28)).isNotEqualTo(Arrays.asList(all));
        List<Long> inOrder = new ArrayList<>();
        Batches sequential = Batches.of(windows.withOrder(Order.SEQUENTIAL), size, 7);
        for (int step = 1; step <= 3; step++) {
            inOrder.addAll(starts(sequential, step, size));
        }
        assertThat(inOrder.subList(0, 14)).containsExactly(all);
        assertThat(inOrder.get(14)).isZero();
    }

    @Test
    void slicesCutByNumber() {
        // 42 windows of 8: 33 and 9.
        Windows all = WINDOWS.withOrder(Order.SEQUENTIAL);
        Batches.Size size = size(3, 8);
        Batches last = Batches.of(all.slice(0.8, 1), size, 0);
        assertThat(starts(last, 1, size)).containsExactly(33L, 34L, 35L);
        assertThat(starts(last, 3, size)).containsExactly(39L, 40L, 41L);
        assertThat(starts(last, 4, size)).containsExactly(33L, 34L, 35L);
        Batches first = Batches.of(all.slice(0, 0.8), size, 0);
        assertThat(starts(first, 11, size)).containsExactly(30L, 31L, 32L);
        assertThat(starts(first, 12, size)).containsExactly(0L, 1L, 2L);
        assertThat(all.slice(0.5, 1).slice(0.5, 1)).isEqualTo(all.slice(0.75, 1));
        assertThatThrownBy(() -> Batches.of(all.slice(0.001, 0.002), size, 0))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("of the 42 windows");
    }

    @Test
    void recordsArePadded() {
        Records records = Records.of(List.of(new int[] {1, 2, 3}, new int[] {4, 5, 6, 7, 8, 9}, new int[] {10, 11}))
                .withOrder(Order.SEQUENTIAL);
        int[] inputs = new int[12];
        int[] targets = new int[12];
        Batches.of(records, size(3, 4), 0).fill(1, inputs, targets);
        assertThat(inputs).containsExactly(1, 2, 0, 0, 4, 5, 6, 7, 10, 0, 0, 0);
        assertThat(targets).containsExactly(2, 3, -1, -1, 5, 6, 7, 8, 11, -1, -1, -1);
        assertThat(records.slice(0.5, 1).count()).isEqualTo(2);
        assertThat(records.tokens()).isEqualTo(11);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Records.of(List.of(new int[] {1, 2}, new int[] {3})))
                .withMessageContaining("record 1")
                .withMessageContaining("at least two");
    }

    @Test
    void mixturesFollowTheirWeights() {
        Examples low = Windows.of(TokenIds.of(COUNTING, 100));
        Examples high = Windows.of(TokenIds.of(IntStream.range(50, 100).toArray(), 100));
        Batches.Size size = new Batches.Size(10, 4, 100);
        Batches batches = Batches.of(Mixture.of(0.3, low, high), size, 5);
        int fromLow = 0;
        for (int index = 0; index < 2_000; index++) {
            fromLow += (int)
                    starts(batches, index, size).stream().filter(id -> id < 50).count();
        }
        assertThat(fromLow / 20_000.0).isCloseTo(0.3, within(0.02));
        assertThat(Mixture.of(0.3, low, high).tokens()).isEqualTo(100);
        assertThatIllegalArgumentException().isThrownBy(() -> new Mixture.Part(low, 0));
    }

    @Test
    void aCursorLeadsBackToTheSameBatch() {
        Windows windows = WINDOWS.withOrder(Order.SHUFFLED);
        Batches batches = Batches.of(windows, size(5, 8), 7);
        DataCursor cursor = batches.cursor(18);
        assertThat(cursor.nextBatch()).isEqualTo(18);
        assertThat(cursor.epoch()).isEqualTo(2); // 85 rows taken, 42 an epoch
        assertThat(cursor.position()).isEqualTo(1);
        assertThat(Batches.of(windows, size(5, 8), 7).resume(cursor)).isEqualTo(18);

        int[] changed = COUNTING.clone();
        changed[20] = 21;
        List.of(
                        Batches.of(windows, size(5, 8), 8),
                        Batches.of(windows, size(6, 8), 7),
                        Batches.of(windows.withStride(2), size(5, 8), 7),
                        Batches.of(WINDOWS, size(5, 8), 7),
                        Batches.of(Windows.of(TokenIds.of(changed, 50)).withOrder(Order.SHUFFLED), size(5, 8), 7))
                .forEach(other -> assertThatThrownBy(() -> other.resume(cursor))
                        .isInstanceOf(NanogptException.class)
                        .hasMessageContaining("other data")
                        .hasMessageContaining("give the same text"));
    }

    @Test
    void theShortestTextHasOneSequence() {
        int[] inputs = new int[2];
        int[] targets = new int[2];
        Batches.of(Windows.of(TokenIds.of(new int[] {4, 5, 6}, 7)), new Batches.Size(1, 2, 7), 0)
                .fill(0, inputs, targets);
        assertThat(inputs).containsExactly(4, 5);
        assertThat(targets).containsExactly(5, 6);
    }

    @Test
    void refusesWhatCannotBe() {
        assertThatThrownBy(() -> Batches.of(WINDOWS, size(1, 50), 0))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("50 tokens")
                .hasMessageContaining("at least 51")
                .hasMessageContaining("contextLength");
        assertThatIllegalArgumentException().isThrownBy(() -> size(0, 5));
        Batches tooSmall = Batches.of(WINDOWS.withOrder(Order.SEQUENTIAL), new Batches.Size(1, 40, 40), 0);
        assertThatThrownBy(() -> tooSmall.fill(1, new int[40], new int[40]))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("the id 40 at position 40")
                .hasMessageContaining("the vocabulary has only 40 ids");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 17, 64, 65, 1000})
    void permutationsHaveEveryNumberOnce(long size) {
        long[] numbers = new long[(int) size];
        for (int i = 0; i < size; i++) {
            numbers[i] = Permutation.at(i, size, 12345);
        }
        long[] given = numbers.clone();
        Arrays.sort(numbers);
        if (size > 4) {
            assertThat(given).isNotEqualTo(numbers);
        }
        assertThat(numbers)
                .isEqualTo(IntStream.range(0, (int) size).asLongStream().toArray());
    }

    @Test
    void permutationsOfHugeSizesStayInside() {
        long size = (1L << 40) + 3;
        for (long key = 0; key < 1000; key++) {
            assertThat(Permutation.at(key, size, key)).isBetween(0L, size - 1);
        }
    }

    @Test
    void tokenIdsKeepTheirSizeAndRange() {
        assertThat(TokenIds.of(COUNTING, 1 << 16).bytes()).isEqualTo(100);
        assertThat(TokenIds.of(COUNTING, (1 << 16) + 1).bytes()).isEqualTo(200);
        int[] large = {65_535, 0, 65_536};
        int[] copy = new int[4];
        TokenIds.of(large, 65_537).copy(0, copy, 1, 3);
        assertThat(copy).containsExactly(0, 65_535, 0, 65_536);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TokenIds.of(large, 65_536))
                .withMessageContaining("from 0 to 65535")
                .withMessageContaining("the one at index 2 is 65536");
        assertThatThrownBy(() -> TokenIds.of(COUNTING, 50).copy(49, copy, 0, 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static Batches.Size size(int batch, int context) {
        return new Batches.Size(batch, context, 50);
    }

    /** The first id of every row: where it starts, as the text counts. */
    private static List<Long> starts(Batches batches, long index, Batches.Size size) {
        int[] inputs = new int[size.batch() * size.context()];
        batches.fill(index, inputs, new int[inputs.length]);
        return IntStream.range(0, size.batch())
                .mapToObj(row -> (long) inputs[row * size.context()])
                .toList();
    }
}
