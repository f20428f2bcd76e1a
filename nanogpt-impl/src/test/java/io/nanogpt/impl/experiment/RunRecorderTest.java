package io.nanogpt.impl.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.RunLog;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.DivergencePolicy;
import io.nanogpt.train.SampleConfig;
import io.nanogpt.train.Schedule;
import io.nanogpt.train.TrainingDivergedException;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunRecorderTest {
    private static final Corpus CORPUS = Corpus.ofText("the quick brown fox jumps over the lazy dog; ".repeat(30));

    @TempDir
    private Path folder;

    private RunLog log() {
        return RunLog.open(folder.resolve("runs"));
    }

    @Test
    void aRunIsRememberedWithItsSettings() {
        GPT.Builder builder = small().listener(
                        log().recorder("first", Runs.settings("separator", "\n", "learning-rate", "1e-02")))
                .training(trainer -> trainer.samples(new SampleConfig(
                        List.of("the"), GenerationOptions.greedy().withMaxTokens(3))));
        TrainingReport report = train(builder);
        Run run = log().list().get(0);
        assertThat(run.label()).isEqualTo("first");
        assertThat(run.state()).isEqualTo(Run.State.FINISHED);
        assertThat(run.seed()).isEqualTo(7);
        assertThat(run.version()).isEqualTo(System.getProperty("nanogpt.test.version"));
        assertThat(run.evaluations()).isEqualTo(report.evaluations());
        assertThat(run.samples()).extracting(Run.Sample::step).containsExactly(0, 20, 40);
        assertThat(run.samples())
                .allMatch(
                        sample -> sample.prompt().equals("the") && sample.text().length() == 3);
        assertThat(run.measures())
                .isEqualTo(new Run.Measures(
                        report.plan().parameters(),
                        report.plan().trainTokens(),
                        32,
                        report.seconds(),
                        report.tokensPerSecond()));
        assertThat(run.settings())
                .containsEntry("separator", "\n")
                .containsEntry("architecture", "nanogpt-transformer")
                .containsEntry("embedding-size", "8")
                .containsEntry("dropout", "0.2")
                .containsEntry("batch-size", "4")
                .containsEntry("steps", "40")
                .containsEntry("learning-rate", "0.01")
                .containsEntry("betas", "0.9,0.999")
                .containsEntry("epsilon", "0.00000001")
                .containsEntry("schedule", "cosine[warmup=5, floor=0.1]")
                .containsEntry("eval-every", "20")
                .doesNotContainKeys("seed", "epochs", "gradient-clip");
        assertThat(run.settings().keySet())
                .startsWith("separator", "learning-rate")
                .contains("layers");
    }

    @Test
    void aRunIsSeenWhileItRuns() {
        List<Run.State> seen = new ArrayList<>();
        GPT.Builder builder = small().listener(log().recorder("seen")).listener(new TrainingListener() {
            @Override
            public void onEvaluation(EvaluationPoint point) {
                Run run = log().list().get(0);
                assertThat(run.last()).contains(point);
                seen.add(run.state());
            }
        });
        train(builder);
        assertThat(seen).containsExactly(Run.State.UNFINISHED, Run.State.UNFINISHED, Run.State.UNFINISHED);
    }

    @Test
    void aRunThatDivergesIsRememberedWithItsError() {
        GPT.Builder builder = small().listener(log().recorder("too fast"))
                .training(trainer -> trainer.optimizer(AdamW.defaults().withLearningRate(1e6))
                        .divergencePolicy(DivergencePolicy.stop().withExplosion(1.01)));
        assertThatThrownBy(() -> train(builder)).isInstanceOf(TrainingDivergedException.class);
        Run run = log().list().get(0);
        assertThat(run.failed()).isTrue();
        assertThat(run.error().orElseThrow()).contains("the loss of step");
        assertThat(run.evaluations()).isNotEmpty();
        assertThat(run.settings()).containsEntry("learning-rate", "1000000");
    }

    @Test
    void aRunThatIsInterruptedAndResumedIsOneRun() {
        GPT.Builder first = resumable().listener(log().recorder("resumed")).listener(new TrainingListener() {
            @Override
            public void onStep(TrainingStep step) {
                if (step.number() == 30) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        train(first);
        assertThat(Thread.interrupted()).isTrue();
        Run unfinished = log().list().get(0);
        assertThat(unfinished.state()).isEqualTo(Run.State.UNFINISHED);
        assertThat(unfinished.last().orElseThrow().step()).isEqualTo(30);

        TrainingReport report = train(resumable().listener(log().recorder("resumed")));
        assertThat(log().list()).hasSize(1);
        Run finished = log().list().get(0);
        assertThat(finished.id()).isEqualTo(unfinished.id());
        assertThat(finished.startedAt()).isEqualTo(unfinished.startedAt());
        assertThat(finished.state()).isEqualTo(Run.State.FINISHED);
        assertThat(finished.evaluations()).isEqualTo(report.evaluations());
        assertThat(finished.evaluations()).extracting(EvaluationPoint::step).containsExactly(0, 20, 40);
        assertThat(finished.steps())
                .extracting(Run.StepPoint::step)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 40).boxed().toList());
        assertThat(finished.steps()).allMatch(point -> point.loss() > 0 && point.gradientNorm() > 0);
    }

    @Test
    void aRunGoesOnWithoutItsLog() throws IOException {
        Files.writeString(folder.resolve("runs"), "a file in the way");
        assertThat(train(small().listener(log().recorder("lost"))).steps()).isEqualTo(40);
    }

    private GPT.Builder resumable() {
        return small().training(trainer -> trainer.checkpoints(
                CheckpointConfig.in(folder.resolve("checkpoints")).withEvery(10).withResume(true)));
    }

    private static GPT.Builder small() {
        return GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(8)
                .contextLength(8)
                .dropout(0.2)
                .batchSize(4)
                .steps(40)
                .learningRate(1e-2)
                .evaluateEvery(20)
                .evaluationBatches(2)
                .seed(7)
                .threads(1)
                .training(trainer -> trainer.schedule(Schedule.cosine(5, 0.1)));
    }

    private static TrainingReport train(GPT.Builder builder) {
        try (LanguageModel model = builder.train(CORPUS)) {
            return model.report().orElseThrow();
        }
    }
}
