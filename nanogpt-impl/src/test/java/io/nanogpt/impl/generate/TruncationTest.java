package io.nanogpt.impl.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.generate.Sampler;
import io.nanogpt.impl.random.CounterRandom;
import io.nanogpt.spi.SamplingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import org.apache.commons.math3.stat.inference.ChiSquareTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The ids that can be drawn, compared with the papers' definitions over every subset, and their frequencies. */
class TruncationTest {
    private static final int DRAWS = 20_000;

    @Test
    void topPIsTheSmallestSetOfTheMostLikely() {
        forEachDistribution((logits, probabilities, share) -> {
            double[] kept =
                    TokenSamplers.kept(logits, SamplingOptions.defaults().withTopP(share));
            assertThat(set(kept)).isEqualTo(smallestSet(probabilities, share, id -> -probabilities[id]));
        });
    }

    @Test
    void typicalIsTheSmallestSetAroundTheEntropy() {
        forEachDistribution((logits, probabilities, share) -> {
            double entropy = 0;
            for (double probability : probabilities) {
                entropy -= probability * Math.log(probability);
            }
            double center = entropy;
            double[] kept =
                    TokenSamplers.kept(logits, SamplingOptions.defaults().withTypical(share));
            assertThat(set(kept))
                    .isEqualTo(
                            smallestSet(probabilities, share, id -> Math.abs(-Math.log(probabilities[id]) - center)));
        });
    }

    @Test
    void minPKeepsWhatIsLikelyEnough() {
        forEachDistribution((logits, probabilities, share) -> {
            double[] kept =
                    TokenSamplers.kept(logits, SamplingOptions.defaults().withMinP(share));
            double largest = 0;
            for (double probability : probabilities) {
                largest = Math.max(largest, probability);
            }
            double bound = share * largest;
            assertThat(set(kept)).isEqualTo(set(probabilities.length, id -> probabilities[id] >= bound));
        });
    }

    @Test
    void eachWorksOnWhatTheOneBeforeLeft() {
        // Probabilities 0.4, 0.3, 0.2, 0.1 and more that top-k removes.
        float[] logits = logits(0.4, 0.3, 0.2, 0.1, 0.05, 0.05);
        SamplingOptions options =
                SamplingOptions.defaults().withTopK(4).withTopP(0.9).withMinP(0.6);
        // Top-p of the four alone keeps three, and min-p of those keeps what is at least 0.24.
        assertThat(set(TokenSamplers.kept(logits, options))).isEqualTo(0b11);
        assertThat(set(TokenSamplers.kept(logits, options.withMinP(0)))).isEqualTo(0b111);
        // The temperature comes first: a low one leaves one id enough for top-p.
        assertThat(set(TokenSamplers.kept(logits, options.withTemperature(0.05))))
                .isEqualTo(0b1);
    }

    @Test
    void somethingIsAlwaysLeft() {
        float[] logits = logits(0.5, 0.3, 0.2);
        for (SamplingOptions options : List.of(
                SamplingOptions.defaults().withTopP(1e-9),
                SamplingOptions.defaults().withTypical(1e-9),
                SamplingOptions.defaults().withMinP(0.999999))) {
            double[] kept = TokenSamplers.kept(logits, options);
            assertThat(Long.bitCount(set(kept))).isEqualTo(1);
        }
    }

    static List<SamplingOptions> samplings() {
        SamplingOptions plain = SamplingOptions.defaults();
        return List.of(
                plain,
                plain.withTemperature(0.7),
                plain.withTopK(4),
                plain.withTopP(0.8),
                plain.withMinP(0.2),
                plain.withTypical(0.7),
                plain.withTemperature(1.3)
                        .withTopK(6)
                        .withTopP(0.9)
                        .withMinP(0.05)
                        .withTypical(0.9));
    }

    @ParameterizedTest
    @MethodSource("samplings")
    void drawsFollowTheTruncatedDistribution(SamplingOptions options) {
        float[] logits = logits(0.28, 0.05, 0.2, 0.14, 0.02, 0.16, 0.1, 0.05);
        double[] weights = TokenSamplers.kept(logits, options);
        long[] counts = new long[weights.length];
        Sampler sampler = TokenSamplers.of(options);
        for (int i = 0; i < DRAWS; i++) {
            counts[sampler.sample(logits.clone(), CounterRandom.uniform(11, i))]++;
        }
        List<Integer> possible = new ArrayList<>();
        for (int id = 0; id < weights.length; id++) {
            if (weights[id] > 0) {
                possible.add(id);
            } else {
                assertThat(counts[id]).isZero();
            }
        }
        double[] expected = possible.stream().mapToDouble(id -> weights[id]).toArray();
        long[] observed = possible.stream().mapToLong(id -> counts[id]).toArray();
        assertThat(new ChiSquareTest().chiSquareTest(expected, observed)).isGreaterThan(0.01);
    }

    @Test
    void logProbabilitiesAreThoseOfTheSoftmax() {
        float[] logits = {1000, 1001, 999, Float.NEGATIVE_INFINITY};
        LogProbabilities actual = new LogProbabilities(logits);
        double sum = 1 + Math.E + 1 / Math.E;
        assertThat(actual.of(0)).isCloseTo(-Math.log(sum), within(1e-9));
        assertThat(actual.of(1)).isCloseTo(1 - Math.log(sum), within(1e-9));
        assertThat(actual.of(3)).isEqualTo(Double.NEGATIVE_INFINITY);
    }

    /** Looks at every subset for one of a given probability that holds no id farther out than one it lacks. */
    private static long smallestSet(double[] probabilities, double share, IntToDoubleFunction distance) {
        int best = -1;
        for (int subset = 1; subset < 1 << probabilities.length; subset++) {
            double sum = 0;
            double farthest = Double.NEGATIVE_INFINITY;
            double nearestOutside = Double.POSITIVE_INFINITY;
            for (int id = 0; id < probabilities.length; id++) {
                if ((subset >> id & 1) == 1) {
                    sum += probabilities[id];
                    farthest = Math.max(farthest, distance.applyAsDouble(id));
                } else {
                    nearestOutside = Math.min(nearestOutside, distance.applyAsDouble(id));
                }
            }
            boolean smaller = best < 0 || Integer.bitCount(subset) < Integer.bitCount(best);
            if (sum >= share && farthest <= nearestOutside && smaller) {
                best = subset;
            }
        }
        return best;
    }

    private static void forEachDistribution(Check check) {
        SplittableRandom random = new SplittableRandom(8);
        for (int round = 0; round < 200; round++) {
            double[] probabilities = new double[2 + random.nextInt(7)];
            double sum = 0;
            for (int id = 0; id < probabilities.length; id++) {
                probabilities[id] = Math.exp(3 * random.nextDouble());
                sum += probabilities[id];
            }
            for (int id = 0; id < probabilities.length; id++) {
                probabilities[id] /= sum;
            }
            float[] logits = logits(probabilities);
            // Computed from the floats, so that nothing depends on their rounding.
            LogProbabilities exact = new LogProbabilities(logits);
            for (int id = 0; id < probabilities.length; id++) {
                probabilities[id] = Math.exp(exact.of(id));
            }
            check.check(logits, probabilities, 0.05 + 0.9 * random.nextDouble());
        }
    }

    private interface Check {
        void check(float[] logits, double[] probabilities, double share);
    }

    private static float[] logits(double... probabilities) {
        float[] logits = new float[probabilities.length];
        for (int id = 0; id < logits.length; id++) {
            logits[id] = (float) Math.log(probabilities[id]);
        }
        return logits;
    }

    private static long set(double[] kept) {
        return set(kept.length, id -> kept[id] > 0);
    }

    private static long set(int size, IntPredicate contains) {
        long set = 0;
        for (int id = 0; id < size; id++) {
            set |= contains.test(id) ? 1L << id : 0;
        }
        return set;
    }
}
