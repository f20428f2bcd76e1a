package io.nanogpt.impl.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RandomStreamTest {
    /** Another number would change every result and break the resuming of older runs. */
    @Test
    void theNumbersOfTheStreamsAreThoseOfOlderResults() {
        Map<RandomStream, Integer> numbers = Map.of(
                RandomStream.INITIAL_WEIGHTS, 1,
                RandomStream.TRAINING_BATCHES, 2,
                RandomStream.DROPOUT, 3,
                RandomStream.TRAIN_EVALUATION, 4,
                RandomStream.VALIDATION_EVALUATION, 5,
                RandomStream.GENERATION, 101,
                RandomStream.TEXT_EVALUATION, 102,
                RandomStream.DECODER_COMPARISON, 103);
        assertThat(numbers).containsOnlyKeys(RandomStream.values());
        numbers.forEach((stream, number) -> assertThat(stream.key(1337)).isEqualTo(CounterRandom.key(1337, number)));
    }
}
