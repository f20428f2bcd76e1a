package io.nanogpt.impl.ngram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.impl.random.CounterRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("any-jdk")
class NgramModelTest {
    private static final int VOCABULARY = 7;
    private static final int ORDER = 5;
    private static final double SMALL = 1e-12;

    /** A text in which ids 0 to 5 follow each other unevenly, with two boundaries. */
    private static final int[] TEXT = text();

    private static int[] text() {
        int[] text = new int[3000];
        int previous = 0;
        for (int i = 0; i < text.length; i++) {
            double chance = CounterRandom.uniform(5, i);
            previous = chance < 0.7 ? (previous * 2 + 1) % 6 : (int) (6 * CounterRandom.uniform(6, i));
            text[i] = i == 1000 || i == 1700 ? NgramCounter.BOUNDARY : previous;
        }
        return text;
    }

    /** The definition, slowly: probabilities from all n-grams in a list. */
    private static final class Slow {
        /** By length, and whether they are of occurrences. */
        private static final Map<List<Object>, Discounts> DISCOUNTS = new HashMap<>();

        private static double probability(List<Integer> context, int token, int order) {
            double lower = 1.0 / VOCABULARY;
            int longest = Math.min(order - 1, context.size());
            for (int length = 0; length <= longest; length++) {
                List<Integer> history = context.subList(context.size() - length, context.size());
                long total = 0;
                double seen = 0;
                double reserved = 0;
                boolean occurrences = length == longest;
                Discounts discounts = DISCOUNTS.computeIfAbsent(
                        List.of(length, occurrences), key -> discounts(history.size() + 1, occurrences));
                for (int next = 0; next < VOCABULARY; next++) {
                    List<Integer> ngram = new ArrayList<>(history);
                    ngram.add(next);
                    int count = count(ngram, occurrences);
                    total += count;
                    reserved += discounts.of(count);
                    seen = next == token ? count - discounts.of(count) : seen;
                }
                lower = total == 0 ? lower : (seen + reserved * lower) / total;
            }
            return lower;
        }

        private static Discounts discounts(int length, boolean occurrences) {
            Set<List<Integer>> all = new HashSet<>();
            for (int i = 0; i + length <= TEXT.length; i++) {
                all.add(at(i, length));
            }
            return Discounts.of(all.stream()
                    .filter(ngram -> !ngram.contains(NgramCounter.BOUNDARY))
                    .mapToInt(ngram -> count(ngram, occurrences))
                    .toArray());
        }

        private static int count(List<Integer> ngram, boolean occurrences) {
            Set<Integer> before = new HashSet<>();
            int count = 0;
            for (int i = 0; i + ngram.size() <= TEXT.length; i++) {
                if (at(i, ngram.size()).equals(ngram)) {
                    count++;
                    if (i > 0 && TEXT[i - 1] != NgramCounter.BOUNDARY) {
                        before.add(TEXT[i - 1]);
                    }
                }
            }
            return occurrences ? count : before.size();
        }

        private static List<Integer> at(int from, int length) {
            return Arrays.stream(TEXT, from, from + length).boxed().toList();
        }
    }

    @Test
    void probabilitiesAreThoseOfTheDefinition() {
        NgramModel model = NgramModel.of(TEXT, VOCABULARY, ORDER);
        double[] byOrder = new double[ORDER];
        for (List<Integer> context : List.of(
                List.of(0), List.of(1, 3), List.of(5, 5, 2), List.of(0, 1, 3, 1), List.of(3, 1, 3, 1, 3), List.of(6))) {
            NgramModel.Context position = model.new Context();
            context.forEach(position::append);
            for (int token : new int[] {0, 1, 3, 6}) {
                position.probabilities(token, byOrder);
                for (int order = 1; order <= ORDER; order++) {
                    assertThat(byOrder[order - 1])
                            .as("%d after %s in order %d", token, context, order)
                            .isCloseTo(Slow.probability(context, token, order), within(SMALL));
                }
            }
        }
    }

    @Test
    void everyDistributionSumsToOne() {
        NgramModel model = NgramModel.of(TEXT, VOCABULARY, ORDER);
        NgramModel.Context position = model.new Context();
        double[] distribution = new double[VOCABULARY];
        double[] byOrder = new double[ORDER];
        for (int i = 0; i < 200; i++) {
            position.append(i % 11 == 0 ? 6 : Math.max(0, TEXT[i]));
            position.distribution(distribution);
            assertThat(Arrays.stream(distribution).sum()).isCloseTo(1, within(SMALL));
            double[] sums = new double[ORDER];
            for (int token = 0; token < VOCABULARY; token++) {
                position.probabilities(token, byOrder);
                assertThat(distribution[token]).isCloseTo(byOrder[ORDER - 1], within(SMALL));
                for (int order = 0; order < ORDER; order++) {
                    sums[order] += byOrder[order];
                }
            }
            Arrays.stream(sums).forEach(sum -> assertThat(sum).isCloseTo(1, within(SMALL)));
        }
    }

    @Test
    void lossesAreSumsOverTheTokensThatAreToBePredicted() {
        NgramModel model = NgramModel.of(TEXT, VOCABULARY, 3);
        NgramLosses losses = new NgramLosses(model);
        int[] inputs = {9, 0, 1, 3, 1};
        int[] targets = {9, 1, 3, -1, 3};
        losses.add(inputs, targets, 1, 4);
        assertThat(losses.count()).isEqualTo(3);
        for (int order = 1; order <= 3; order++) {
            double expected = -Math.log(Slow.probability(List.of(0), 1, order))
                    - Math.log(Slow.probability(List.of(0, 1), 3, order))
                    - Math.log(Slow.probability(List.of(0, 1, 3, 1), 3, order));
            assertThat(losses.sum(order)).isCloseTo(expected, within(1e-9));
        }
    }

    /** Products of many probabilities do not underflow. */
    @Test
    void lossesOfManyTokensAddUp() {
        NgramLosses losses = new NgramLosses(NgramModel.of(TEXT, VOCABULARY, 3));
        int[] inputs = Arrays.copyOf(TEXT, 900);
        int[] targets = Arrays.copyOfRange(TEXT, 1, 901);
        losses.add(inputs, targets, 0, 900);
        double once = losses.sum(2);
        for (int i = 0; i < 9; i++) {
            losses.add(inputs, targets, 0, 900);
        }
        assertThat(losses.sum(2)).isCloseTo(10 * once, within(1e-6));
        losses.reset();
        assertThat(losses.count()).isZero();
        assertThat(losses.sum(2)).isZero();
    }

    /** Contexts at the start of a sequence are as short in a model of few orders. */
    @Test
    void aModelHoldsThoseOfLowerOrders() {
        NgramLosses all = new NgramLosses(NgramModel.of(TEXT, VOCABULARY, 8));
        int[] inputs = Arrays.copyOf(TEXT, 900);
        int[] targets = Arrays.copyOfRange(TEXT, 1, 901);
        all.add(inputs, targets, 0, 900);
        for (int order = 1; order <= 8; order++) {
            NgramLosses one = new NgramLosses(NgramModel.of(TEXT, VOCABULARY, order));
            one.add(inputs, targets, 0, 900);
            assertThat(one.sum(order)).as("order %d", order).isEqualTo(all.sum(order));
        }
    }

    @Test
    void countsAreExactAndSorted() {
        int[] text = {1, 0, 1, 0, -1, 1, 0, 2};
        List<NgramLevel> levels = NgramCounter.count(text, 3, 3, Long.MAX_VALUE);
        assertThat(levels.get(0).tokens()).containsExactly(0, 1, 2);
        assertThat(levels.get(0).counts()).containsExactly(3, 3, 1);
        assertThat(levels.get(1).tokens()).containsExactly(1, 2, 0);
        assertThat(levels.get(1).counts()).containsExactly(1, 1, 3);
        assertThat(levels.get(1).first()).containsExactly(0, 2, 3, 3);
        assertThat(levels.get(2).tokens()).containsExactly(0, 1, 2);
        assertThat(levels.get(2).counts()).containsExactly(1, 1, 1);
    }

    @Test
    void ordersWithTooManyNgramsAreOmitted() {
        long two = NgramModel.of(TEXT, VOCABULARY, 2).size();
        assertThat(NgramCounter.count(TEXT, VOCABULARY, 5, two)).hasSize(2);
        assertThat(NgramCounter.count(TEXT, VOCABULARY, 5, two - 1)).hasSize(1);
        assertThat(NgramCounter.count(TEXT, VOCABULARY, 5, 0)).hasSize(1);
    }

    @Test
    void discountsAreEstimatedFromTheNumbersOfSmallCounts() {
        // n1 = 4, n2 = 3, n3 = 2, n4 = 1, so Y = 4 / 10.
        Discounts discounts = Discounts.of(new int[] {1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 9, 0, 0});
        assertThat(discounts.one()).isCloseTo(1 - 2 * 0.4 * 3 / 4, within(SMALL));
        assertThat(discounts.two()).isCloseTo(2 - 3 * 0.4 * 2 / 3, within(SMALL));
        assertThat(discounts.more()).isCloseTo(3 - 4 * 0.4 * 1 / 2, within(SMALL));
        assertThat(discounts.of(0)).isZero();
        assertThat(discounts.of(7)).isEqualTo(discounts.more());
        assertThat(Discounts.of(new int[] {5, 6, 7})).isEqualTo(new Discounts(0.75, 0.75, 0.75));
        assertThat(Discounts.of(new int[] {})).isEqualTo(new Discounts(0.75, 0.75, 0.75));
    }

    @Test
    void aDecoderGivesLogarithmsOfTheProbabilities() {
        NgramModel model = NgramModel.of(TEXT, VOCABULARY, ORDER);
        try (NgramDecoder decoder = new NgramDecoder(model)) {
            float[] logits = new float[VOCABULARY];
            decoder.feed(new int[] {9, 0, 1, 3}, 1, 3, logits);
            assertThat(decoder.length()).isEqualTo(3);
            for (int token = 0; token < VOCABULARY; token++) {
                assertThat(Math.exp(logits[token]))
                        .isCloseTo(Slow.probability(List.of(0, 1, 3), token, ORDER), within(1e-6));
            }
            float[] again = new float[VOCABULARY];
            decoder.reset();
            decoder.feed(new int[] {0, 1}, 0, 2, again);
            decoder.feed(new int[] {3}, 0, 1, again);
            assertThat(again).isEqualTo(logits);
        }
    }
}
