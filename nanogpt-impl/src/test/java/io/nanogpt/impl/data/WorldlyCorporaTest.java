package io.nanogpt.impl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.data.DirectoryOptions;
import io.nanogpt.data.DirectoryOptions.Duplicates;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Corpora as other programs write them. */
class WorldlyCorporaTest {
    private final FileCorpusReader reader = new FileCorpusReader();

    @TempDir
    private Path folder;

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private Path writeBytes(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        }
        return packed.toByteArray();
    }

    @Test
    void tabsSeparateCellsAndQuotesMayStandWithinThem() throws IOException {
        Path file = write("a.tsv", "id\ttext\n1\ta, \"b\" c\n2\t\"two\nlines\t\"\"x\"\"\"\n3\t\n");
        assertThat(reader.tsv(file, "text")).containsExactly("a, \"b\" c", "two\nlines\t\"x\"", "");
        assertThatThrownBy(() -> reader.tsv(write("b.tsv", "a\tb\n1\n"), "a"))
                .hasMessageContaining("b.tsv, line 2: expected 2 cells")
                .hasMessageContaining("a cell that holds a tab must be quoted");
    }

    @Test
    void objectsInAnArrayOrInLinesHaveAField() throws IOException {
        Path array = write("a.json", "[{\"n\": NaN, \"text\": \"one\"},\n {\"text\": \"two\", \"more\": [Infinity]}]");
        assertThat(reader.json(array, "text")).containsExactly("one", "two");
        Path lines = write("b.json", "{\"text\": \"one\"}\n{\"text\": \"two\"}\n");
        assertThat(reader.json(lines, "text")).containsExactly("one", "two");
        assertThatThrownBy(() -> reader.json(array))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("give the field to read");
        assertThatThrownBy(() -> reader.json(array, "n")).hasMessageContaining("a string at \"n\"");
    }

    @Test
    void numbersThatAreNoneMayStandInFieldsThatAreNotRead() throws IOException {
        Path file = write("a.jsonl", "{\"x\": NaN, \"text\": \"a\", \"y\": [-Infinity, {\"z\": NaN}]}\n");
        assertThat(reader.jsonLines(file, "text")).containsExactly("a");
        assertThatThrownBy(() -> reader.jsonLines(file, "x"))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("a.jsonl, line 1");
    }

    @Test
    void halvesOfSurrogatePairsAreNamed() throws IOException {
        Path file = write("a.jsonl", "{\"text\": \"fine \\ud83d\\ude00\"}\n{\"text\": \"broken \\ud83d emoji\"}\n");
        assertThatThrownBy(() -> reader.jsonLines(file, "text"))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("a.jsonl, line 2")
                .hasMessageContaining("\\ud83d at position 7");
        assertThatThrownBy(() -> reader.json(write("a.json", "[\"a\",\n \"\\udc00\"]")))
                .hasMessageContaining("a.json, line 2")
                .hasMessageContaining("\\udc00 at position 0");
        Path other = write("b.jsonl", "{\"other\": \"\\ud83d\", \"text\": \"a\"}\n");
        assertThat(reader.jsonLines(other, "text")).containsExactly("a");
    }

    @Test
    void hiddenFilesAndFoldersAreLeftOut() throws IOException {
        write("d/a.txt", "words");
        writeBytes("d/._a.txt", new byte[] {0, 5, 22, 7, -1});
        write("d/.ipynb_checkpoints/a-checkpoint.txt", "old");
        write("d/__MACOSX/a.txt", "other");
        write("d/sub/b.txt", "more");
        DirectoryOptions options = new DirectoryOptions(true, Integer.MAX_VALUE, Duplicates.KEEP);
        assertThat(reader.directory(folder.resolve("d"), options)).containsExactly("words", "more");
        write(".hidden/a.txt", "asked for");
        assertThat(reader.directory(folder.resolve(".hidden"), options)).containsExactly("asked for");
    }

    @Test
    void gzipIsToldByItsContent() throws IOException {
        byte[] lines = "{\"text\": \"z\u00FCrich\"}\n".getBytes(StandardCharsets.UTF_8);
        assertThat(reader.jsonLines(writeBytes("a.jsonl.gz", gzip(lines)), "text"))
                .containsExactly("z\u00FCrich");
        assertThat(reader.text(writeBytes("a.txt", gzip(lines)))).startsWith("{\"text\"");
        byte[] broken = Arrays.copyOf(gzip(lines), 20);
        assertThatThrownBy(() -> reader.text(writeBytes("b.gz", broken)))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("b.gz begins as a gzip file, but its data are broken");
        byte[] zeros = new byte[64 << 20];
        assertThatThrownBy(() -> reader.text(writeBytes("c.gz", gzip(zeros))))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("which no text does");
    }

    @ParameterizedTest
    @CsvSource({
        "50415231, a Parquet file",
        "28B52FFD, a Zstandard file",
        "425A68, a bzip2 file",
        "FD377A585A, an xz file",
        "504B0304, a ZIP archive",
        "377ABCAF, a 7z archive",
        "25504446, a PDF file",
    })
    void binaryFilesAreCalledByTheirName(String begin, String name) throws IOException {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) 0xFF);
        byte[] first = java.util.HexFormat.of().parseHex(begin);
        System.arraycopy(first, 0, bytes, 0, first.length);
        assertThatThrownBy(() -> reader.text(writeBytes("a.txt", bytes)))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("a.txt is no text, but " + name);
    }
}
