package io.nanogpt.examples.systems;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("any-jdk")
class WrittenTextTest {
    private static final String TRAINING = "abcdefghij".repeat(3) + "0123456789".repeat(6);

    @Test
    void repetitionCountsGroupsOfFourWordsThatOccurredBeforeInTheSameText() {
        // Seven groups, of which the sixth and the seventh repeat the first two.
        WrittenText written = WrittenText.measure(List.of("a b c d e a b c d e", "a b c d"), TRAINING);
        assertThat(written.repetition()).isEqualTo(2 / 8.0);
        // Nine and three pairs; "a b", "b c", "c d", "d e", "e a" are different.
        assertThat(written.distinct()).isEqualTo(5 / 12.0);
    }

    @Test
    void copiedCountsCharactersInLongStretchesOfTheTrainingText() {
        String stretch = TRAINING.substring(20, 20 + WrittenText.STRETCH + 5);
        assertThat(WrittenText.measure(List.of("xyz" + stretch + "xy"), TRAINING)
                        .copied())
                .isEqualTo(stretch.length() / (stretch.length() + 5.0));
        String tooShort = TRAINING.substring(20, 20 + WrittenText.STRETCH - 1);
        assertThat(WrittenText.measure(List.of("xyz" + tooShort), TRAINING).copied())
                .isZero();
        assertThat(WrittenText.measure(List.of(""), TRAINING)).isEqualTo(new WrittenText(0, 0, 0));
    }
}
