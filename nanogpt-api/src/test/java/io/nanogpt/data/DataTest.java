package io.nanogpt.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.data.Corpus.CaseFolding;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class DataTest {
    @Test
    void recordsAreJoinedByASeparatorThatEndsThem() {
        Corpus corpus = Corpus.ofStrings(List.of("B\nb", "a"));
        assertThat(corpus.text()).isEqualTo("B\nb\u001Ea");
        assertThat(corpus.recordEnd()).hasValue("\u001E");
        assertThat(corpus.withSeparator("|").withCase(CaseFolding.LOWER).text()).isEqualTo("b\nb|a");
        assertThat(corpus.withSeparator("|").recordEnd()).hasValue("|");
        assertThat(corpus.withRecordEnd(false).recordEnd()).isEmpty();
        assertThat(corpus.withRecordEnd(false).withSeparator("|").distinct().recordEnd())
                .isEmpty();
        assertThat(corpus.withSeparator("\n").recordEnd())
                .as("a separator that a record holds ends none")
                .isEmpty();
        assertThat(corpus).hasToString("corpus of 2 records, separated by \"\\u001e\"");
        assertThat(Corpus.ofText("a")).hasToString("corpus of 1 record");
        assertThat(Corpus.ofText("a\u001Eb").recordEnd()).isEmpty();
        assertThat(Corpus.ofText("a").withRecordEnd(true).recordEnd()).isEmpty();
    }

    @Test
    void anOptionThatCannotWorkIsRefused() {
        assertRefused(() -> new SplitOptions(1, SplitOptions.Unit.RECORD), "validationFraction must be in (0, 1)");
        assertRefused(() -> new SplitOptions(0.5, 0.5, SplitOptions.Unit.RECORD), "leave a share for training");
        assertRefused(
                () -> new DirectoryOptions(true, 0, DirectoryOptions.Duplicates.KEEP), "limit must be at least 1");
        assertThatThrownBy(() -> Corpus.ofStrings(Arrays.asList("a", null)))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("a record");
        assertRefused(() -> Records.of(List.of()), "there are no records");
        assertRefused(() -> Records.of(List.of(new int[1])), "record 0 (counted from 0) has 1 tokens");
        assertRefused(() -> new Mixture(List.of()), "at least one part");
        Records records = Records.of(List.of(new int[2]));
        assertRefused(() -> new Mixture.Part(records, 0), "a weight must be a number above 0");
        assertRefused(() -> Mixture.of(1, records, records), "share must be in (0, 1)");
        Mixture mixture = Mixture.of(0.5, records, records);
        assertRefused(() -> new Mixture.Part(mixture, 1), "must not be a mixture itself");
        assertRefused(() -> records.slice(0.2, 0.4), "none is between the shares 0.2 and 0.4");
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }
}
