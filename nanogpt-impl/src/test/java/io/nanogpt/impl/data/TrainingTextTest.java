package io.nanogpt.impl.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.data.Mixture;
import io.nanogpt.data.Windows;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrainingTextTest {
    private static final Batches.Size SIZE = new Batches.Size(2, 4, 100);

    private static Windows windows(int tokens) {
        return Windows.of(TokenIds.of(IntStream.range(0, tokens).toArray(), 100));
    }

    private static int[] range(int from, int to) {
        return IntStream.concat(IntStream.range(from, to), IntStream.of(TrainingText.BOUNDARY))
                .toArray();
    }

    @Test
    void windowsHoldEveryTokenOnce() {
        assertThat(TrainingText.of(windows(20), SIZE)).isEqualTo(range(0, 20));
    }

    /** Of 16 windows of 5 tokens, the last 4 begin at token 12. */
    @Test
    void aSliceHoldsTheTokensOfItsWindows() {
        assertThat(TrainingText.of(windows(20).slice(0.75, 1), SIZE)).isEqualTo(range(12, 20));
        assertThat(TrainingText.of(windows(20).slice(0, 0.25), SIZE)).isEqualTo(range(0, 8));
    }

    /** Tokens between windows are in no example. */
    @Test
    void windowsWithGapsAreTextsOfTheirOwn() {
        int[] expected = IntStream.concat(
                        Arrays.stream(range(0, 5)),
                        IntStream.concat(Arrays.stream(range(7, 12)), Arrays.stream(range(14, 19))))
                .toArray();
        assertThat(TrainingText.of(windows(20).withStride(7), SIZE)).isEqualTo(expected);
    }

    @Test
    void aMixtureHoldsItsParts() {
        Mixture mixture = Mixture.of(0.75, windows(6), windows(8));
        assertThat(TrainingText.of(mixture, SIZE))
                .isEqualTo(IntStream.concat(Arrays.stream(range(0, 6)), Arrays.stream(range(0, 8)))
                        .toArray());
    }

    @Test
    void idsBeyondTheVocabularyCutTheText() {
        assertThat(TrainingText.of(windows(8), new Batches.Size(2, 4, 6)))
                .isEqualTo(new int[] {0, 1, 2, 3, 4, 5, -1, -1, -1});
    }
}
