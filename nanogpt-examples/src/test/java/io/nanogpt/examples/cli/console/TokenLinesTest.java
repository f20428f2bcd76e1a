package io.nanogpt.examples.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.tokenizer.TokenizedText.Piece;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("any-jdk")
class TokenLinesTest {
    private static final String END = System.lineSeparator();

    private static Piece piece(int id, String text) {
        return new Piece(id, text, false);
    }

    @Test
    void idsAreBelowTheirPieces() {
        List<Piece> tokens = List.of(piece(1, "one"), piece(2000, " cat"), piece(30, "s"));
        assertThat(TokenLines.format(tokens, false, 80)).isEqualTo("one ␣cat s" + END + "1   2000 30" + END);
    }

    @Test
    void linesEndAtTheWidthAndAfterLineBreaks() {
        List<Piece> tokens = List.of(piece(1, "abcde"), piece(2, "fgh"), piece(3, "i\n"), piece(4, "j"));
        assertThat(TokenLines.format(tokens, false, 9))
                .isEqualTo("abcde fgh" + END + "1     2" + END + "i↵" + END + "3" + END + "j" + END + "4" + END);
        assertThat(TokenLines.format(tokens, false, 8)).startsWith("abcde" + END + "1" + END);
    }

    @Test
    void wideCharactersTakeTwoColumns() {
        assertThat(TokenLines.columns("組織 a")).isEqualTo(6);
        assertThat(TokenLines.columns("e\u0301😀")).isEqualTo(3);
        assertThat(TokenLines.format(List.of(piece(1, "組織"), piece(2, "a")), false, 80))
                .isEqualTo("組織 a" + END + "1    2" + END);
    }

    @Test
    void controlsAreVisibleAndLongTokensShortened() {
        String line = TokenLines.format(List.of(piece(1, "\u001B[2J"), piece(2, "x".repeat(100))), false, 80);
        assertThat(line).contains("\\u001B[2J", "x".repeat(39) + "…").doesNotContain("\u001B", "x".repeat(40));
    }

    @Test
    void inATerminalNeighboursHaveOtherColours() {
        String line = TokenLines.format(List.of(piece(1, "a"), new Piece(2, "<|end|>", true)), true, 80);
        assertThat(line)
                .isEqualTo("\033[30;48;5;153ma\033[0m \033[1;30;48;5;216m<|end|>\033[0m" + END + "\033[2m1 2\033[0m"
                        + END);
    }

    @Test
    void theEnvironmentRefusesColours() {
        assertThat(Terminal.allowsColors(Map.of("TERM", "xterm"))).isTrue();
        assertThat(Terminal.allowsColors(Map.of("NO_COLOR", ""))).isTrue();
        assertThat(Terminal.allowsColors(Map.of("NO_COLOR", "1"))).isFalse();
        assertThat(Terminal.allowsColors(Map.of("TERM", "dumb"))).isFalse();
    }
}
