package io.nanogpt.impl.live;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingStep;
import io.nanogpt.train.WeightHistogram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of one run. The training thread adds to it and never waits for a page: what pages show is written by their
 * own threads, a part at a time.
 */
final class LiveRun implements TrainingListener {
    /** The most evaluations, samples and notices; then every second of the earlier ones is left out. */
    static final int MOST = 200;

    /** The most characters of a sample. */
    static final int LONGEST = 4000;

    /** The most sets of histograms. */
    private static final int MOST_WEIGHTS = 16;

    private final String name;
    private final boolean weights;
    private final StepSeries steps = new StepSeries();
    private final List<EvaluationPoint> evaluations = new ArrayList<>();
    private final List<Sample> samples = new ArrayList<>();
    private final List<Weights> histograms = new ArrayList<>();
    private final List<Notice> notices = new ArrayList<>();
    private @Nullable TrainingPlan plan;
    private State state = State.WAITING;
    private String end = "";
    private int checkpoint;
    private boolean stopAsked;
    private boolean checkpointAsked;
    private int version;
    private int weightsVersion;

    private enum State {
        WAITING,
        RUNNING,
        FINISHED,
        FAILED
    }

    private record Sample(int step, String prompt, String text) {}

    private record Weights(int step, List<WeightHistogram> histograms) {}

    private record Notice(int step, String text) {}

    /** What a page has been sent of a run. */
    static final class Cursor {
        private int version = -1;
        private int weightsVersion = -1;
        private int seriesVersion = -1;
        private int points;
        private int lastStep = -1;
    }

    LiveRun(String name, boolean weights) {
        this.name = name;
        this.weights = weights;
    }

    @Override
    public synchronized void onStart(TrainingPlan plan) {
        this.plan = plan;
        state = State.RUNNING;
        steps.begin(plan.tokensAfter(plan.firstStep() - 1));
        if (plan.firstStep() > 1 && steps.size() == 0) {
            notices.add(new Notice(
                    plan.firstStep(),
                    "resumed after step " + (plan.firstStep() - 1) + ", before which the run was not watched"));
        }
        version++;
    }

    @Override
    public synchronized void onStep(TrainingStep step) {
        steps.add(step);
    }

    @Override
    public synchronized void onEvaluation(EvaluationPoint point) {
        evaluations.removeIf(earlier -> earlier.step() >= point.step());
        samples.removeIf(earlier -> earlier.step() >= point.step());
        histograms.removeIf(earlier -> earlier.step() >= point.step());
        evaluations.add(point);
        thinOut(evaluations, MOST);
        version++;
    }

    @Override
    public synchronized void onSample(int step, String prompt, String text) {
        samples.add(new Sample(step, shortened(prompt), shortened(text)));
        thinOut(samples, MOST);
        version++;
    }

    @Override
    public boolean wantsWeights() {
        return weights;
    }

    @Override
    public synchronized void onWeights(int step, List<WeightHistogram> of) {
        histograms.add(new Weights(step, of));
        thinOut(histograms, MOST_WEIGHTS);
        weightsVersion++;
    }

    @Override
    public synchronized void onNotice(String message) {
        notices.add(new Notice(steps.lastStep(), shortened(message)));
        thinOut(notices, MOST);
        version++;
    }

    @Override
    public synchronized boolean shouldStop() {
        return stopAsked;
    }

    @Override
    public synchronized boolean wantsCheckpoint() {
        boolean asked = checkpointAsked;
        if (asked) {
            checkpointAsked = false;
            version++;
        }
        return asked;
    }

    @Override
    public synchronized void onCheckpoint(int step) {
        checkpoint = step;
        version++;
    }

    @Override
    public synchronized void onEnd(TrainingReport report) {
        state = State.FINISHED;
        end = switch (report.reason()) {
            case DONE -> "";
            case NO_PROGRESS -> "ended early: the validation loss stopped falling";
            case TIME -> "ended at its time limit";
            case INTERRUPTED -> "interrupted";
            case LISTENER -> "stopped";
        };
        evaluations.clear();
        evaluations.addAll(report.evaluations());
        thinOut(evaluations, MOST);
        version++;
    }

    @Override
    public synchronized void onError(Throwable error) {
        state = State.FAILED;
        end = shortened(error.getMessage() == null ? error.toString() : error.getMessage());
        version++;
    }

    /** What a resumed run shows from before its interruption; a part of every checkpoint. */
    @Override
    public synchronized String state() {
        return LiveJson.text(json -> {
            json.writeStartObject();
            json.writeFieldName("steps");
            steps.save(json);
            json.writeArrayFieldStart("evaluations");
            for (EvaluationPoint point : evaluations) {
                json.writeStartObject();
                json.writeNumberField("step", point.step());
                field(json, "train", point.trainLoss());
                field(json, "validation", point.validationLoss());
                field(json, "seconds", point.seconds());
                json.writeEndObject();
            }
            json.writeEndArray();
            writeSamples(json);
            json.writeEndObject();
        });
    }

    @Override
    public synchronized void restore(String saved) {
        if (saved.isEmpty()) {
            return; // The checkpoint is of a version that kept nothing.
        }
        JsonValue json = JsonValue.parse(saved, "the page of a run in a checkpoint", "what a live page shows");
        steps.restore(json.member("steps"));
        for (JsonValue point : json.member("evaluations").elements()) {
            evaluations.add(new EvaluationPoint(
                    step(point), number(point, "train"), number(point, "validation"), number(point, "seconds")));
        }
        for (JsonValue sample : json.member("samples").elements()) {
            samples.add(new Sample(
                    step(sample),
                    sample.member("prompt").string(),
                    sample.member("text").string()));
        }
        version++;
    }

    private static int step(JsonValue json) {
        return (int) json.member("step").integer(0, Integer.MAX_VALUE);
    }

    private static double number(JsonValue json, String name) {
        JsonValue value = json.optional(name);
        return value == null ? Double.NaN : value.number();
    }

    /** Ends the run after its current step. */
    synchronized void stop() {
        requireRunning();
        stopAsked = true;
        version++;
    }

    /** Has a checkpoint written before the next step. */
    synchronized void writeCheckpoint() {
        requireRunning();
        checkpointAsked = true;
        version++;
    }

    private void requireRunning() {
        if (state != State.RUNNING) {
            throw new IllegalStateException("the run is not going on");
        }
    }

    /** Leaves out every second element but the newest half and the first. */
    private static void thinOut(List<?> list, int most) {
        if (list.size() > most) {
            for (int i = most / 2; i >= 1; i -= 2) {
                list.remove(i);
            }
        }
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }

    /** Writes an event for each part that has changed since the cursor, and moves it. */
    synchronized List<Event> changes(int number, Cursor since) {
        List<Event> events = new ArrayList<>();
        if (since.version != version) {
            events.add(new Event("run", of(number, this::writeRun)));
            since.version = version;
        }
        if (since.seriesVersion != steps.version()) {
            since.points = 0;
        }
        if (since.seriesVersion != steps.version() || since.lastStep != steps.lastStep()) {
            // The last point that was sent may have got further steps.
            int from = Math.max(0, since.points - 1);
            events.add(new Event("steps", of(number, json -> steps.write(json, from))));
            since.seriesVersion = steps.version();
            since.points = steps.size();
            since.lastStep = steps.lastStep();
        }
        if (since.weightsVersion != weightsVersion) {
            events.add(new Event("weights", of(number, this::writeWeights)));
            since.weightsVersion = weightsVersion;
        }
        return events;
    }

    /**
     * A part of a run.
     *
     * @param name {@code run}, {@code steps} or {@code weights}
     */
    record Event(String name, String json) {}

    private static String of(int number, LiveJson.Value value) {
        return LiveJson.text(json -> {
            json.writeStartObject();
            json.writeNumberField("number", number);
            json.writeFieldName("value");
            value.write(json);
            json.writeEndObject();
        });
    }

    private void writeRun(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", name);
        json.writeStringField("state", state.name());
        json.writeStringField("end", end);
        json.writeBooleanField("stopAsked", stopAsked);
        json.writeBooleanField("checkpointAsked", checkpointAsked);
        json.writeNumberField("checkpoint", checkpoint);
        if (plan != null) {
            writePlan(json, plan);
        }
        json.writeArrayFieldStart("evaluations");
        for (EvaluationPoint point : evaluations) {
            json.writeStartObject();
            json.writeNumberField("step", point.step());
            field(json, "train", point.trainLoss());
            field(json, "validation", point.validationLoss());
            field(json, "seconds", point.seconds());
            json.writeNumberField("tokens", plan == null ? 0 : plan.tokensAfter(point.step()));
            json.writeEndObject();
        }
        json.writeEndArray();
        writeSamples(json);
        json.writeArrayFieldStart("notices");
        for (Notice notice : notices) {
            json.writeStartObject();
            json.writeNumberField("step", notice.step());
            json.writeStringField("text", notice.text());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void writeSamples(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("samples");
        for (Sample sample : samples) {
            json.writeStartObject();
            json.writeNumberField("step", sample.step());
            json.writeStringField("prompt", sample.prompt());
            json.writeStringField("text", sample.text());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writePlan(JsonGenerator json, TrainingPlan plan) throws IOException {
        json.writeNumberField("steps", plan.steps());
        json.writeNumberField("firstStep", plan.firstStep());
        json.writeNumberField("parameters", plan.parameters());
        json.writeNumberField("vocabulary", plan.vocabularySize());
        json.writeNumberField("trainTokens", plan.trainTokens());
        field(json, "estimatedSeconds", plan.estimatedSeconds());
        json.writeStringField("backend", plan.compute().backend());
        json.writeObjectFieldStart("settings");
        for (var setting : plan.settings().entrySet()) {
            json.writeStringField(setting.getKey(), shortened(setting.getValue()));
        }
        json.writeEndObject();
    }

    private static void field(JsonGenerator json, String name, double value) throws IOException {
        json.writeFieldName(name);
        LiveJson.number(json, value);
    }

    private void writeWeights(JsonGenerator json) throws IOException {
        json.writeStartArray();
        for (Weights set : histograms) {
            json.writeStartObject();
            json.writeNumberField("step", set.step());
            json.writeArrayFieldStart("histograms");
            for (WeightHistogram histogram : set.histograms()) {
                json.writeStartObject();
                json.writeStringField("name", histogram.name());
                field(json, "low", histogram.low());
                field(json, "high", histogram.high());
                json.writeFieldName("counts");
                json.writeArray(
                        histogram.counts().stream().mapToInt(Integer::intValue).toArray(),
                        0,
                        histogram.counts().size());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
