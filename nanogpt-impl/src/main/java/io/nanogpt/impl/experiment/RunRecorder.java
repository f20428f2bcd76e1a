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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Remembers one run as it goes, and hands over what it knows by then. A run goes on without a log that fails. */
final class RunRecorder implements TrainingListener {
    private static final System.Logger LOGGER = System.getLogger(RunRecorder.class.getName());

    private final Consumer<Run> log;
    private final Told told;
    private Run run;
    private boolean warned;

    /**
     * What a recorder is told about its run.
     *
     * @param settings in the place of those that the run knows itself, and before them
     * @param seed until the run says it
     * @param version of the library
     */
    record Told(String id, String label, Map<String, String> settings, long seed, String version) {
        Told {
            Map<String, String> texts = new LinkedHashMap<>(settings);
            texts.replaceAll((name, value) -> RunSettings.text(value));
            settings = texts;
        }
    }

    /**
     * A recorder.
     *
     * @param log gets the run at its start, its evaluations and its end
     */
    RunRecorder(Consumer<Run> log, Told told) {
        this.log = log;
        this.told = told;
        run = new Run(
                told.id(),
                told.label(),
                Instant.now(),
                told.settings(),
                told.seed(),
                Run.State.UNFINISHED,
                List.of(),
                List.of(),
                Run.Measures.none(),
                told.version(),
                Optional.empty());
    }

    /** What is known by now. */
    Run run() {
        return run;
    }

    @Override
    public void onStart(TrainingPlan plan) {
        Map<String, String> settings = new LinkedHashMap<>(told.settings());
        plan.settings().forEach(settings::putIfAbsent);
        String seed = settings.remove("seed");
        run = new Run(
                run.id(),
                run.label(),
                run.startedAt(),
                settings,
                seed == null ? told.seed() : Long.parseLong(seed),
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
        hand();
    }

    @Override
    public void onEvaluation(EvaluationPoint point) {
        // A run that rolled back evaluates its steps again.
        List<EvaluationPoint> evaluations = new ArrayList<>(run.evaluations());
        evaluations.removeIf(earlier -> earlier.step() >= point.step());
        evaluations.add(point);
        List<Run.Sample> samples = new ArrayList<>(run.samples());
        samples.removeIf(sample -> sample.step() >= point.step());
        run = with(Run.State.UNFINISHED, evaluations, samples, measures(point.seconds(), 0), Optional.empty());
        hand();
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
        hand();
    }

    @Override
    public void onError(Throwable error) {
        run = with(Run.State.FAILED, run.evaluations(), run.samples(), run.measures(), Optional.of(message(error)));
        hand();
    }

    /** Errors that are not meant for people say what they are. */
    private static String message(Throwable error) {
        String message = error.getMessage();
        boolean forPeople = error instanceof NanogptException
                || error instanceof IllegalArgumentException
                || error instanceof UncheckedIOException;
        return message != null && forPeople ? message : error.toString();
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
            RunJson.write(run, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // A ByteArrayOutputStream throws none.
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** The id is that of the run that was interrupted, so that one run has one file. */
    @Override
    public void restore(String state) {
        int end = state.indexOf('\n');
        if (end < 0) {
            throw new NanogptException("the checkpoint does not hold the record of a run, but \"" + state + "\"");
        }
        JsonValue json = JsonValue.parse(state.substring(end + 1), "the state of a run's record", "a training run");
        Run earlier = RunJson.read(json, state.substring(0, end));
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

    private void hand() {
        try {
            log.accept(run);
        } catch (NanogptException | UncheckedIOException e) {
            if (!warned) {
                LOGGER.log(
                        System.Logger.Level.WARNING,
                        "the run " + run.id() + " goes on, but could not be logged: " + e.getMessage());
            }
            warned = true;
        }
    }
}
