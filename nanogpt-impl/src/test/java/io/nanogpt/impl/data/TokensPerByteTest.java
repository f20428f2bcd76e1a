package io.nanogpt.impl.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.data.Corpus;
import io.nanogpt.data.Mixture;
import io.nanogpt.data.Records;
import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Windows;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class TokensPerByteTest {
    private static final Tokenizer TOKENIZER = Tokenizers.characters().train(Corpus.ofText("aé"));

    @Test
    void theBytesAreThoseOfUtf8() {
        for (String text : List.of("plain", "é", "€", "😀", "a\uD83D", "\uDE00b", "\uD83D\uD83D\uDE00")) {
            assertThat(TokensPerByte.utf8Length(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
        }
        assertThat(TokensPerByte.of("aé", 2)).hasValue(2 / 3.0);
        assertThat(TokensPerByte.of("", 0)).isEmpty();
    }

    @Test
    void theBytesOfIdsAreThoseOfTheirText() {
        int[] ids = TOKENIZER.encode("aéaé");
        Windows windows = Windows.of(TokenSource.of(ids));
        assertThat(TokensPerByte.of(windows, TOKENIZER)).hasValue(4 / 6.0);
        // A slice has its own text.
        assertThat(TokensPerByte.of(windows.slice(0, 0.25), TOKENIZER)).hasValue(1.0);
        assertThat(TokensPerByte.of(Records.of(List.of(ids, TOKENIZER.encode("aa"))), TOKENIZER))
                .hasValue(6 / 8.0);
    }

    @Test
    void onlyWhatCountsInTheLossIsCounted() {
        BitSet predicted = new BitSet();
        predicted.set(2, 4);
        Records records = Records.of(List.of(TOKENIZER.encode("aaaé")), List.of(predicted));
        assertThat(TokensPerByte.of(records, TOKENIZER)).hasValue(2 / 3.0);
    }

    @Test
    void whatIsNotKnownIsAbsent() {
        Windows windows = Windows.of(TokenSource.of(0, 1, 0));
        assertThat(TokensPerByte.of(Mixture.of(0.5, windows, windows), TOKENIZER))
                .isEqualTo(OptionalDouble.empty());
        assertThat(TokensPerByte.of(Windows.of(TokenSource.of(0, 1, 99)), TOKENIZER))
                .isEqualTo(OptionalDouble.empty());
    }
}
