package io.nanogpt.impl.train;

import static io.nanogpt.impl.train.TrainingRunTest.TRAIN;
import static io.nanogpt.impl.train.TrainingRunTest.VALIDATION;
import static io.nanogpt.impl.train.TrainingRunTest.architecture;
import static io.nanogpt.impl.train.TrainingRunTest.run;
import static io.nanogpt.impl.train.TrainingRunTest.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.generate.GenerationInterruptedException;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.impl.fakes.Notices;
import io.nanogpt.impl.train.TrainingRun.SampleWriter;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.SampleConfig;
import io.nanogpt.train.Trainer;
import io.nanogpt.train.TrainingConfig;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingReport.StopReason;
import io.nanogpt.train.TrainingStep;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** Runs that an interrupt or a listener ends before their last step. */
class EndedRunTest {
    private static List<String> notices(FakeBackend backend, Trainer.Builder settings) {
        Notices notices = new Notices();
        run(backend, settings.listener(notices));
        return notices.heard();
    }

    @Test
    void aRunThatEndsBeforeItsFirstStepIsToldOf() {
        assertThat(notices(FakeBackend.falling(), settings(10).maxTime(Duration.ofNanos(1))))
                .singleElement()
                .asString()
                .startsWith("the run ended before its first step, so the weights are those that it began with");
        assertThat(notices(FakeBackend.falling(), settings(10))).isEmpty();
    }

    /** What a listener shows is not logged as well. */
    @Test
    void aNoticeIsLoggedUnlessAListenerShowsIt() {
        assertThat(logged(List.of())).hasSize(1);
        assertThat(logged(List.of(new Notices()))).hasSize(1);
        StringWriter shown = new StringWriter();
        TrainingListener progress = TrainingListener.progress(new PrintWriter(shown, true));
        assertThat(logged(List.of(new Notices(), progress))).isEmpty();
        System.Logger logger = System.getLogger("io.nanogpt.impl.train.EndedRunTest");
        assertThat(logged(List.of(TrainingListener.progress(logger)))).hasSize(1);
        assertThat(shown.toString()).containsOnlyOnce("the run ended before its first step");
    }

    /** What a run that is told to end at once logs. */
    private static List<String> logged(List<TrainingListener> listeners) {
        List<String> messages = new ArrayList<>();
        Logger logger = Logger.getLogger("io.nanogpt");
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                if (entry.getLevel().equals(Level.WARNING)) {
                    messages.add(entry.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try {
            Trainer.Builder settings = settings(10).maxTime(Duration.ofNanos(1));
            listeners.forEach(settings::listener);
            run(FakeBackend.falling(), settings);
        } finally {
            logger.removeHandler(handler);
        }
        return messages;
    }

    @Test
    void aRunThatOnlyGotWorseIsToldOf() {
        FakeBackend rising = new FakeBackend(updates -> 1, updates -> updates + 1);
        assertThat(notices(rising, settings(10).evaluateEvery(2).keepBest(true)))
                .singleElement()
                .asString()
                .startsWith("no step lowered the validation loss, so the weights are those that the run began with");
        assertThat(notices(rising, settings(10).evaluateEvery(2))).isEmpty();
    }

    @Test
    void anInterruptEndsTheRunAfterTheStepAndKeepsTheFlag() {
        FakeBackend backend = FakeBackend.falling();
        List<String> heard = new ArrayList<>();
        TrainingReport report = run(
                        backend, settings(100).evaluationBatches(20).listener(new TrainingRunTest.Recorder(heard) {
                            @Override
                            public void onStep(TrainingStep step) {
                                super.onStep(step);
                                if (step.number() == 3) {
                                    Thread.currentThread().interrupt();
                                }
                            }
                        }))
                .report();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(report.steps()).isEqualTo(3);
        assertThat(report.last().step()).isEqualTo(3);
        assertThat(backend.store.updates).isEqualTo(3);
        assertThat(heard).endsWith("step 3", "evaluation 3", "end 3");
    }

    @Test
    void anInterruptWhileASampleIsWrittenEndsTheRun() {
        SampleWriter interrupted = new SampleWriter() {
            @Override
            public String write(ParameterStore parameters, String prompt) {
                Thread.currentThread().interrupt();
                throw new GenerationInterruptedException(2);
            }

            @Override
            public AttentionMaps attention(ParameterStore parameters, String prompt) {
                throw new IllegalStateException("not requested");
            }
        };
        TrainingConfig config = settings(10)
                .samples(new SampleConfig(List.of("a"), GenerationOptions.greedy()))
                .build()
                .config();
        TrainingReport report = TrainingRun.run(
                        FakeBackend.falling(),
                        TrainingRun.Model.of(architecture()),
                        new TrainingRun.Data(TRAIN, VALIDATION),
                        config,
                        new TrainingRun.Services(null, interrupted))
                .report();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(report.reason()).isEqualTo(StopReason.INTERRUPTED);
        assertThat(report.steps()).isZero();
    }

    @Test
    void aRunOfAnInterruptedThreadIsRefused() {
        FakeBackend backend = FakeBackend.falling();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> run(backend, settings(10)))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("is interrupted")
                .hasMessageContaining("Thread.interrupted()");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(backend.trainingInputs).isEmpty();
    }

    @Test
    void aListenerEndsTheRunAtTheStepOrTheEvaluationThatItChooses() {
        List<String> heard = new ArrayList<>();
        FakeBackend backend = FakeBackend.falling();
        boolean[] stop = new boolean[1];
        TrainingReport report = run(backend, settings(100).listener(new TrainingRunTest.Recorder(heard) {
                    @Override
                    public void onStep(TrainingStep step) {
                        super.onStep(step);
                        stop[0] = step.number() == 3;
                    }

                    @Override
                    public boolean shouldStop() {
                        return stop[0];
                    }
                }))
                .report();
        assertThat(report.reason()).isEqualTo(StopReason.LISTENER);
        assertThat(report.steps()).isEqualTo(3);
        assertThat(heard).endsWith("step 3", "evaluation 3", "end 3");

        TrainingReport evaluated = run(
                        FakeBackend.falling(),
                        settings(100).evaluateEvery(5).listener(new TrainingRunTest.Recorder(heard) {
                            private int last;

                            @Override
                            public void onEvaluation(EvaluationPoint point) {
                                last = point.step();
                            }

                            @Override
                            public boolean shouldStop() {
                                return last == 10;
                            }
                        }))
                .report();
        assertThat(evaluated.steps()).isEqualTo(10);
        assertThat(evaluated.reason()).isEqualTo(StopReason.LISTENER);
    }
}
