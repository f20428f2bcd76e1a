package io.nanogpt.impl.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("any-jdk")
class RankingTest {
    @Test
    void theLargestComeFirstAndOfEqualsTheLowerIndex() {
        float[] numbers = {0, 2, -1, 2, Float.NEGATIVE_INFINITY, -0f, Float.POSITIVE_INFINITY};
        assertThat(Ranking.largest(numbers, 5)).containsExactly(6, 1, 3, 0, 5);
        assertThat(Ranking.largest(numbers, 100)).containsExactly(6, 1, 3, 0, 5, 2, 4);
        assertThat(Ranking.largest(new float[] {1}, 1)).containsExactly(0);
    }

    @Test
    void theyAreThoseOfASort() {
        Random random = new Random(3);
        float[] numbers = new float[500];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = random.nextInt(100) - 50;
        }
        int[] sorted = IntStream.range(0, numbers.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> -numbers[i]).thenComparingInt(i -> i))
                .mapToInt(i -> i)
                .toArray();
        assertThat(Ranking.largest(numbers, 500)).isEqualTo(sorted);
        assertThat(Ranking.largest(numbers, 17))
                .isEqualTo(IntStream.range(0, 17).map(i -> sorted[i]).toArray());
    }
}
