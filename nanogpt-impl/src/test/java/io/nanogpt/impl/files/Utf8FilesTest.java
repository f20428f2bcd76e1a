package io.nanogpt.impl.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Utf8FilesTest {
    @TempDir
    private Path folder;

    @Test
    void keepsTextAndLineEnds() throws IOException {
        String text = "µm\r\n\u1F600 \uD83D\uDE00 e\u0301\n";
        assertThat(Utf8Files.read(write(text.getBytes(StandardCharsets.UTF_8)))).isEqualTo(text);
    }

    @Test
    void dropsAByteOrderMark() throws IOException {
        assertThat(Utf8Files.read(write("\uFEFFabc".getBytes(StandardCharsets.UTF_8))))
                .isEqualTo("abc");
    }

    @Test
    void namesTheFileAndTheOffsetOfLatin1() throws IOException {
        Path file = write("a caption\nwith 5 µm".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> Utf8Files.read(file))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("0xB5 at offset 17 (line 2)")
                .hasMessageContaining("convert it to UTF-8");
    }

    @Test
    void namesTheOffsetOfATruncatedCharacter() {
        byte[] cut = {'a', 'b', (byte) 0xE2, (byte) 0x82};
        assertThatThrownBy(() -> Utf8Files.decode(cut, "cut.txt"))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("cut.txt is not UTF-8: byte 0xE2 at offset 2");
    }

    @Test
    void recognisesUtf16() {
        assertThatThrownBy(() -> Utf8Files.decode("text".getBytes(StandardCharsets.UTF_16), "wide.txt"))
                .hasMessageContaining("it looks like UTF-16");
    }

    @Test
    void namesAMissingFile() {
        assertThatThrownBy(() -> Utf8Files.read(folder.resolve("missing.txt")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("missing.txt: it does not exist");
    }

    @Test
    void saysThatAFolderIsNoFile() {
        assertThatThrownBy(() -> Utf8Files.read(folder))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("it is a folder");
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("file.txt"), bytes);
    }
}
