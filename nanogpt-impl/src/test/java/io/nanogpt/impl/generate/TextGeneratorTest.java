package io.nanogpt.impl.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.generate.GenerationGrid;
import io.nanogpt.generate.GenerationInterruptedException;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.Token;
import io.nanogpt.impl.fakes.PieceTokenizer;
import io.nanogpt.impl.fakes.RecordingDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TextGeneratorTest {
    private static final PieceTokenizer LETTERS = PieceTokenizer.characters("abcdefgh");

    private static TextGenerator on(RecordingDecoder decoder) {
        return Generators.of(LETTERS, LETTERS.vocabularySize(), decoder);
    }

    @Test
    void feedsOneTokenAtATimeUntilTheContextIsFullAndThenTheLastOnes() {
        RecordingDecoder decoder = RecordingDecoder.scripted(4, 2, 3, 4, 5, 6, 7);
        String text = on(decoder).generate("ab", GenerationOptions.greedy().withMaxTokens(6), token -> {});
        assertThat(text).isEqualTo("cdefgh");
        assertThat(decoder.calls())
                .containsExactly(
                        "reset",
                        "[0, 1]",
                        "[2]",
                        "[3]",
                        "reset",
                        "[1, 2, 3, 4]",
                        "reset",
                        "[2, 3, 4, 5]",
                        "reset",
                        "[3, 4, 5, 6]");
    }

    @Test
    void anInterruptEndsGenerationAndIsKept() {
        List<String> heard = new ArrayList<>();
        assertThatThrownBy(() -> on(flat()).generate("a", GenerationOptions.defaults(), token -> {
                    heard.add(token.text());
                    if (heard.size() == 3) {
                        Thread.currentThread().interrupt();
                    }
                }))
                .isInstanceOf(GenerationInterruptedException.class)
                .hasMessageContainingAll("interrupted after 3 tokens", "withTimeout");
        assertThat(heard).hasSize(3);
        assertThatThrownBy(() -> on(flat()).samples("a", 2, GenerationOptions.defaults()))
                .isInstanceOf(GenerationInterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(on(flat()).generate("a", GenerationOptions.defaults().withMaxTokens(5), token -> {}))
                .hasSize(5);
    }

    @Test
    void whenItsTimeIsOverTheTextSoFarIsTheResult() {
        GenerationOptions options = GenerationOptions.temperature(2).withMaxTokens(50);
        assertThat(on(flat()).generate("a", options.withTimeout(Duration.ofNanos(1)), token -> {}))
                .isEmpty();
        assertThat(on(flat()).generate("a", options.withTimeout(Duration.ofDays(400_000)), token -> {}))
                .isEqualTo(on(flat()).generate("a", options, token -> {}));
        assertThatThrownBy(() -> options.withTimeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("timeout must be above 0");
    }

    @Test
    void aPromptBeyondTheContextKeepsItsEnd() {
        RecordingDecoder decoder = RecordingDecoder.scripted(4, 7, 7);
        on(decoder).generate("abcdef", GenerationOptions.greedy().withMaxTokens(2), token -> {});
        assertThat(decoder.calls()).containsExactly("reset", "[2, 3, 4, 5]", "reset", "[3, 4, 5, 7]");
    }

    @Test
    void everyTokenSeesTheLastTokensOfThePromptAndTheText() {
        // However tokens are fed, the model must see the same tokens as in the dense computation of the notebook.
        int context = 5;
        StringBuilder seen = new StringBuilder("abc");
        RecordingDecoder decoder = new RecordingDecoder(context, (tokens, logits) -> {
            int[] expected = LETTERS.encode(seen.substring(Math.max(0, seen.length() - context)));
            assertThat(tokens.stream().mapToInt(Integer::intValue).toArray()).isEqualTo(expected);
            for (int id = 0; id < logits.length; id++) {
                logits[id] = (id * 7 + tokens.hashCode()) % 5;
            }
        });
        String text = on(decoder)
                .generate(
                        "abc",
                        GenerationOptions.temperature(0.9).withMaxTokens(40),
                        token -> seen.append(token.text()));
        assertThat(seen.toString()).isEqualTo("abc" + text);
        assertThat(text).hasSize(40);
    }

    @Test
    void theSeedDecides() {
        GenerationOptions options = GenerationOptions.temperature(2).withMaxTokens(50);
        String first = on(flat()).generate("a", options.withSeed(1), token -> {});
        RecordingDecoder used = flat();
        assertThat(on(used).generate("a", options.withSeed(1), token -> {})).isEqualTo(first);
        assertThat(on(used).generate("a", options.withSeed(2), token -> {})).isNotEqualTo(first);
        assertThat(on(used).generate("a", options.withSeed(1), token -> {})).isEqualTo(first);
        // More tokens continue the same text.
        assertThat(on(used).generate("a", options.withSeed(1).withMaxTokens(80), token -> {}))
                .startsWith(first);
        assertThat(on(used).samples("a", 3, options.withSeed(0)).get(1)).isEqualTo(first);
    }

    @Test
    void aGridHoldsEverySettingInOrder() {
        GenerationOptions options =
                GenerationOptions.defaults().withMaxTokens(10).withSeed(5);
        GenerationGrid grid = on(flat()).grid("a", List.of(0.0, 0.7), List.of(1, 3, 100), 2, options);
        assertThat(grid.prompt()).isEqualTo("a");
        assertThat(grid.cells())
                .extracting(cell -> cell.temperature() + "/" + cell.topK())
                .containsExactly("0.0/1", "0.0/3", "0.0/100", "0.7/1", "0.7/3", "0.7/100");
        GenerationGrid.Cell cell = grid.cells().get(4);
        assertThat(cell.samples())
                .isEqualTo(
                        on(flat()).samples("a", 2, options.withTemperature(0.7).withTopK(3)));
        assertThatThrownBy(() -> on(flat()).grid("a", List.of(), List.of(1), 1, options))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> on(flat()).grid("a", List.of(1.0), List.of(0), 1, options))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> on(flat()).samples("a", 0, options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 1, but is 0");
    }

    @Test
    void anEmptyPromptIsRefusedWithAdvice() {
        assertThatThrownBy(() -> on(flat()).generate("", GenerationOptions.defaults(), token -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("prompt is empty", "line break");
        assertThatThrownBy(() -> on(flat()).generate("???", GenerationOptions.defaults(), token -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no known character");
    }

    @Test
    void logitsBeyondTheTokenizerAreNeverDrawn() {
        RecordingDecoder decoder = new RecordingDecoder(4, (tokens, logits) -> {
            for (int id = 0; id < logits.length; id++) {
                logits[id] = id;
            }
        });
        assertThat(Generators.of(LETTERS, 12, decoder)
                        .generate("a", GenerationOptions.greedy().withMaxTokens(3), token -> {}))
                .isEqualTo("hhh");
        assertThatThrownBy(() -> Generators.of(LETTERS, 7, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("8 ids", "only 7");
    }

    @Test
    void stopsEndTheTextBeforeThem() {
        assertStops("abcdefgh", List.of("d"), "abc", "abc");
        assertStops("abcdefgh", List.of("de", "cd"), "ab", "ab");
        assertStops("aabaabaac", List.of("aabaac"), "aab", "aab");
        assertStops("abcabd", List.of("abd"), "abc", "abc");
        assertStops("abab", List.of("abc"), "abab", "abab");
        assertStops("dabc", List.of("d"), "", "");
    }

    @Test
    void textThatMayBecomeAStopIsHeldBack() {
        List<String> log = new ArrayList<>();
        int[] ids = LETTERS.encode("abcabdh");
        RecordingDecoder scripted = RecordingDecoder.scripted(20, ids);
        RecordingDecoder decoder = new RecordingDecoder(20, (tokens, logits) -> {
            log.add("|");
            scripted.reset();
            scripted.feed(new int[] {0}, 0, 1, logits);
        });
        on(decoder)
                .generate(
                        "a",
                        GenerationOptions.greedy().withStop("bd").withMaxTokens(ids.length),
                        token -> log.add(token.text()));
        // "b" waits until "c" shows that it is no stop.
        assertThat(String.join("", log)).isEqualTo("|a||bc|a||");
    }

    @Test
    void stopsWithinAndAcrossLongTokensCutThem() {
        PieceTokenizer pieces = PieceTokenizer.of("a", "<EN", "DC>", "x\n<ENDC>\ny", "\n");
        assertThat(stream(pieces, List.of("<ENDC>"), 0, 1, 2, 0)).isEqualTo(List.of("a"));
        assertThat(stream(pieces, List.of("\n<ENDC>\n"), 0, 3, 0)).isEqualTo(List.of("a", "x"));
        assertThat(stream(pieces, List.of("\n<ENDC>\n"), 0, 4, 1, 2, 4, 0)).isEqualTo(List.of("a"));
        assertThat(stream(pieces, List.of("NDC>"), 0, 1, 2, 0)).isEqualTo(List.of("a", "<E"));
        assertThat(stream(pieces, List.of("\n<ENDC>\n"), 0, 4, 1)).isEqualTo(List.of("a", "\n", "<EN"));
    }

    @Test
    void charactersAreNotSplit() {
        PieceTokenizer halves = PieceTokenizer.of("a", "\uD83D", "\uDD2C", "é");
        assertThat(stream(halves, List.of(), 0, 1, 2, 3)).isEqualTo(List.of("a", "", "\uD83D\uDD2C", "é"));
        // At the end there is nothing to wait for.
        assertThat(stream(halves, List.of(), 0, 1)).isEqualTo(List.of("a", "\uD83D"));
        assertThat(stream(halves, List.of("\uD83D\uDD2C"), 0, 1, 2, 3)).isEqualTo(List.of("a"));
        PieceTokenizer whole = PieceTokenizer.characters("a\uD83D\uDD2C");
        assertThat(stream(whole, List.of(), 0, 1, 0)).isEqualTo(List.of("a", "\uD83D\uDD2C", "a"));
    }

    @Test
    void replacementCharactersOfTheVocabularyAreText() {
        PieceTokenizer replacement = PieceTokenizer.of("a", "\uFFFD");
        assertThat(String.join("", stream(replacement, List.of(), 1, 1, 1, 1, 1, 1, 0, 1)))
                .isEqualTo("\uFFFD".repeat(6) + "a\uFFFD");
    }

    @Test
    void streamingAndStopsAgreeWithSearchingTheWholeText() {
        Map<String, Integer> ends = new TreeMap<>();
        for (int seed = 0; seed < 500; seed++) {
            GenerationOptions plain = GenerationOptions.temperature(1)
                    .withTopK(3)
                    .withMaxTokens(30)
                    .withSeed(seed);
            String whole = on(flat()).generate("a", plain, token -> {});
            StringBuilder streamed = new StringBuilder();
            String text = on(flat())
                    .generate("a", plain.withStop("aba").withStop("cc"), token -> streamed.append(token.text()));
            int end = whole.length();
            // The stop that is complete first ends the text.
            for (int length = 1; length <= whole.length() && end == whole.length(); length++) {
                String begin = whole.substring(0, length);
                if (begin.endsWith("aba")) {
                    end = length - 3;
                } else if (begin.endsWith("cc")) {
                    end = length - 2;
                }
            }
            assertThat(text).isEqualTo(whole.substring(0, end));
            assertThat(streamed.toString()).isEqualTo(text);
            ends.merge(end == whole.length() ? "none" : "stop", 1, Integer::sum);
        }
        assertThat(ends.keySet()).containsExactly("none", "stop");
    }

    private void assertStops(String script, List<String> stops, String expected, String streamed) {
        GenerationOptions options = GenerationOptions.greedy().withMaxTokens(script.length());
        for (String stop : stops) {
            options = options.withStop(stop);
        }
        StringBuilder streamedText = new StringBuilder();
        RecordingDecoder decoder = RecordingDecoder.scripted(30, LETTERS.encode(script));
        String text = on(decoder).generate("a", options, token -> streamedText.append(token.text()));
        assertThat(text).isEqualTo(expected);
        assertThat(streamedText.toString()).isEqualTo(streamed);
    }

    private static List<String> stream(PieceTokenizer tokenizer, List<String> stops, int... ids) {
        GenerationOptions options = GenerationOptions.greedy().withMaxTokens(ids.length);
        for (String stop : stops) {
            options = options.withStop(stop);
        }
        List<Token> tokens = new ArrayList<>();
        RecordingDecoder decoder = RecordingDecoder.scripted(30, ids);
        String text =
                Generators.of(tokenizer, tokenizer.vocabularySize(), decoder).generate("a", options, tokens::add);
        List<String> texts = tokens.stream().map(Token::text).toList();
        assertThat(text).isEqualTo(String.join("", texts));
        for (int i = 0; i < tokens.size(); i++) {
            assertThat(tokens.get(i).id()).isEqualTo(ids[i]);
        }
        return texts;
    }

    /** All tokens are about equally likely. */
    private static RecordingDecoder flat() {
        return new RecordingDecoder(6, (tokens, logits) -> {
            for (int id = 0; id < logits.length; id++) {
                logits[id] = -id / 8f;
            }
        });
    }
}
