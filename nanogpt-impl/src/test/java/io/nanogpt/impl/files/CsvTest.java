package io.nanogpt.impl.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.data.Corpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvTest {
    @TempDir
    private Path folder;

    @Test
    void formulasBecomeTexts() {
        assertThat(Csv.cell("=cmd|' /C calc'!A0")).isEqualTo("\"'=cmd|' /C calc'!A0\"");
        assertThat(List.of("+1", "-1", "@a", "\ta", "\ra"))
                .allSatisfy(text -> assertThat(Csv.cell(text)).startsWith("\"'"));
        assertThat(Csv.cell("1e-3")).isEqualTo("1e-3");
        assertThat(Csv.cell("'tis")).isEqualTo("'tis");
        assertThat(Csv.cell("a, \"b\"")).isEqualTo("\"a, \"\"b\"\"\"");
    }

    @Test
    void everyTextIsReadAsItWasWritten() throws IOException {
        List<String> texts = List.of(
                "=1+1", "+1", "-1", "@a", "\ta", "\ra", "'=1", "''=1", "'", "''", "'tis", "\"=1\"", "a,b", "a\nb", "=");
        Path file = folder.resolve("texts.csv");
        Files.writeString(file, texts.stream().map(Csv::cell).collect(Collectors.joining("\r\n", "text\r\n", "\r\n")));

        assertThat(Corpus.ofCsv(file, "text").records()).isEqualTo(texts);
    }
}
