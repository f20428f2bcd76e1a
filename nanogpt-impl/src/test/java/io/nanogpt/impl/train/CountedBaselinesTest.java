package io.nanogpt.impl.train;

import static io.nanogpt.impl.train.TrainingRunTest.SIZE;
import static io.nanogpt.impl.train.TrainingRunTest.TRAIN;
import static io.nanogpt.impl.train.TrainingRunTest.VALIDATION;
import static io.nanogpt.impl.train.TrainingRunTest.VOCABULARY;
import static io.nanogpt.impl.train.TrainingRunTest.run;
import static io.nanogpt.impl.train.TrainingRunTest.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.impl.data.Batches;
import io.nanogpt.impl.data.TrainingText;
import io.nanogpt.impl.ngram.NgramLosses;
import io.nanogpt.impl.ngram.NgramModel;
import io.nanogpt.train.Baselines;
import io.nanogpt.train.Trainer;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingStep;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The losses of counted n-grams that a run reports beside its own. */
class CountedBaselinesTest {
    @Test
    void countsAreEvaluatedOnTheBatchesOfTheLastEvaluation() {
        TrainingReport report = run(FakeBackend.falling(), settings(4)).report();
        Baselines baselines = report.baselines().orElseThrow();
        assertThat(baselines.uniform()).isCloseTo(Math.log(VOCABULARY), within(1e-12));
        assertThat(baselines.note()).isEmpty();
        assertThat(baselines.ngrams()).hasSize(Baselines.MOST_ORDERS);
        // The text repeats every 50 ids, which are equally frequent.
        assertThat(baselines.unigram().orElseThrow()).isCloseTo(Math.log(VOCABULARY), within(1e-3));
        assertThat(baselines.ngram().orElseThrow()).isLessThan(0.5);
        NgramLosses losses =
                new NgramLosses(NgramModel.of(TrainingText.of(TRAIN, SIZE), VOCABULARY, Baselines.MOST_ORDERS));
        Batches batches = Batches.random(VALIDATION, SIZE, new Keys(1337).validationEvaluation());
        int[] inputs = new int[SIZE.tokens()];
        int[] targets = new int[SIZE.tokens()];
        for (int index = 8; index < 10; index++) {
            batches.fill(index, inputs, targets);
            for (int row = 0; row < SIZE.batch(); row++) {
                losses.add(inputs, targets, row * SIZE.context(), SIZE.context());
            }
        }
        assertThat(baselines.ngrams().get(2)).isCloseTo(losses.sum(3) / losses.count(), within(1e-12));
        assertThat(run(FakeBackend.falling(), settings(4)).report().baselines()).isEqualTo(report.baselines());
    }

    /** Every token of the split but the first is predicted once, in windows of the context length. */
    @Test
    void countsAreEvaluatedOnTheWholeSplitIfTheRunIs() {
        Baselines baselines = run(FakeBackend.falling(), settings(4).evaluateFully(true))
                .report()
                .baselines()
                .orElseThrow();
        NgramLosses losses =
                new NgramLosses(NgramModel.of(TrainingText.of(TRAIN, SIZE), VOCABULARY, Baselines.MOST_ORDERS));
        int[] text = IntStream.range(0, 60).map(i -> i * 7 % VOCABULARY).toArray();
        for (int from = 0; from < 59; from += SIZE.context()) {
            int length = Math.min(SIZE.context(), 59 - from);
            losses.add(
                    Arrays.copyOfRange(text, from, from + length),
                    Arrays.copyOfRange(text, from + 1, from + 1 + length),
                    0,
                    length);
        }
        assertThat(losses.count()).isEqualTo(59);
        for (int order = 1; order <= Baselines.MOST_ORDERS; order++) {
            assertThat(baselines.ngrams().get(order - 1)).isCloseTo(losses.sum(order) / 59, within(1e-12));
        }
    }

    @Test
    void nothingIsCountedIfNotRequestedOrInterrupted() {
        assertThat(run(FakeBackend.falling(), settings(4).baselines(false))
                        .report()
                        .baselines())
                .isEmpty();
        Trainer.Builder interrupted = settings(4).listener(new TrainingListener() {
            @Override
            public void onStep(TrainingStep step) {
                Thread.currentThread().interrupt();
            }
        });
        Baselines none;
        try {
            none = run(FakeBackend.falling(), interrupted).report().baselines().orElseThrow();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(none.ngrams()).isEmpty();
        assertThat(none.note()).contains("interrupted");
        assertThat(none.ngram()).isEmpty();
        assertThat(none.bestOrder()).isEmpty();
    }
}
