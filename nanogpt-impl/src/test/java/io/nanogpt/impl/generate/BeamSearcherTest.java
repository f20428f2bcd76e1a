package io.nanogpt.impl.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.generate.BeamSearch;
import io.nanogpt.generate.BeamSearch.Hypothesis;
import io.nanogpt.generate.GenerationInterruptedException;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.impl.fakes.PieceTokenizer;
import io.nanogpt.impl.fakes.RecordingDecoder;
import io.nanogpt.impl.random.CounterRandom;
import io.nanogpt.spi.Decoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BeamSearcherTest {
    private static final PieceTokenizer LETTERS = PieceTokenizer.characters("abc.");
    private static final int TOKENS = 4;

    /** With as many beams as there are texts, nothing is cut off and the search finds the best of all. */
    @ParameterizedTest
    @CsvSource({"1, 0", "1, 1", "2, 0.5", "3, 2"})
    void manyBeamsFindTheBestOfAllTexts(int seed, double lengthPenalty) {
        BeamSearch search = new BeamSearch(300, lengthPenalty);
        GenerationOptions options =
                GenerationOptions.defaults().withMaxTokens(TOKENS).withStop(".");
        List<Hypothesis> found = search(seed, search, options);
        List<Hypothesis> all = new ArrayList<>();
        enumerate(seed, search, "", 0, all);
        all.sort(Comparator.comparingDouble(Hypothesis::score).reversed());
        assertThat(found).hasSameSizeAs(all);
        for (int i = 0; i < all.size(); i++) {
            assertThat(found.get(i).score()).isCloseTo(all.get(i).score(), within(1e-5));
            assertThat(found.get(i).logProbability()).isCloseTo(all.get(i).logProbability(), within(1e-5));
        }
        assertThat(found.get(0).text()).isEqualTo(all.get(0).text());
        assertThat(found.get(0).tokens()).isEqualTo(all.get(0).tokens());
    }

    @Test
    void moreBeamsThanThereIsMemoryForAreRefused() {
        BeamSearcher.requireFit(4, 50_257, 100_000_000);
        assertThatThrownBy(() -> BeamSearcher.requireFit(1024, 50_257, 1_000_000_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("1024 beams over a vocabulary of 50257 need 1440 MB, and Java has 1000 MB at most;"
                        + " search with fewer beams, or give Java more memory with -Xmx");
        assertThatThrownBy(() -> BeamSearcher.requireFit(1024, 3_000_000, Long.MAX_VALUE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("at most; search with fewer beams");
    }

    /** The decoders of a search that does not fit are not even made. */
    @Test
    void aSearchOfAModelIsRefusedBeforeItsDecodersAreMade() {
        TextGenerator vast = Generators.of(LETTERS, 100_000_000, List.of());

        assertThatThrownBy(() -> vast.requireFit(BeamSearch.of(1024)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1024 beams over a vocabulary of 100000000 need");
    }

    @Test
    void anInterruptEndsTheSearchAndIsKept() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> search(1, BeamSearch.of(2), GenerationOptions.defaults()))
                .isInstanceOf(GenerationInterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void whenItsTimeIsOverTheSearchHasWhatItFound() {
        assertThat(search(1, BeamSearch.of(2), GenerationOptions.defaults().withTimeout(Duration.ofNanos(1))))
                .isEmpty();
    }

    @Test
    void oneBeamIsGreedy() {
        for (int seed = 0; seed < 20; seed++) {
            GenerationOptions options = GenerationOptions.greedy().withMaxTokens(12);
            String greedy = Generators.of(LETTERS, 4, decoder(seed)).generate("a", options, token -> {});
            assertThat(search(seed, BeamSearch.of(1), options))
                    .singleElement()
                    .extracting(Hypothesis::text)
                    .isEqualTo(greedy);
        }
    }

    @Test
    void moreBeamsFindWhatIsAtLeastAsLikely() {
        GenerationOptions options = GenerationOptions.greedy().withMaxTokens(9);
        double sum = 0;
        for (int seed = 0; seed < 20; seed++) {
            double one = search(seed, new BeamSearch(1, 0), options).get(0).logProbability();
            List<Hypothesis> several = search(seed, new BeamSearch(6, 0), options);
            assertThat(several).hasSize(6).isSortedAccordingTo(Comparator.comparing(found -> -found.score()));
            sum += several.get(0).logProbability() - one;
        }
        assertThat(sum).isPositive();
    }

    @Test
    void rulesApply() {
        GenerationOptions options = GenerationOptions.greedy().withMaxTokens(8);
        assertThat(search(3, BeamSearch.of(4), options.withPattern(Pattern.compile("(ab|cb)\\.a"))))
                .extracting(Hypothesis::text)
                .containsExactlyInAnyOrder("ab.a", "cb.a");
        assertThat(search(3, BeamSearch.of(4), options.withNoRepeatNgram(1)))
                .extracting(Hypothesis::text)
                .allSatisfy(text -> assertThat(text).hasSize(3).doesNotContain("a"));
    }

    private static List<Hypothesis> search(int seed, BeamSearch search, GenerationOptions options) {
        List<Decoder> decoders = Stream.generate(() -> (Decoder) decoder(seed))
                .limit(search.beams())
                .toList();
        return Generators.of(LETTERS, 4, decoders).beamSearch("a", search, options);
    }

    private static void enumerate(int seed, BeamSearch search, String text, double sum, List<Hypothesis> all) {
        List<Integer> tokens = Stream.concat(Stream.of(0), text.chars().mapToObj(c -> "abc.".indexOf(c)))
                .toList();
        float[] logits = new float[4];
        model(seed, tokens, logits);
        LogProbabilities next = new LogProbabilities(logits);
        for (int id = 0; id < 4; id++) {
            double total = sum + next.of(id);
            int length = text.length() + 1;
            if (id == 3 || length == TOKENS) {
                String whole = id == 3 ? text : text + "abc".charAt(id);
                all.add(new Hypothesis(whole, length, total, search.score(total, length)));
            } else {
                enumerate(seed, search, text + "abc".charAt(id), total, all);
            }
        }
    }

    private static RecordingDecoder decoder(int seed) {
        return new RecordingDecoder(40, (tokens, logits) -> model(seed, tokens, logits));
    }

    /** Arbitrary logits that depend on every token. */
    private static void model(int seed, List<Integer> tokens, float[] logits) {
        for (int id = 0; id < logits.length; id++) {
            logits[id] = (float) CounterRandom.normal(seed, tokens.hashCode() * 31L + id);
        }
    }
}
