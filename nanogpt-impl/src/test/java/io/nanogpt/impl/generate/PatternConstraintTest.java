package io.nanogpt.impl.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.impl.fakes.PieceTokenizer;
import io.nanogpt.impl.fakes.RecordingDecoder;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("any-jdk")
class PatternConstraintTest {
    private static final PieceTokenizer PIECES = PieceTokenizer.of(
            "a", "b", "ab", "ba", "aab", "1", "12", "-", "a-", "", "\uD83D", "\uDE00", "\uD83D\uDE00", "c");

    private static final String[] PATTERNS = {
        "(a|b)*-\\d+",
        "\\d{2}(-\\d{2}){2}",
        "(?i)AB+|c",
        "^(aab|ab)*$",
        "[^a]+",
        "a{2,5}b?",
        "(?:ab?)++c",
        ".*",
        "\uD83D\uDE00+",
        "a(?!b).*"
    };

    @Test
    void idsAreThoseOfMatchingTheWholeTextAgain() {
        Random random = new Random(3);
        for (String regex : PATTERNS) {
            Pattern pattern = Pattern.compile(regex);
            for (int round = 0; round < 200; round++) {
                TokenTexts texts = new TokenTexts(PIECES);
                Continuation continuation = new Continuation(texts, new int[] {0}, List.of());
                PatternConstraint automaton = PatternConstraint.of(pattern, texts);
                PatternConstraint rematching = new RematchingConstraint(pattern, texts.vocabularySize());
                boolean more = true;
                for (int step = 0; more && step < 12; step++) {
                    float[] logits = new float[texts.vocabularySize()];
                    float[] expected = new float[texts.vocabularySize()];
                    automaton.apply(continuation, logits);
                    rematching.apply(continuation, expected);
                    assertThat(logits)
                            .as("%s after %s", regex, continuation.text())
                            .containsExactly(expected);
                    assertThat(automaton.isMatch(continuation)).isEqualTo(rematching.isMatch(continuation));
                    int[] allowed = java.util.stream.IntStream.range(0, logits.length)
                            .filter(id -> logits[id] == 0)
                            .toArray();
                    more = allowed.length > 0;
                    if (more) {
                        continuation.add(allowed[random.nextInt(allowed.length)]);
                    }
                }
            }
        }
    }

    @Test
    @Timeout(60)
    void aTokenOfALongTextCostsNoMoreThanThoseBefore() {
        PieceTokenizer pieces = PieceTokenizer.of(java.util.stream.IntStream.range(0, 2_000)
                .mapToObj(i -> "word" + i)
                .toArray(String[]::new));
        RecordingDecoder decoder = RecordingDecoder.scripted(8, new int[20_001]);
        String text = Generators.of(pieces, pieces.vocabularySize(), decoder)
                .generate(
                        "word1",
                        GenerationOptions.greedy().withMaxTokens(20_000).withPattern(Pattern.compile(".*")),
                        token -> {});
        assertThat(text).hasSize(20_000 * "word0".length());
    }
}
