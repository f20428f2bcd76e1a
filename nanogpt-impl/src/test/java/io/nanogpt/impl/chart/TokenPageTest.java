package io.nanogpt.impl.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.chart.TokenComparison;
import io.nanogpt.data.Corpus;
import io.nanogpt.tokenizer.EncodingSpeed;
import io.nanogpt.tokenizer.TokenizedText;
import io.nanogpt.tokenizer.TokenizedText.Piece;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

@Tag("any-jdk")
class TokenPageTest {
    private static final String TEXT = "one cat,\n<|end|><b>é&";

    private final Tokenizer bytes = Tokenizers.byteLevelBpe()
            .vocabularySize(258)
            .specialTokens("<|end|>")
            .train(Corpus.ofText("one cat and two cats and no cat"));
    private final Tokenizer characters = Tokenizers.characters().train(Corpus.ofText(TEXT));

    @TempDir
    Path folder;

    @Test
    void piecesAreWhatTokensAddToTheText() {
        TokenizedText text = TokenizedText.of(bytes, "cat é<|end|>");
        assertThat(text.pieces().stream().map(Piece::text)).endsWith("‹C3›", "‹A9›", "<|end|>");
        assertThat(text.pieces().stream().map(Piece::id)).containsExactly(box(bytes.encode("cat é<|end|>")));
        assertThat(text.pieces().get(text.pieces().size() - 1).isSpecial()).isTrue();
        assertThat(text.pieces().get(0).isSpecial()).isFalse();
        assertThat(text.bytes()).isEqualTo(13);
        assertThat(text.bytesPerToken()).isEqualTo(13.0 / text.pieces().size());
        assertThat(TokenizedText.of(bytes, "").bytesPerToken()).isZero();
    }

    private static Integer[] box(int[] ids) {
        return Arrays.stream(ids).boxed().toArray(Integer[]::new);
    }

    @Test
    void tokenizersAreSideBySide() throws IOException {
        TokenComparison comparison =
                TokenComparison.of(TEXT).with("<ours>", bytes).with("characters", characters);
        Document page = DrawnScenes.parse(comparison.html());
        assertThat(DrawnScenes.texts(page, "h2")).containsExactly("<ours>", "characters");
        assertThat(DrawnScenes.texts(page, "dt"))
                .containsExactly("vocabulary", "tokens", "bytes per token", "vocabulary", "tokens", "bytes per token");
        assertThat(DrawnScenes.texts(page, "span")).contains("↵", "<|end|>", "<", "é", "&", "‹C3›");
        assertThat(comparison.html()).contains("default-src 'none'").doesNotContain("script-src");
        comparison.write(folder.resolve("tokens.html"));
        assertThat(folder.resolve("tokens.html")).hasContent(comparison.html());
    }

    @Test
    void speedIsShownWhereItWasMeasured() {
        TokenComparison comparison = TokenComparison.of(TEXT).measured("ours", bytes, 1);
        EncodingSpeed speed = comparison.columns().get(0).speed().orElseThrow();
        assertThat(speed.threads()).isEqualTo(1);
        assertThat(speed.bytes()).isPositive();
        assertThat(speed.secondsFor(3.0 * speed.bytes())).isEqualTo(3 * speed.seconds());
        assertThat(new EncodingSpeed(5_000_000, 2, 1).megabytesPerSecond()).isEqualTo(2.5);
        assertThat(comparison.html()).contains(" MB/s with 1 thread", "a text of 1 GB");
    }

    @Test
    void whatCannotBeShownIsRefused() {
        assertThatThrownBy(() -> TokenComparison.of("a").html())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("there is no tokenizer to show");
        assertThatThrownBy(() -> EncodingSpeed.measure(bytes, "", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the text is empty");
    }
}
