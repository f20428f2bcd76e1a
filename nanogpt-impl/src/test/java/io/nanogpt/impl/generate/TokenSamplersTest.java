package io.nanogpt.impl.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.NanogptException;
import io.nanogpt.generate.BeamSearch;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.Sampler;
import io.nanogpt.impl.random.CounterRandom;
import io.nanogpt.spi.SamplingOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TokenSamplersTest {
    private static final int DRAWS = 200_000;

    @Test
    void greedyTakesTheLargestAndOfEqualsTheFirst() {
        Sampler greedy = TokenSamplers.of(SamplingOptions.defaults().withTemperature(0));
        assertThat(greedy.sample(new float[] {1, 3, 2}, 0.99)).isEqualTo(1);
        assertThat(greedy.sample(new float[] {1, 3, 3}, 0.99)).isEqualTo(1);
        assertThat(greedy.sample(new float[] {-5, -5}, 0.99)).isZero();
        assertThat(greedy.sample(new float[] {Float.NEGATIVE_INFINITY, -1e30f}, 0))
                .isEqualTo(1);
    }

    @Test
    void drawsFollowTheSoftmax() {
        float[] logits = {1, 0, -1, 2.5f, Float.NEGATIVE_INFINITY};
        for (double temperature : new double[] {0.5, 1, 3}) {
            double[] shares = shares(logits, GenerationOptions.temperature(temperature));
            double sum = 0;
            for (float logit : logits) {
                sum += Math.exp(logit / temperature);
            }
            for (int id = 0; id < logits.length; id++) {
                assertThat(shares[id]).isCloseTo(Math.exp(logits[id] / temperature) / sum, within(0.005));
            }
            assertThat(shares[4]).isZero();
        }
    }

    @Test
    void extremesOfTemperatureAndLogitsStayExact() {
        float[] logits = {3e38f, -3e38f, 1e38f};
        for (double temperature : new double[] {Double.MIN_VALUE, 1e-300, 1e-3, 1}) {
            assertThat(sample(logits, GenerationOptions.temperature(temperature), 0.999999))
                    .isZero();
        }
        // Equal logits stay equally likely however low the temperature is.
        double[] even = shares(new float[] {7, 7, -1}, GenerationOptions.temperature(1e-300));
        assertThat(even[0]).isCloseTo(0.5, within(0.005));
        assertThat(even[1]).isCloseTo(0.5, within(0.005));
        // And at a very high one everything is.
        double[] flat = shares(new float[] {100, 0, -100, 50}, GenerationOptions.temperature(1e300));
        for (double share : flat) {
            assertThat(share).isCloseTo(0.25, within(0.005));
        }
    }

    @Test
    void everyUniformNumberGivesAnIdThatCanBeDrawn() {
        float[] logits = {Float.NEGATIVE_INFINITY, 0, 0.1f, -200, Float.NEGATIVE_INFINITY};
        Sampler sampler = TokenSamplers.of(SamplingOptions.defaults());
        for (double uniform : new double[] {0, Double.MIN_VALUE, 0.25, 0.5, Math.nextDown(1.0)}) {
            assertThat(sampler.sample(logits.clone(), uniform)).isBetween(1, 3);
        }
        assertThat(sampler.sample(logits.clone(), 0)).isEqualTo(1);
    }

    @Test
    void topKKeepsTheLargestAndOfEqualsTheFirst() {
        SplittableRandom random = new SplittableRandom(3);
        for (int round = 0; round < 500; round++) {
            int vocabulary = 1 + random.nextInt(40);
            float[] logits = new float[vocabulary];
            for (int id = 0; id < vocabulary; id++) {
                logits[id] = random.nextInt(8); // Many ties.
            }
            int k = 1 + random.nextInt(45);
            List<Integer> order =
                    new ArrayList<>(IntStream.range(0, vocabulary).boxed().toList());
            order.sort(Comparator.comparing((Integer id) -> -logits[id]).thenComparing(id -> id));
            Set<Integer> expected = new HashSet<>(order.subList(0, Math.min(k, vocabulary)));
            double[] weights =
                    TokenSamplers.kept(logits, SamplingOptions.defaults().withTopK(k));
            Set<Integer> kept = new HashSet<>(IntStream.range(0, vocabulary)
                    .filter(id -> weights[id] > 0)
                    .boxed()
                    .toList());
            assertThat(kept).isEqualTo(expected);
        }
    }

    @Test
    void topKOfOneIsGreedyAndOfTheVocabularyIsEverything() {
        float[] logits = {1, 2, 2, 0};
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 100; i++) {
            double uniform = random.nextDouble();
            assertThat(sample(logits, GenerationOptions.temperature(2).withTopK(1), uniform))
                    .isEqualTo(1);
            int free = sample(logits, GenerationOptions.temperature(2), uniform);
            assertThat(sample(logits, GenerationOptions.temperature(2).withTopK(4), uniform))
                    .isEqualTo(free);
            assertThat(sample(logits, GenerationOptions.temperature(2).withTopK(1_000_000), uniform))
                    .isEqualTo(free);
        }
    }

    @Test
    void sameInputSameId() {
        float[] logits = new float[1000];
        for (int id = 0; id < logits.length; id++) {
            logits[id] = (float) CounterRandom.normal(9, id);
        }
        for (int i = 0; i < 100; i++) {
            double uniform = CounterRandom.uniform(1, i);
            GenerationOptions options = GenerationOptions.temperature(0.8).withTopK(50);
            assertThat(sample(logits, options, uniform)).isEqualTo(sample(logits, options, uniform));
        }
    }

    @Test
    void damagedLogitsAreReported() {
        for (GenerationOptions options : List.of(
                GenerationOptions.greedy(),
                GenerationOptions.defaults(),
                GenerationOptions.defaults().withTopK(2))) {
            assertThatThrownBy(() -> sample(new float[] {1, Float.NaN, 0}, options, 0.5))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContainingAll("token 1", "damaged");
        }
        assertThatThrownBy(() -> sample(new float[] {1, Float.POSITIVE_INFINITY}, GenerationOptions.defaults(), 0.5))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("damaged");
    }

    @Test
    void settingsThatCannotWorkAreRefused() {
        GenerationOptions options = GenerationOptions.defaults();
        List.<ThrowingCallable>of(
                        () -> options.withTemperature(-1),
                        () -> options.withTemperature(Double.NaN),
                        () -> options.withTopK(0),
                        () -> options.withTopP(0),
                        () -> options.withTopP(1.1),
                        () -> options.withMinP(1),
                        () -> options.withTypical(Double.NaN),
                        () -> options.withRepetitionPenalty(0),
                        () -> options.withFrequencyPenalty(Double.POSITIVE_INFINITY),
                        () -> options.withNoRepeatNgram(-1),
                        () -> options.withForbidden(""),
                        () -> options.withLogProbabilities(-1),
                        () -> new BeamSearch(0, 1),
                        () -> new BeamSearch(1, -1))
                .forEach(setting -> assertThatThrownBy(setting)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("must"));
    }

    private static int sample(float[] logits, GenerationOptions options, double uniform) {
        return TokenSamplers.of(options.sampling()).sample(logits.clone(), uniform);
    }

    private static double[] shares(float[] logits, GenerationOptions options) {
        double[] shares = new double[logits.length];
        for (int i = 0; i < DRAWS; i++) {
            shares[sample(logits, options, CounterRandom.uniform(42, i))] += 1.0 / DRAWS;
        }
        return shares;
    }
}
