package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.GPT;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.spi.BatchTooLargeException;
import io.nanogpt.train.BatchSizeFinder;
import io.nanogpt.train.LearningRateFinder;
import io.nanogpt.train.SampleConfig;
import io.nanogpt.train.TrainingListener;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindersTest {
    private static final Corpus CORPUS = Corpus.ofText("the quick brown fox jumps over the lazy dog; ".repeat(40));

    private static GPT.Builder small() {
        return GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(16)
                .contextLength(8)
                .batchSize(4)
                .threads(1);
    }

    @Test
    void aLearningRateIsFoundBelowTheOneThatExplodes() {
        LearningRateFinder finder = LearningRateFinder.between(1e-5, 1e3, 120);
        LearningRateFinder.Result result =
                finder.find(() -> small().training(finder::prepare).train(CORPUS));
        assertThat(result.points().get(0).learningRate()).isEqualTo(1e-5);
        assertThat(result.points()).hasSizeLessThan(120);
        assertThat(result.suggestion()).isBetween(1e-4, 1.0).isLessThan(result.lowestLoss());
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        // A function of the settings alone.
        assertThat(finder.find(() -> small().training(finder::prepare).train(CORPUS)))
                .isEqualTo(result);
        assertThatThrownBy(() -> LearningRateFinder.between(1, 0.1, 10))
                .hasMessageContaining("must be above 0 and grow");
        assertThatThrownBy(() -> finder.find(() -> small().steps(1).train(CORPUS)))
                .hasMessageContaining("apply the prepare method");
    }

    @Test
    void batchesAreTriedUntilOneDoesNotFit() {
        BatchSizeFinder.Result result = BatchSizeFinder.upTo(64).find(trial -> {
            if (trial.batchSize() > 8) {
                throw new BatchTooLargeException("too large", 8);
            }
            return small().training(trial::prepare).train(CORPUS);
        });
        assertThat(result.points()).extracting(BatchSizeFinder.Point::batchSize).containsExactly(1, 2, 4, 8);
        assertThat(result.points()).contains(result.fastest());
        assertThatThrownBy(() -> BatchSizeFinder.upTo(4).find(trial -> {
                    throw new BatchTooLargeException("too large", 0);
                }))
                .isInstanceOf(BatchTooLargeException.class);
    }

    @Test
    void theModelWritesAtEveryEvaluation() {
        List<String> samples = new ArrayList<>();
        small().training(trainer -> trainer.steps(10)
                        .evaluateEvery(5)
                        .evaluationBatches(1)
                        .samples(new SampleConfig(
                                        List.of("the", "fox"),
                                        GenerationOptions.greedy().withMaxTokens(4))
                                .withAttention())
                        .listener(new TrainingListener() {
                            @Override
                            public void onSample(int step, String prompt, String text) {
                                assertThat(text).hasSize(4);
                                samples.add(step + " " + prompt);
                            }

                            @Override
                            public void onAttention(int step, AttentionMaps maps) {
                                assertThat(maps.tokens()).hasSize(3);
                                for (float[] row : maps.head(0, 0)) {
                                    assertThat(row[0] + row[1] + row[2]).isCloseTo(1, within(1e-5f));
                                }
                                samples.add(step + " looked");
                            }
                        }))
                .train(CORPUS)
                .close();
        assertThat(samples)
                .containsExactly(
                        "0 the",
                        "0 looked",
                        "0 fox",
                        "0 looked",
                        "5 the",
                        "5 looked",
                        "5 fox",
                        "5 looked",
                        "10 the",
                        "10 looked",
                        "10 fox",
                        "10 looked");
    }
}
