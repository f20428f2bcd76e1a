package io.nanogpt.impl.tokenizer.bpe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.tokenizer.WordCounts;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordCountsTest {
    private static final String ONE = "the cat sat on the mat, café ".repeat(20) + "x".repeat(200_000);
    private static final String OTHER =
            "<|endoftext|>the dog sat on the log: \uD83D\uDE00 supercalifragilisticexpialidocious";

    @TempDir
    private Path folder;

    private static Tokenizers.ByteLevelBpe settings() {
        return Tokenizers.byteLevelBpe().vocabularySize(300).specialTokens("<|endoftext|>");
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(WordCounts counts) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        counts.write(out);
        return out.toByteArray();
    }

    @Test
    void textsThatAreCountedApartGiveTheTokenizerOfAll() throws IOException {
        Path one = Files.writeString(folder.resolve("one.txt"), ONE);
        Path other = Files.writeString(folder.resolve("other.txt"), OTHER);
        WordCounts merged = WordCounts.empty();
        merged.merge(settings().count(stream(OTHER)));
        merged.merge(settings().count(stream(ONE)));
        assertThat(settings().train(merged).toJson())
                .isEqualTo(settings().train(one, other).toJson());
        assertThat(merged.count(" the")).isEqualTo(40);
        assertThat(merged.count("the")).isEqualTo(2);
        assertThat(merged.count("<|endoftext|>")).isZero();
        assertThat(merged.words()).isEqualTo(14);
    }

    @Test
    void countsAreReadAsTheyWereWritten() throws IOException {
        WordCounts counts = settings().threads(3).count(stream(ONE + OTHER));
        counts.add("more", 1L << 40);
        byte[] written = bytes(counts);
        ByteArrayInputStream in = new ByteArrayInputStream(Arrays.copyOf(written, written.length + 1));
        WordCounts read = WordCounts.read(in);
        assertThat(in.available()).isEqualTo(1);
        assertThat(read.count("more")).isEqualTo(1L << 40);
        assertThat(read.words()).isEqualTo(counts.words());
        assertThat(bytes(read)).isEqualTo(written);
        assertThat(settings().train(read).toJson())
                .isEqualTo(settings().train(counts).toJson());

        // The order in which they came does not show.
        WordCounts other = WordCounts.empty();
        other.add("more", (1L << 40) - 5);
        other.add("more", 5);
        other.merge(settings().count(stream(ONE + OTHER)));
        assertThat(bytes(other)).isEqualTo(written);
    }

    @Test
    void anythingElseIsRefused() throws IOException {
        byte[] written = bytes(settings().count(stream(OTHER)));
        for (int length : new int[] {5, 6, 20, written.length - 1}) {
            assertThatThrownBy(() -> WordCounts.read(new ByteArrayInputStream(written, 0, length)))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("end too early");
        }
        assertThatThrownBy(() -> WordCounts.read(stream("anything else")))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("no counts");
        // A word of two gigabytes that is not there.
        byte[] huge = {'n', 'g', 'w', 'c', 1, 1, -17, -1, -1, -1, 7, 1, 'x'};
        assertThatThrownBy(() -> WordCounts.read(new ByteArrayInputStream(huge)))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("end too early");
        byte[] empty = {'n', 'g', 'w', 'c', 1, 1, 0, 1};
        assertThatThrownBy(() -> WordCounts.read(new ByteArrayInputStream(empty)))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("0 bytes");
        WordCounts counts = WordCounts.empty();
        assertThatThrownBy(() -> counts.add("", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> counts.add("a", 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
