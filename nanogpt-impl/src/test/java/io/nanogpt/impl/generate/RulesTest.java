package io.nanogpt.impl.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.NanogptException;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.Token;
import io.nanogpt.generate.Token.Scores;
import io.nanogpt.impl.fakes.PieceTokenizer;
import io.nanogpt.impl.fakes.RecordingDecoder;
import io.nanogpt.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RulesTest {
    private static final PieceTokenizer LETTERS = PieceTokenizer.characters("abcd");
    private static final float FORBIDDEN = Float.NEGATIVE_INFINITY;

    @Test
    void theRepetitionPenaltyCountsPromptAndContinuationOnce() {
        float[] logits = apply(GenerationOptions.defaults().withRepetitionPenalty(2), "ab", "bb", 4, -3, 5, -1);
        assertThat(logits).containsExactly(2, -6, 5, -1);
    }

    @Test
    void frequencyAndPresenceCountTheContinuationAlone() {
        assertThat(apply(GenerationOptions.defaults().withFrequencyPenalty(0.5), "aac", "bbbd", 1, 1, 1, 1))
                .containsExactly(1, -0.5f, 1, 0.5f);
        assertThat(apply(GenerationOptions.defaults().withPresencePenalty(0.5), "aac", "bbbd", 1, 1, 1, 1))
                .containsExactly(1, 0.5f, 1, 0.5f);
        assertThat(apply(
                        GenerationOptions.defaults().withPresencePenalty(0.5).withFrequencyPenalty(1),
                        "a",
                        "bbb",
                        1,
                        1,
                        1,
                        1))
                .containsExactly(1, -2.5f, 1, 1);
    }

    @Test
    void noNgramOccursTwice() {
        assertThat(apply(GenerationOptions.defaults().withNoRepeatNgram(2), "ab", "cadba", 1, 1, 1, 1))
                .containsExactly(1, FORBIDDEN, 1, FORBIDDEN);
        assertThat(apply(GenerationOptions.defaults().withNoRepeatNgram(1), "ab", "b", 1, 1, 1, 1))
                .containsExactly(FORBIDDEN, FORBIDDEN, 1, 1);
        assertThat(apply(GenerationOptions.defaults().withNoRepeatNgram(5), "ab", "", 1, 1, 1, 1))
                .containsExactly(1, 1, 1, 1);
        for (int seed = 0; seed < 50; seed++) {
            String text = generate(
                    LETTERS,
                    GenerationOptions.temperature(1)
                            .withNoRepeatNgram(3)
                            .withMaxTokens(40)
                            .withSeed(seed));
            Set<String> ngrams = new HashSet<>();
            String whole = "a" + text;
            for (int i = 0; i + 3 <= whole.length(); i++) {
                assertThat(ngrams.add(whole.substring(i, i + 3))).as(whole).isTrue();
            }
        }
    }

    @Test
    void forbiddenTextsNeverOccurHoweverTheyAreCut() {
        PieceTokenizer pieces = PieceTokenizer.of("a", "b", "c", "ab", "bc", "abc", "cab", " ");
        boolean[] found = new boolean[1];
        for (int seed = 0; seed < 300; seed++) {
            GenerationOptions options =
                    GenerationOptions.temperature(1).withMaxTokens(20).withSeed(seed);
            found[0] |= generate(pieces, options).contains("abc");
            assertThat(generate(pieces, options.withForbidden("abc").withForbidden("a b")))
                    .doesNotContain("abc")
                    .doesNotContain("a b");
        }
        assertThat(found[0]).isTrue();
    }

    @Test
    void forbiddenCharactersOfSeveralTokensDoNotOccur() {
        PieceTokenizer halves = PieceTokenizer.of("a", "\uD83D", "\uDD2C", "\uDD2D");
        for (int seed = 0; seed < 100; seed++) {
            GenerationOptions options =
                    GenerationOptions.temperature(1).withMaxTokens(20).withSeed(seed);
            assertThat(generate(halves, options.withForbidden("\uD83D\uDD2C"))).doesNotContain("\uD83D\uDD2C");
        }
    }

    @Test
    void everyTextFollowsThePattern() {
        PieceTokenizer pieces = PieceTokenizer.of("a", "1", "2", "12", "-", "a-", "-a", "");
        Pattern pattern = Pattern.compile("\\d{2}(-\\d{2}){2}");
        for (int seed = 0; seed < 100; seed++) {
            GenerationOptions options =
                    GenerationOptions.temperature(1).withSeed(seed).withPattern(pattern);
            assertThat(generate(pieces, options.withMaxTokens(50))).matches(pattern);
            assertThat(generate(pieces, options.withMaxTokens(2))).hasSizeBetween(2, 4);
        }
        assertThat(generate(pieces, GenerationOptions.greedy().withMaxTokens(9).withPattern(Pattern.compile("a*"))))
                .isEqualTo("aaaaaaaaa");
    }

    @Test
    void aPatternThatCannotBeFollowedIsReported() {
        GenerationOptions options = GenerationOptions.greedy().withPattern(Pattern.compile("ab[xy]"));
        assertThatThrownBy(() -> generate(LETTERS, options))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll("\"ab\"", "ab[xy]", "vocabulary");
    }

    @Test
    void processorsSeeWhatWasGenerated() {
        List<String> seen = new ArrayList<>();
        GenerationOptions options = GenerationOptions.greedy().withMaxTokens(3).withProcessor((context, logits) -> {
            seen.add(context.promptSize() + "/" + context.size() + ":" + context.text() + ":"
                    + context.id(context.size() - 1));
            logits[context.size() % 4] = 100;
        });
        assertThat(generate(LETTERS, options)).isEqualTo("bcd");
        assertThat(seen).containsExactly("1/1::0", "1/2:b:1", "1/3:bc:2");
        // Where a processor forbids everything, the text ends.
        assertThat(generate(LETTERS, options.withProcessor((context, logits) -> {
                    if (context.size() == 3) {
                        java.util.Arrays.fill(logits, FORBIDDEN);
                    }
                })))
                .isEqualTo("bc");
    }

    @Test
    void theRuleThatMadeALogitInfiniteIsNamed() {
        GenerationOptions greedy = GenerationOptions.greedy();
        for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> generate(LETTERS, greedy.withProcessor((context, logits) -> logits[2] = value)))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContainingAll("a logits processor (", "set the logit of token 2 to " + value)
                    .hasMessageNotContaining("damaged");
        }
        GenerationOptions positive = greedy.withMaxTokens(5).withPattern(Pattern.compile("a*"));
        assertThatThrownBy(() -> new Rules.RepetitionPenalty(1e-40f).apply(continuationOf(0), new float[] {5, 1, 1, 1}))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll("the repetition penalty 1.0E-40", "token 0", "from 5.0");
        assertThatThrownBy(() -> generate(LETTERS, positive.withFrequencyPenalty(-1e300)))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("the frequency penalty -Infinity");
    }

    private static Continuation continuationOf(int... prompt) {
        return new Continuation(new TokenTexts(LETTERS), prompt, List.of());
    }

    @Test
    void aSamplerOfOnesOwnChooses() {
        GenerationOptions options = GenerationOptions.defaults().withMaxTokens(5);
        assertThat(generate(LETTERS, options.withSampler((logits, uniform) -> 2)))
                .isEqualTo("ccccc");
        assertThatThrownBy(() -> generate(LETTERS, options.withSampler((logits, uniform) -> 4)))
                .hasMessageContainingAll("id 4", "0 to 3");
    }

    @Test
    void logProbabilitiesAreThoseOfTheModelItself() {
        List<Token> tokens = new ArrayList<>();
        GenerationOptions options = GenerationOptions.greedy()
                .withMaxTokens(2)
                .withLogProbabilities(2)
                .withRepetitionPenalty(1000)
                .withProcessor((context, logits) -> logits[3] = 50);
        Generators.of(LETTERS, 4, decoder()).generate("a", options, tokens::add);
        assertThat(tokens).hasSize(2).allSatisfy(token -> {
            Scores scores = token.scores().orElseThrow();
            double[] expected = logProbabilities();
            assertThat(token.id()).isEqualTo(3);
            assertThat(scores.logProbability()).isCloseTo(expected[3], within(1e-6));
            assertThat(scores.best()).extracting(Scores.Alternative::id).containsExactly(0, 1);
            assertThat(scores.best()).extracting(Scores.Alternative::text).containsExactly("a", "b");
            assertThat(scores.best().get(1).logProbability()).isCloseTo(expected[1], within(1e-6));
        });
    }

    private static double[] logProbabilities() {
        double sum = 0;
        for (int id = 0; id < 4; id++) {
            sum += Math.exp(-id / 8.0);
        }
        double[] values = new double[4];
        for (int id = 0; id < 4; id++) {
            values[id] = -id / 8.0 - Math.log(sum);
        }
        return values;
    }

    private static float[] apply(GenerationOptions options, String prompt, String text, float... logits) {
        TokenTexts texts = new TokenTexts(LETTERS);
        Continuation continuation = new Continuation(texts, LETTERS.encode(prompt), List.of());
        for (int id : LETTERS.encode(text)) {
            continuation.add(id);
        }
        new Rules(options, texts).apply(continuation, logits);
        return logits;
    }

    private static String generate(Tokenizer tokenizer, GenerationOptions options) {
        return Generators.of(tokenizer, tokenizer.vocabularySize(), decoder()).generate("a", options, token -> {});
    }

    private static RecordingDecoder decoder() {
        return new RecordingDecoder(6, (tokens, logits) -> {
            for (int id = 0; id < logits.length; id++) {
                logits[id] = -id / 8f;
            }
        });
    }
}
