package io.nanogpt.impl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.data.Cleaning;
import io.nanogpt.data.Corpus;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.List;
import org.junit.jupiter.api.Test;

class CleaningTest {
    private static final String PLAY = "First Citizen:\nBefore we proceed.\n\nAll:\nSpeak, speak.\n\n\nAll:\nResolved.";

    @Test
    void dropsSpeakers() throws IOException {
        String cleaned = "Before we proceed.\n\nSpeak, speak.\n\n\nResolved.";
        assertCleaned(Cleaning.dropSpeakers(), PLAY, cleaned);
        assertCleaned(Cleaning.dropSpeakers(), "\r\nA:\r\nb\r\n", "\r\nb\r\n");
        assertCleaned(Cleaning.dropSpeakers(), "A:", "");
        assertCleaned(Cleaning.dropSpeakers(), "", "");
    }

    @Test
    void normalizes() throws IOException {
        assertCleaned(Cleaning.normalize(Normalizer.Form.NFC), "e\u0301\n\uFB01\n", "\u00E9\n\uFB01\n");
        assertCleaned(Cleaning.normalize(Normalizer.Form.NFKC), "e\u0301\n\uFB01", "\u00E9\nfi");
    }

    @Test
    void collapsesWhitespace() throws IOException {
        assertCleaned(Cleaning.collapseWhitespace(), " a \t\u00A0 b\u3000c \r\n \n\n\nd\n\n", "a b c\n\nd\n\n");
    }

    @Test
    void dropsDuplicates() throws IOException {
        assertCleaned(Cleaning.dropDuplicateLines(), "a\n\nb\n\na\nb\nc", "a\n\nb\n\nc");
        Corpus corpus = Corpus.ofStrings(List.of("b", "a", "B", "b"));
        assertThat(corpus.distinct().records()).containsExactly("b", "a", "B");
        assertThat(corpus.withCase(io.nanogpt.data.Corpus.CaseFolding.UPPER)
                        .distinct()
                        .records())
                .containsExactly("B", "A");
    }

    @Test
    void composes() throws IOException {
        Cleaning both = Cleaning.of(List.of(Cleaning.dropSpeakers(), Cleaning.collapseWhitespace()));
        assertCleaned(both, PLAY, "Before we proceed.\n\nSpeak, speak.\n\nResolved.");
        assertCleaned(Cleaning.of(List.of()), PLAY, PLAY);
        assertThat(Corpus.ofStrings(List.of("A:\nx", "B:")).withCleaning(both).records())
                .containsExactly("x");
    }

    @Test
    void longLinesGrowTheBuffer() throws IOException {
        String text = "x".repeat(200_000) + "\n" + "\u00E9y".repeat(100_000) + "\nz";
        assertCleaned(line -> line, text);
    }

    @Test
    void namesTheLineThatIsNotUtf8() {
        InputStream broken =
                Cleaning.dropSpeakers().apply(new ByteArrayInputStream(new byte[] {'a', '\n', 'b', (byte) 0xFF, '\n'}));
        assertThatThrownBy(broken::readAllBytes)
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("the line of 2 bytes at offset 2");
    }

    private static void assertCleaned(Cleaning.Lines same, String text) throws IOException {
        assertCleaned(() -> same, text, text);
    }

    private static void assertCleaned(Cleaning cleaning, String text, String expected) throws IOException {
        assertThat(cleaning.apply(text)).isEqualTo(expected);
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        try (InputStream stream = cleaning.apply(new Dribble(utf8))) {
            assertThat(new String(stream.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(expected);
        }
    }

    /** Hands out a few bytes at a time. */
    private static final class Dribble extends ByteArrayInputStream {
        Dribble(byte[] bytes) {
            super(bytes);
        }

        @Override
        public synchronized int read(byte[] bytes, int offset, int length) {
            return super.read(bytes, offset, Math.min(length, 7));
        }
    }
}
