package io.nanogpt.impl.experiment;

import io.nanogpt.NanogptException;
import io.nanogpt.experiment.Run;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.train.RunSettings;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingReport.StopReason;
import io.nanogpt.train.TrainingStep;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Records a run and logs it at its start, at every evaluation and at its end. A failing log does not stop the run. */
final class RunRecorder implements TrainingListener {
    private static final System.Logger LOGGER = System.getLogger(RunRecorder.class.getName());

    private final Consumer<Run> log;
    private final Request request;
    private final StepPoints steps = new StepPoints();
    private Run run;
    private boolean warned;

    /**
     * What is known of a run before it starts.
     *
     * @param settings override and precede those of the training plan
     * @param seed used if the plan has none
     * @param version of the library
     */
    record Request(String id, String label, Map<String, String> settings, long seed, String version) {
        Request {
            Map<String, String> texts = new LinkedHashMap<>(settings);
            texts.replaceAll((name, value) -> RunSettings.text(value));
            settings = texts;
        }
    }

    /**
     * Creates a recorder.
     *
     * @param log receives the run at its start, at every evaluation and at its end
     * @param clock tells when the run starts
     */
    RunRecorder(Consumer<Run> log, Request request, Clock clock) {
        this.log = log;
        this.request = request;
        run = new Run(
                request.id(),
                request.label(),
                clock.instant(),
                request.settings(),
                request.seed(),
                Run.State.UNFINISHED,
                List.of(),
                List.of(),
                Run.Measures.none(),
                request.version(),
                Optional.empty());
    }

    /** The run as recorded so far. */
    Run run() {
        return run.withSteps(steps.list());
    }

    @Override
    public void onStart(TrainingPlan plan) {
        Map<String, String> settings = new LinkedHashMap<>(request.settings());
        plan.settings().forEach(settings::putIfAbsent);
        String seed = settings.remove("seed");
        run = new Run(
                run.id(),
                run.label(),
                run.startedAt(),
                settings,
                seed == null ? request.seed() : Long.parseLong(seed),
                Run.State.UNFINISHED,
                run.evaluations(),
                run.samples(),
                new Run.Measures(
                        plan.parameters(),
                        plan.trainTokens(),
                        plan.tokensPerStep(),
                        run.measures().seconds(),
                        0),
                run.version(),
                Optional.empty());
        steps.begin(plan.tokensAfter(plan.firstStep() - 1));
        log();
    }

    @Override
    public void onStep(TrainingStep step) {
        steps.add(step);
    }

    @Override
    public void onEvaluation(EvaluationPoint point) {
        // After a rollback, steps are evaluated again.
        List<EvaluationPoint> evaluations = new ArrayList<>(run.evaluations());
        evaluations.removeIf(earlier -> earlier.step() >= point.step());
        evaluations.add(point);
        List<Run.Sample> samples = new ArrayList<>(run.samples());
        samples.removeIf(sample -> sample.step() >= point.step());
        run = with(Run.State.UNFINISHED, evaluations, samples, measures(point.seconds(), 0), Optional.empty());
        log();
    }

    @Override
    public void onSample(int step, String prompt, String text) {
        List<Run.Sample> samples = new ArrayList<>(run.samples());
        samples.add(new Run.Sample(step, prompt, text));
        run = with(run.state(), run.evaluations(), samples, run.measures(), run.error());
    }

    @Override
    public void onEnd(TrainingReport report) {
        Run.State state = report.reason() == StopReason.INTERRUPTED ? Run.State.UNFINISHED : Run.State.FINISHED;
        run = with(
                state,
                report.evaluations(),
                run.samples(),
                measures(report.seconds(), report.tokensPerSecond()),
                Optional.empty());
        run = run.withBaselines(report.baselines());
        log();
    }

    @Override
    public void onError(Throwable error) {
        run = with(Run.State.FAILED, run.evaluations(), run.samples(), run.measures(), Optional.of(message(error)));
        log();
    }

    /** Exceptions without a message for users are prefixed with their class. */
    private static String message(Throwable error) {
        String message = error.getMessage();
        boolean forUsers = error instanceof NanogptException
                || error instanceof IllegalArgumentException
                || error instanceof UncheckedIOException;
        return message != null && forUsers ? message : error.toString();
    }

    private Run with(
            Run.State state,
            List<EvaluationPoint> evaluations,
            List<Run.Sample> samples,
            Run.Measures measures,
            Optional<String> error) {
        return new Run(
                run.id(),
                run.label(),
                run.startedAt(),
                run.settings(),
                run.seed(),
                state,
                evaluations,
                samples,
                measures,
                run.version(),
                error);
    }

    private Run.Measures measures(double seconds, double tokensPerSecond) {
        Run.Measures measures = run.measures();
        return new Run.Measures(
                measures.parameters(), measures.trainTokens(), measures.tokensPerStep(), seconds, tokensPerSecond);
    }

    @Override
    public String state() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            bytes.write((run.id() + "\n").getBytes(StandardCharsets.UTF_8));
            RunJson.write(run(), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Never thrown by ByteArrayOutputStream.
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Adopts the id of the interrupted run, so that one run has one file. */
    @Override
    public void restore(String state) {
        int end = state.indexOf('\n');
        if (end < 0) {
            throw new NanogptException("the checkpoint holds no run record, but \"" + state + "\"");
        }
        JsonValue json = JsonValue.parse(state.substring(end + 1), "the run record in a checkpoint", "a training run");
        Run earlier = RunJson.read(json, state.substring(0, end));
        steps.restore(earlier.steps());
        run = new Run(
                earlier.id(),
                run.label(),
                earlier.startedAt(),
                run.settings(),
                run.seed(),
                Run.State.UNFINISHED,
                earlier.evaluations(),
                earlier.samples(),
                earlier.measures(),
                run.version(),
                Optional.empty());
    }

    private void log() {
        try {
            log.accept(run());
        } catch (NanogptException | UncheckedIOException e) {
            if (!warned) {
                LOGGER.log(
                        System.Logger.Level.WARNING,
                        "the run " + run.id() + " continues, but could not be logged: " + e.getMessage());
            }
            warned = true;
        }
    }
}
