package io.nanogpt.impl.train;

import static io.nanogpt.impl.train.TrainingRunTest.run;
import static io.nanogpt.impl.train.TrainingRunTest.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.nanogpt.GPT;
import io.nanogpt.data.Corpus;
import io.nanogpt.impl.fakes.Notices;
import io.nanogpt.train.TrainingReport;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContextWarmupTest {
    @Test
    void sequencesAreCutIntoFourThenIntoTwo() {
        FakeBackend warming = FakeBackend.falling();
        FakeBackend whole = FakeBackend.falling();
        TrainingReport report = run(warming, settings(6).contextWarmup(4)).report();
        run(whole, settings(6));
        List<String> shapes = warming.trainingShapes;
        assertThat(shapes.subList(shapes.size() - 6, shapes.size()))
                .containsExactly("12x2", "12x2", "6x4", "6x4", "3x8", "3x8");
        assertThat(last(6, warming)).as("the same tokens").isDeepEqualTo(last(6, whole));
        assertThat(report.plan().tokensAfter(6)).isEqualTo(6 * 24);
        assertThat(report.plan().settings()).containsEntry("context-warmup", "4");
        assertThat(warming.open).isZero();
        assertThat(warming.mostOpen)
                .as("training, evaluation and one of the warm-up")
                .isEqualTo(3);
    }

    @Test
    void oneThatIsNotShorterThanTheRunIsToldOnce() {
        Notices notices = new Notices();
        run(FakeBackend.falling(), settings(6).contextWarmup(5).listener(notices));
        assertThat(notices.heard()).isEmpty();
        run(FakeBackend.falling(), settings(6).contextWarmup(6).listener(notices));
        assertThat(notices.heard())
                .singleElement()
                .asString()
                .contains("the warm-up of the context is to end after step 6, and the run ends after step 6");
    }

    private static int[][] last(int count, FakeBackend backend) {
        List<int[]> all = backend.trainingInputs;
        return all.subList(all.size() - count, all.size()).toArray(new int[0][]);
    }

    @Test
    void aContextThatCannotBeCutIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GPT.builder()
                        .layers(1)
                        .contextLength(2)
                        .contextWarmup(5)
                        .train(Corpus.ofText("abcdefgh".repeat(40))))
                .withMessageContaining("the context length is 2; take one that 4 divides");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GPT.builder()
                        .layers(1)
                        .contextLength(10)
                        .contextWarmup(5)
                        .train(Corpus.ofText("abcdefgh".repeat(40))))
                .withMessage(
                        "contextWarmup cuts sequences into 4, but the context length is 10; take one that 4 divides,"
                                + " or leave out contextWarmup");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GPT.builder().contextWarmup(-1))
                .withMessage("contextWarmup must be at least 0, but is -1");
    }
}
