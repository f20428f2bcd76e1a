package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.data.Corpus;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingStep;
import io.nanogpt.train.WeightAveraging;
import io.nanogpt.train.WeightAveraging.Keep;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("any-jdk")
class WeightAveragingTest {
    private static final Corpus CORPUS = Corpus.ofText("the quick brown fox jumps over the lazy dog; ".repeat(30));
    private static final int STEPS = 30;
    private static final WeightAveraging AVERAGING =
            WeightAveraging.ema(0.8).withEvery(3).withKeep(Keep.AVERAGED);

    @TempDir
    private Path folder;

    @Test
    void anInterruptedRunEndsWithTheSameAverages() throws IOException {
        TrainingReport whole = run(settings(), "whole", Integer.MAX_VALUE);
        for (int step : new int[] {1, 3, 11, 20, 29}) {
            run(resumable(), "part", step);
        }
        TrainingReport last = run(resumable(), "part", Integer.MAX_VALUE);
        assertThat(folder.resolve("part/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("whole/model.safetensors"));
        assertThat(last.evaluations())
                .extracting(EvaluationPoint::step, EvaluationPoint::validationLoss, EvaluationPoint::averagedLoss)
                .isEqualTo(whole.evaluations().stream()
                        .map(point -> Tuple.tuple(point.step(), point.validationLoss(), point.averagedLoss()))
                        .toList());
    }

    @Test
    void averagesDoNotDependOnThreads() throws IOException {
        run(settings(), "one", Integer.MAX_VALUE);
        for (int threads = 2; threads <= 3; threads++) {
            run(settings().threads(threads), "several", Integer.MAX_VALUE);
            assertThat(folder.resolve("several/model.safetensors"))
                    .hasSameBinaryContentAs(folder.resolve("one/model.safetensors"));
        }
    }

    /** The average is evaluated, but never trained: the raw weights are those of a run without one. */
    @Test
    void rawWeightsAreUntouched() throws IOException {
        TrainingReport raw = run(settings().averaging(AVERAGING.withKeep(Keep.RAW)), "raw", Integer.MAX_VALUE);
        TrainingReport averaged = run(settings(), "averaged", Integer.MAX_VALUE);
        try (LanguageModel model = plain().train(CORPUS)) {
            model.save(folder.resolve("plain"));
        }
        assertThat(folder.resolve("raw/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("plain/model.safetensors"));
        assertThat(raw.evaluations())
                .first()
                .extracting(EvaluationPoint::averagedLoss)
                .isEqualTo(OptionalDouble.empty());
        assertThat(averaged.last().validationLoss())
                .isEqualTo(raw.last().averagedLoss().orElseThrow());
        assertThat(averaged.last().step()).isEqualTo(STEPS);
        assertThat(averaged.plan().estimatedBytes())
                .isEqualTo(plan().estimatedBytes() + 4 * averaged.plan().parameters());
    }

    private static TrainingPlan plan() {
        try (LanguageModel model = plain().train(CORPUS)) {
            return model.report().orElseThrow().plan();
        }
    }

    @Test
    void theBetterOfBothIsKept() {
        double best = run(settings().averaging(AVERAGING.withKeep(Keep.BEST)), "best", Integer.MAX_VALUE)
                .last()
                .validationLoss();
        double raw = run(settings().averaging(AVERAGING.withKeep(Keep.RAW)), "raw", Integer.MAX_VALUE)
                .last()
                .validationLoss();
        double averaged = run(settings(), "averaged", Integer.MAX_VALUE).last().validationLoss();
        assertThat(best).isEqualTo(Math.min(raw, averaged));
        assertThat(raw).isNotEqualTo(averaged);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> settings().keepBest(true).config())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("keepBest");
        assertThatThrownBy(() -> WeightAveraging.ema(1)).hasMessageContaining("[0, 1), but is 1.0");
        assertThatThrownBy(() -> AVERAGING.withEvery(0)).hasMessageContaining("at least 1, but is 0");
        run(
                plain().checkpoints(CheckpointConfig.in(folder.resolve("checkpoints"))
                        .withEvery(10)),
                "plain",
                20);
        assertThatThrownBy(() -> run(resumable(), "part", Integer.MAX_VALUE))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("another averaging (none)");
    }

    private GPT.Builder resumable() {
        return settings()
                .checkpoints(CheckpointConfig.in(folder.resolve("checkpoints"))
                        .withEvery(7)
                        .withResume(true));
    }

    private static GPT.Builder settings() {
        return plain().averaging(AVERAGING);
    }

    private static GPT.Builder plain() {
        return GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(8)
                .contextLength(8)
                .batchSize(4)
                .steps(STEPS)
                .learningRate(1e-2)
                .evaluateEvery(10)
                .evaluationBatches(2)
                .baselines(false)
                .threads(1);
    }

    private TrainingReport run(GPT.Builder builder, String name, int interruptAfter) {
        builder.listener(new TrainingListener() {
            @Override
            public void onStep(TrainingStep step) {
                if (step.number() == interruptAfter) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        try (LanguageModel model = builder.train(CORPUS)) {
            assertThat(Thread.interrupted()).isEqualTo(interruptAfter < STEPS);
            model.save(folder.resolve(name));
            return model.report().orElseThrow();
        }
    }
}
