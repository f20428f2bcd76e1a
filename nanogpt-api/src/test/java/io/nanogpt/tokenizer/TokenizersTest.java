package io.nanogpt.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.tokenizer.ByteLevelBpeConfig.TieRule;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TokenizersTest {
    @Test
    void aSetterRefusesWhatCannotWork() {
        assertRefused(() -> Tokenizers.characterBpe().vocabularySize(0), "vocabularySize must be at least 1, but is 0");
        assertRefused(() -> Tokenizers.words().vocabularySize(0), "vocabularySize must be at least 1, but is 0");
        assertRefused(() -> Tokenizers.words().minimumFrequency(0), "minimumFrequency must be at least 1, but is 0");
        assertRefused(() -> Tokenizers.byteLevelBpe().threads(0), "threads must be from 1 to 1024, but is 0");
        assertRefused(
                () -> Tokenizers.byteLevelBpe().threads(100_000), "threads must be from 1 to 1024, but is 100000");
    }

    @Test
    void aVocabularyOfBytesHasRoomForThemAndTheSpecialTokens() {
        List<String> special = List.of("<|end|>");
        assertRefused(
                () -> new ByteLevelBpeConfig(256, special, SplitPattern.GPT2, TieRule.CS336, 1),
                "vocabularySize must be at least 257");
        assertRefused(
                () -> new ByteLevelBpeConfig(300, List.of("a"), SplitPattern.GPT2, TieRule.CS336, 1),
                "at least two characters");
        assertRefused(
                () -> new ByteLevelBpeConfig(300, List.of("ab", "ab"), SplitPattern.GPT2, TieRule.CS336, 1),
                "is given twice");
        assertRefused(
                () -> new ByteLevelBpeConfig(300, special, SplitPattern.GPT2, TieRule.CS336, 0),
                "minimumFrequency must be at least 1");
        assertThat(new ByteLevelBpeConfig(257, special, SplitPattern.GPT2, TieRule.CS336, 1).specialTokens())
                .isEqualTo(special);
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }
}
