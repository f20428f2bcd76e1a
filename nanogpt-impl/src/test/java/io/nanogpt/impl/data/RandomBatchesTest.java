package io.nanogpt.impl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RandomBatchesTest {
    private static final int[] COUNTING = IntStream.range(0, 50).toArray();

    @ParameterizedTest
    @ValueSource(ints = {50, 1 << 16, (1 << 16) + 1})
    void targetsFollowInputs(int vocabularySize) {
        RandomBatches batches = new RandomBatches(TokenIds.of(COUNTING, vocabularySize), 3, 7, 42);
        int[] inputs = new int[21];
        int[] targets = new int[21];
        batches.fill(5, inputs, targets);
        for (int i = 0; i < inputs.length; i++) {
            assertThat(targets[i]).isEqualTo(inputs[i] + 1);
            if (i % 7 > 0) {
                assertThat(inputs[i]).isEqualTo(inputs[i - 1] + 1);
            }
        }
    }

    @Test
    void aBatchDependsOnKeyAndIndexAlone() {
        TokenIds tokens = TokenIds.of(COUNTING, 50);
        int[] inOrder = filled(new RandomBatches(tokens, 4, 8, 1), 0, 1, 2);
        assertThat(filled(new RandomBatches(tokens, 4, 8, 1), 2)).isEqualTo(inOrder);
        assertThat(filled(new RandomBatches(tokens, 4, 8, 2), 2)).isNotEqualTo(inOrder);
        assertThat(filled(new RandomBatches(tokens, 4, 8, 1), 3)).isNotEqualTo(inOrder);
    }

    @Test
    void everyStartIsEquallyLikely() {
        RandomBatches batches = new RandomBatches(TokenIds.of(COUNTING, 50), 10, 40, 3);
        int[] starts = new int[10];
        int[] inputs = new int[400];
        int[] targets = new int[400];
        for (int index = 0; index < 10_000; index++) {
            batches.fill(index, inputs, targets);
            for (int row = 0; row < 10; row++) {
                starts[inputs[row * 40]]++;
            }
        }
        // Ten standard deviations of a binomial count.
        assertThat(starts).satisfies(counts -> {
            for (int count : counts) {
                assertThat(count).isBetween(9_050, 10_950);
            }
        });
    }

    @Test
    void theShortestTextHasOneSequence() {
        RandomBatches batches = new RandomBatches(TokenIds.of(new int[] {4, 5, 6}, 7), 1, 2, 0);
        int[] inputs = new int[2];
        int[] targets = new int[2];
        batches.fill(0, inputs, targets);
        assertThat(inputs).containsExactly(4, 5);
        assertThat(targets).containsExactly(5, 6);
    }

    @Test
    void refusesTextsThatAreTooShort() {
        TokenIds tokens = TokenIds.of(COUNTING, 50);
        assertThatThrownBy(() -> new RandomBatches(tokens, 1, 50, 0))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("50 tokens")
                .hasMessageContaining("at least 51")
                .hasMessageContaining("contextLength");
        assertThatIllegalArgumentException().isThrownBy(() -> new RandomBatches(tokens, 0, 5, 0));
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
                .withMessageContaining("65536 stands at index 2");
        assertThatThrownBy(() -> TokenIds.of(COUNTING, 50).copy(49, copy, 0, 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static int[] filled(RandomBatches batches, long... indices) {
        int[] inputs = new int[32];
        for (long index : indices) {
            batches.fill(index, inputs, new int[32]);
        }
        return inputs;
    }
}
