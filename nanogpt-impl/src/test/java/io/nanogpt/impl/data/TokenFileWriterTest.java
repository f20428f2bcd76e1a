package io.nanogpt.impl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.data.Cleaning;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Tokenization;
import io.nanogpt.data.Tokenization.TokenDtype;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenFileWriterTest {
    private static final String LINE =
            "the quick brown fox jumps over the lazy dog, and \u00E9\u4E2D\uD83D\uDE00 again\n";
    /** Several blocks of a mebibyte. */
    private static final String TEXT = LINE.repeat(60_000);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"a.bin, UINT16, 1", "a.npy, UINT16, 2", "a.bin, INT32, 2", "a.npy, INT32, 3"})
    void theFileHasTheIdsOfTheText(String name, TokenDtype dtype, int threads) throws IOException {
        Tokenizer tokenizer = Tokenizers.byteLevelBpe().vocabularySize(300).train(Corpus.ofText(LINE));
        Path text = Files.writeString(folder.resolve("a.txt"), TEXT);
        Path file = folder.resolve(name);
        List<Long> heard = new ArrayList<>();
        Tokenization.Report report = Tokenization.with(tokenizer)
                .withDtype(dtype)
                .withThreads(threads)
                .withProgress((bytes, all, tokens) -> heard.add(bytes))
                .write(text, file);
        int[] expected = tokenizer.encode(TEXT);
        TokenSource tokens = TokenSource.open(file, tokenizer);
        int[] ids = new int[(int) tokens.size()];
        tokens.copy(0, ids, 0, ids.length);
        assertThat(ids).isEqualTo(expected);
        assertThat(report.tokens()).isEqualTo(expected.length);
        assertThat(report.bytes()).isEqualTo(Files.size(text));
        assertThat(heard).isSorted().endsWith(Files.size(text));
        assertThat(TokenFileMetadata.read(file))
                .hasValue(new TokenFileMetadata(dtype, ids.length, 300, TokenizerHash.of(tokenizer)));
        assertThat(Files.size(file)).isEqualTo((name.endsWith(".npy") ? 128 : 0) + (long) ids.length * dtype.bytes());
    }

    @Test
    void theTextIsCleanedOnItsWay() throws IOException {
        Tokenizer tokenizer = Tokenizers.characters().train(Corpus.ofText("ab\n"));
        Path text = Files.writeString(folder.resolve("a.txt"), "WHO:\nab\n\nWHO:\nba");
        Path file = folder.resolve("a.bin");
        Tokenization.with(tokenizer).withCleaning(Cleaning.dropSpeakers()).write(text, file);
        TokenSource tokens = TokenSource.open(file);
        int[] ids = new int[(int) tokens.size()];
        tokens.copy(0, ids, 0, ids.length);
        assertThat(tokenizer.decode(ids)).isEqualTo("ab\n\nba");
    }

    @Test
    void whatFailsLeavesTheOldFile() throws IOException {
        Tokenizer tokenizer = Tokenizers.characters().train(Corpus.ofText("ab"));
        Path text = Files.writeString(folder.resolve("a.txt"), "abba");
        Path file = folder.resolve("a.bin");
        Tokenization.with(tokenizer).write(text, file);
        Path unknown = Files.writeString(folder.resolve("unknown.txt"), "abc");
        for (int threads = 1; threads < 3; threads++) {
            Tokenization settings = Tokenization.with(tokenizer).withThreads(threads);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> settings.write(unknown, file))
                    .withMessageContaining("'c'");
        }
        Path broken = Files.write(folder.resolve("broken.txt"), new byte[] {'a', (byte) 0xFF, 'b'});
        assertThatThrownBy(() -> Tokenization.with(tokenizer).write(broken, file))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("not UTF-8");
        assertThatThrownBy(() -> Tokenization.with(tokenizer).write(folder.resolve("missing.txt"), file))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("missing.txt: it does not exist");
        assertThat(TokenSource.open(file, tokenizer).size()).isEqualTo(4);
    }

    @Test
    void aVocabularyMustFitTheType() {
        Tokenizer large = new Sized(65_537);
        assertThat(Tokenization.with(new Sized(65_536)).dtype()).isEqualTo(TokenDtype.UINT16);
        assertThat(Tokenization.with(large).dtype()).isEqualTo(TokenDtype.INT32);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tokenization.with(large).withDtype(TokenDtype.UINT16))
                .withMessageContaining("at most 65536, but the tokenizer has 65537 ids; use int32");
    }

    /** A tokenizer with a given vocabulary size. */
    private record Sized(int vocabularySize) implements Tokenizer {
        @Override
        public int[] encode(String text) {
            return new int[0];
        }

        @Override
        public String decode(int... ids) {
            return "";
        }

        @Override
        public boolean canEncode(String text) {
            return true;
        }

        @Override
        public String toJson() {
            return "{}";
        }

        @Override
        public void save(Path file) {}
    }
}
