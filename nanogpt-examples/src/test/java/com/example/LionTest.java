package com.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.data.Corpus;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.CustomOptimizer;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.ParameterSelector;
import io.nanogpt.train.TrainingReport;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An optimizer of another library, which the built-in ones know nothing of. */
@Tag("any-jdk")
class LionTest {
    private static final Corpus CORPUS = Corpus.ofText("the quick brown fox jumps over the lazy dog; ".repeat(30));

    @TempDir
    private Path folder;

    private static GPT.Builder settings(float beta2) {
        return GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(16)
                .contextLength(8)
                .threads(2)
                .evaluateEvery(20)
                .evaluationBatches(2)
                .optimizer(ParameterGroups.of(AdamW.defaults())
                        .with(
                                ParameterSelector.hidden(),
                                CustomOptimizer.of(1e-3, new Lion(0.9f, beta2)).withWeightDecay(0.1)));
    }

    private GPT.Builder resumable(float beta2) {
        return settings(beta2)
                .checkpoints(CheckpointConfig.in(folder.resolve("checkpoints"))
                        .withEvery(10)
                        .withResume(true));
    }

    @Test
    void itTrainsAndIsResumedExactly() {
        try (LanguageModel whole = settings(0.99f).steps(40).train(CORPUS)) {
            TrainingReport report = whole.report().orElseThrow();
            assertThat(report.evaluations().get(report.evaluations().size() - 1).validationLoss())
                    .isLessThan(report.evaluations().get(0).validationLoss());
            assertThat(report.plan().settings().get("optimizer of hidden"))
                    .isEqualTo("lion[0.9, 0.99][learning-rate=0.001, weight-decay=0.1]");
            resumable(0.99f).steps(20).train(CORPUS).close();
            try (LanguageModel resumed = resumable(0.99f).steps(40).train(CORPUS)) {
                assertThat(resumed.report().orElseThrow().plan().firstStep()).isEqualTo(21);
                assertThat(resumed.logits(1, 2, 3)).containsExactly(whole.logits(1, 2, 3));
            }
        }
        assertThatThrownBy(() -> resumable(0.98f).steps(50).train(CORPUS))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("another optimizer (hidden: lion[0.9, 0.99], AdamW)")
                .hasMessageContaining("(hidden: lion[0.9, 0.98], AdamW)");
    }
}
