package io.nanogpt.impl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.SplitOptions;
import io.nanogpt.data.SplitOptions.Unit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CorpusSplitterTest {
    @Test
    void cutsTextWhereNanoGptDoes() {
        Corpus.Split split = CorpusSplitter.split(Corpus.ofText("0123456789ABCDEFGHI"), SplitOptions.defaults());
        assertThat(split.train()).isEqualTo("0123456789ABCDEFG");
        assertThat(split.validation()).isEqualTo("HI");
    }

    @Test
    void countsCodePointsAndNeverCutsOne() {
        Corpus.Split split =
                CorpusSplitter.split(Corpus.ofText("\uD83D\uDE00".repeat(4)), new SplitOptions(0.5, Unit.POSITION));
        assertThat(split.train()).isEqualTo("\uD83D\uDE00".repeat(2)).isEqualTo(split.validation());
    }

    @Test
    void cutsBetweenRecords() {
        Corpus corpus = Corpus.ofStrings(List.of("a", "b", "c", "d")).withSeparator("|");
        Corpus.Split split = CorpusSplitter.split(corpus, new SplitOptions(0.25, Unit.RECORD));
        assertThat(split).isEqualTo(new Corpus.Split("a|b|c", "d", ""));
    }

    @Test
    void keepsEqualRecordsOnOneSide() {
        Corpus corpus = Corpus.ofStrings(List.of("a", "b", "c", "b", "a", "c")).withSeparator("|");
        Corpus.Split split = CorpusSplitter.split(corpus, new SplitOptions(0.3, Unit.DISTINCT_RECORD));
        assertThat(split).isEqualTo(new Corpus.Split("a|b|b|a", "c|c", ""));
    }

    @Test
    void theTestTextIsTheLast() {
        assertThat(CorpusSplitter.split(Corpus.ofText("0123456789"), new SplitOptions(0.2, 0.1, Unit.POSITION)))
                .isEqualTo(new Corpus.Split("0123456", "78", "9"));
        Corpus corpus = Corpus.ofStrings(List.of("a", "b", "a", "c", "d", "b")).withSeparator("|");
        assertThat(CorpusSplitter.split(corpus, new SplitOptions(0.34, 0.2, Unit.RECORD)))
                .isEqualTo(new Corpus.Split("a|b", "a|c", "d|b"));
        assertThat(CorpusSplitter.split(corpus, new SplitOptions(0.25, 0.25, Unit.DISTINCT_RECORD)))
                .isEqualTo(new Corpus.Split("a|b|a|b", "c", "d"));
        assertThatThrownBy(
                        () -> CorpusSplitter.split(Corpus.ofText("0123"), new SplitOptions(0.5, 1e-17, Unit.POSITION)))
                .hasMessageContaining("leaves nothing for test")
                .hasMessageContaining("a test fraction of 1.0E-17");
        assertThatThrownBy(() -> new SplitOptions(0.5, 0.5, Unit.RECORD)).hasMessageContaining("testFraction");
    }

    @ParameterizedTest
    @EnumSource(Unit.class)
    void refusesAnEmptyCorpus(Unit unit) {
        for (Corpus empty : List.of(Corpus.ofText(""), Corpus.ofStrings(List.of()))) {
            assertThatThrownBy(() -> CorpusSplitter.split(empty, new SplitOptions(0.1, unit)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the corpus is empty");
        }
    }

    @ParameterizedTest
    @EnumSource(Unit.class)
    void refusesAnEmptySide(Unit unit) {
        assertThatThrownBy(() -> CorpusSplitter.split(Corpus.ofText("x"), new SplitOptions(0.1, unit)))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("a corpus of 1 ")
                .hasMessageContaining("leaves nothing for training");
        assertThatThrownBy(() -> CorpusSplitter.split(
                        Corpus.ofStrings(List.of("", "x")).withSeparator(""), new SplitOptions(0.5, Unit.RECORD)))
                .hasMessageContaining("only empty records");
    }

    @Test
    void aTinyFractionThatRoundsToNothingIsRefused() {
        assertThatThrownBy(() -> CorpusSplitter.split(Corpus.ofText("abc"), new SplitOptions(1e-17, Unit.POSITION)))
                .hasMessageContaining("leaves nothing for validation");
    }

    @Test
    void anEmptyCorpusNamesWhereItWasRead(@TempDir Path folder) throws IOException {
        Path text = Files.writeString(folder.resolve("a.txt"), "");
        Path table = Files.writeString(folder.resolve("a.csv"), "id,caption\n1,\n");
        Corpus files = Corpus.ofFiles(text, text).withSeparator("|").withRecordEnd(false);
        assertThat(files.source()).hasValue(text + ", " + text);
        assertThat(Corpus.ofText("").source()).isEmpty();
        assertThat(Corpus.ofDirectory(folder).source()).hasValue(folder.toString());
        Corpus cells = Corpus.ofCsv(table, "caption")
                .withCase(Corpus.CaseFolding.LOWER)
                .distinct();
        assertThatThrownBy(() -> cells.split(SplitOptions.defaults()))
                .hasMessageStartingWith("the corpus is empty: " + table + ", column caption has 1 record and no text");
    }
}
