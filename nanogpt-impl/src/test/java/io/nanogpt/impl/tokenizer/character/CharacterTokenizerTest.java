package io.nanogpt.impl.tokenizer.character;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.tokenizer.Tokenizers.UnknownCharacters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CharacterTokenizerTest {
    private static final String TEXT = "b\naé\uD83D\uDE00a\uFFFD";

    @Test
    void idsFollowCodePointOrder() {
        CharacterTokenizer tokenizer = CharacterTokenizer.train(TEXT, UnknownCharacters.ERROR);
        assertThat(tokenizer.vocabularySize()).isEqualTo(6);
        // In code point order a pair of surrogates comes after U+FFFD, where String order has it before.
        assertThat(tokenizer.encode(TEXT)).containsExactly(2, 0, 1, 3, 5, 1, 4);
        assertThat(tokenizer.decode(tokenizer.encode(TEXT))).isEqualTo(TEXT);
        assertThat(tokenizer.encode("")).isEmpty();
    }

    @Test
    void namesAnUnknownCharacterAndItsPosition() {
        CharacterTokenizer tokenizer = CharacterTokenizer.train(TEXT, UnknownCharacters.ERROR);
        assertThat(tokenizer.canEncode("ab")).isTrue();
        assertThat(tokenizer.canEncode("ab%")).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tokenizer.encode("ab%"))
                .withMessageContaining("'%' (U+0025 PERCENT SIGN) at position 2")
                .withMessageContaining("6 characters");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tokenizer.encode("a\u00A0\uD83D\uDE01"))
                .withMessageContaining("U+00A0 NO-BREAK SPACE");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tokenizer.encode("a\uD83D\uDE01"))
                .withMessageContaining("U+1F601");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tokenizer.encode("a\t"))
                .withMessageContaining("has U+0009");
    }

    @Test
    void skipsUnknownCharacters() {
        CharacterTokenizer tokenizer = CharacterTokenizer.train(TEXT, UnknownCharacters.SKIP);
        assertThat(tokenizer.encode("a%\uD83D\uDE01b")).containsExactly(1, 2);
        assertThat(tokenizer.canEncode("%")).isTrue();
    }

    @Test
    void replacesUnknownCharactersByAnExtraLastId() {
        CharacterTokenizer tokenizer = CharacterTokenizer.train("<unk>", UnknownCharacters.REPLACE);
        assertThat(tokenizer.vocabularySize()).isEqualTo(6);
        assertThat(tokenizer.encode("n%n")).containsExactly(3, 5, 3);
        assertThat(tokenizer.decode(3, 5, 3)).isEqualTo("n<unk>n");
        assertThat(tokenizer.encode("<unk>")).doesNotContain(5).hasSize(5);
    }

    @ParameterizedTest
    @EnumSource(UnknownCharacters.class)
    void refusesIdsOutsideTheVocabulary(UnknownCharacters policy) {
        CharacterTokenizer tokenizer = CharacterTokenizer.train("abc", policy);
        for (int id : new int[] {-1, tokenizer.vocabularySize()}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> tokenizer.decode(0, id))
                    .withMessageContaining("from 0 to " + (tokenizer.vocabularySize() - 1))
                    .withMessageContaining("one is " + id);
        }
    }

    @Test
    void refusesTextsWithoutAVocabulary() {
        assertThatThrownBy(() -> CharacterTokenizer.train("", UnknownCharacters.ERROR))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("the corpus is empty");
        assertThatThrownBy(() -> CharacterTokenizer.train("a\uD83D", UnknownCharacters.ERROR))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("half of a surrogate pair")
                .hasMessageContaining("position 1");
    }
}
