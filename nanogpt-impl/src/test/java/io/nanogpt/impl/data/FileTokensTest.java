package io.nanogpt.impl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Tokenization.TokenDtype;
import io.nanogpt.impl.data.NpyHeader.TokenLayout;
import io.nanogpt.impl.tokenizer.character.CharacterTokenizer;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers.UnknownCharacters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTokensTest {
    private final FileTokens files = new FileTokens();

    @TempDir
    private Path folder;

    @Test
    void readsRawIdsAsNanoGptWritesThem() throws IOException {
        TokenSource tokens = files.open(write("train.bin", 0x01, 0x00, 0xFF, 0xFF, 0x34, 0x12));
        assertThat(ids(tokens)).containsExactly(1, 65_535, 0x1234);
        assertThat(tokens).hasToString(folder.resolve("train.bin").toString());
        assertThatThrownBy(() -> tokens.copy(2, new int[2], 0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void theMetadataHasTheDtype() throws IOException {
        Path file = write("train.bin", 0x01, 0x00, 0x01, 0x00);
        new TokenFileMetadata(TokenDtype.INT32, 1, 100_000, "ab").write(file);
        assertThat(ids(files.open(file))).containsExactly(65_537);
        new TokenFileMetadata(TokenDtype.INT32, 2, 100_000, "ab").write(file);
        refused(file, "has 1 ids of type int32", "declares 2 of type int32", "train.bin.json");
        Files.writeString(TokenFileMetadata.path(file), "{\"dtype\": \"int64\"}");
        refused(file, "train.bin.json, line 1", "expected \"uint16\" or \"int32\"");
    }

    @Test
    void theMetadataNamesTheTokenizer() throws IOException {
        Tokenizer tokenizer = CharacterTokenizer.train("ab", UnknownCharacters.ERROR);
        Path file = write("train.bin", 0, 0, 1, 0);
        assertThat(ids(files.open(file, tokenizer))).containsExactly(0, 1);
        new TokenFileMetadata(TokenDtype.UINT16, 2, 2, TokenizerHash.of(tokenizer)).write(file);
        assertThat(ids(files.open(file, tokenizer))).containsExactly(0, 1);
        Tokenizer other = CharacterTokenizer.train("abc", UnknownCharacters.ERROR);
        assertThatThrownBy(() -> files.open(file, other))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll(
                        "train.bin was encoded with another tokenizer, of 2 ids", "of 3", "encode the text anew");
    }

    /** Written by numpy.save of NumPy 2. */
    @Test
    void readsNpyFiles() throws IOException {
        assertThat(ids(files.open(npy("u2.npy", 1, header("<u2", "(3,)"), 1, 0, 255, 255, 2, 0))))
                .containsExactly(1, 65_535, 2);
        assertThat(ids(files.open(npy("i4.npy", 2, header("<i4", "(1,)"), 1, 0, 1, 0))))
                .containsExactly(65_537);
        assertThat(ids(files.open(npy("u4.npy", 3, header("<u4", "(1,)"), 1, 0, 1, 0))))
                .containsExactly(65_537);
        assertThat(files.open(npy("none.npy", 1, header("<u2", "(0,)"))).size()).isZero();
    }

    @Test
    void writesTheHeadersThatItReads() throws IOException {
        byte[] head = NpyHeader.bytes(TokenDtype.INT32, 123_456_789_012L);
        assertThat(head).hasSize(NpyHeader.BYTES);
        Path file = Files.write(folder.resolve("a.npy"), head);
        try (FileChannel channel = FileChannel.open(file)) {
            assertThat(NpyHeader.read(file, channel))
                    .isEqualTo(new TokenLayout(TokenDtype.INT32, 128, 123_456_789_012L));
        }
    }

    @Test
    void refusesBrokenFiles() throws IOException {
        refused(write("odd.bin", 1, 2, 3), "has 3 bytes, which is no multiple of 2", "the file is truncated");
        refused(write("text.npy", 'h', 'e', 'l', 'l', 'o', ' ', 't', 'h', 'e', 'r', 'e'), "is not a .npy file");
        refused(write("short.npy", 0x93, 'N', 'U'), "is not a .npy file");
        refused(write("version.npy", 0x93, 'N', 'U', 'M', 'P', 'Y', 9, 0, 2, 0, '{', '}'), "but found 9");
        refused(write("head.npy", 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 255, 255, '{'), "claims 65535 bytes");
        refused(write("huge.npy", 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, 255, 255, 255, 255), "claims 4294967295 bytes");
        refused(npy("i8.npy", 1, header("<i8", "(1,)"), 1, 2, 3, 4, 5, 6, 7, 8), "'<i8'", "numpy.uint16");
        refused(npy("two.npy", 1, header("<u2", "(1, 1)"), 1, 2), "the shape (1, 1)", "reshape(-1)");
        refused(npy("scalar.npy", 1, header("<u2", "()"), 1, 2), "the shape ()");
        refused(npy("empty.npy", 1, "{}", 1, 2), "no readable 'descr'");
        refused(npy("cut.npy", 1, header("<u2", "(3,)"), 1, 2), "declares 3 ids of type uint16, but has 2 bytes");
        refused(npy("more.npy", 1, header("<u2", "(999999999999999999,)"), 1, 2), "the file is truncated or broken");
        refused(folder, "it is a folder");
        assertThatThrownBy(() -> files.open(folder.resolve("missing.bin")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("missing.bin: it does not exist");
    }

    /** Sparse: it takes no room on the disk. */
    @Test
    void readsAcrossTheEndsOfMappedPieces() throws IOException {
        Path file = folder.resolve("large.bin");
        long ids = (1L << 30) + (1L << 29) + 1; // 3 GiB and 2 bytes
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            for (long id : new long[] {(1L << 29) - 1, 1L << 29, ids - 1}) {
                channel.write(java.nio.ByteBuffer.wrap(new byte[] {7, 1}), id * 2);
            }
        }
        TokenSource tokens = files.open(file);
        assertThat(tokens.size()).isEqualTo(ids);
        int[] copy = new int[6];
        tokens.copy((1L << 29) - 2, copy, 1, 4);
        assertThat(copy).containsExactly(0, 0, 263, 263, 0, 0);
        tokens.copy(ids - 2, copy, 0, 2);
        assertThat(copy).startsWith(0, 263);
    }

    private void refused(Path file, String... expected) {
        assertThatThrownBy(() -> files.open(file))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining(file.getFileName().toString())
                .hasMessageContainingAll(expected);
    }

    private Path npy(String name, int version, String header, int... content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
        bytes.write(header.length());
        for (int i = 1; i < (version == 1 ? 2 : 4); i++) {
            bytes.write(0);
        }
        bytes.write(header.getBytes(StandardCharsets.ISO_8859_1));
        for (int value : content) {
            bytes.write(value);
        }
        return Files.write(folder.resolve(name), bytes.toByteArray());
    }

    private static String header(String dtype, String shape) {
        return "{'descr': '" + dtype + "', 'fortran_order': False, 'shape': " + shape + ", }   \n";
    }

    private Path write(String name, int... content) throws IOException {
        byte[] bytes = new byte[content.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) content[i];
        }
        return Files.write(folder.resolve(name), bytes);
    }

    private static int[] ids(TokenSource tokens) {
        int[] ids = new int[(int) tokens.size()];
        tokens.copy(0, ids, 0, ids.length);
        return ids;
    }

    @Test
    void aFileThatIsTruncatedWhileItIsReadIsNamed() throws IOException {
        for (TokenDtype dtype : TokenDtype.values()) {
            // Nothing left, whole pages gone, and a part of the last page gone, which reads as zeros.
            for (long left : new long[] {0, 100_000, 399_990}) {
                Path file = Files.write(folder.resolve(dtype + ".bin"), new byte[400_000]);
                new TokenFileMetadata(dtype, 400_000 / dtype.bytes(), 2, "ab").write(file);
                TokenSource tokens = files.open(file);
                int[] ids = new int[(int) tokens.size()];
                for (int i = 0; i < 200; i++) {
                    tokens.copy(0, ids, 0, ids.length); // Compiled code raises the error later than interpreted code.
                }
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.truncate(left);
                }
                for (int i = 0; i < 3; i++) {
                    assertThatThrownBy(() -> tokens.copy(0, ids, 0, ids.length))
                            .isInstanceOf(NanogptException.class)
                            .hasMessageContainingAll(
                                    file.toString(), "was truncated", "400000 bytes", "and has " + left + " now");
                    assertThatThrownBy(() -> tokens.copy(ids.length - 1, ids, 0, 1))
                            .isInstanceOf(NanogptException.class)
                            .hasMessageContaining(file.toString());
                }
            }
        }
    }

    @Test
    void aFileThatIsReplacedIsReadToItsEnd() throws IOException {
        Path file = write("train.bin", 1, 0, 2, 0);
        TokenSource tokens = files.open(file);
        Path other = write("other.bin", 7, 0);
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        assertThat(ids(tokens)).containsExactly(1, 2);
        assertThat(ids(files.open(file))).containsExactly(7);
    }

    @Test
    void sourcesAreJoinedInTheirOrder() {
        TokenSource joined = TokenSource.concat(List.of(
                TokenSource.of(),
                TokenSource.of(0, 1, 2),
                TokenSource.of(),
                TokenSource.of(),
                TokenSource.of(3),
                TokenSource.of(4, 70_000),
                TokenSource.of()));
        assertThat(joined.size()).isEqualTo(6);
        int[] all = {0, 1, 2, 3, 4, 70_000};
        for (int from = 0; from <= all.length; from++) {
            for (int length = 0; from + length <= all.length; length++) {
                int[] copy = new int[length + 2];
                joined.copy(from, copy, 1, length);
                int[] expected = new int[length + 2];
                System.arraycopy(all, from, expected, 1, length);
                assertThat(copy).containsExactly(expected);
            }
        }
        assertThatThrownBy(() -> joined.copy(4, new int[9], 0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> joined.copy(0, new int[2], 0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> TokenSource.concat(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one");
    }
}
