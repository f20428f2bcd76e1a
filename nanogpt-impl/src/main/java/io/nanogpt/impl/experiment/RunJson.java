package io.nanogpt.impl.experiment;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.experiment.Run;
import io.nanogpt.impl.files.Json;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.train.Baselines;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes runs as JSON; the id is the name of the file. The final losses are written for other readers only:
 * they follow from the evaluations.
 */
final class RunJson {
    private RunJson() {}

    static void write(Run run, OutputStream out) throws IOException {
        try (JsonGenerator json = Json.factory().createGenerator(out)) {
            // The caller syncs and closes the file.
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeStringField("label", run.label());
            json.writeStringField("startedAt", run.startedAt().toString());
            json.writeStringField("state", run.state().name().toLowerCase(Locale.ROOT));
            if (run.error().isPresent()) {
                json.writeStringField("error", run.error().get());
            }
            number(json, "finalTrainLoss", run.finalTrainLoss());
            number(json, "finalValidationLoss", run.finalValidationLoss());
            number(json, "bestValidationLoss", run.bestValidationLoss());
            json.writeNumberField("seed", run.seed());
            json.writeObjectFieldStart("settings");
            for (Map.Entry<String, String> setting : run.settings().entrySet()) {
                json.writeStringField(setting.getKey(), setting.getValue());
            }
            json.writeEndObject();
            json.writeNumberField("parameters", run.measures().parameters());
            json.writeNumberField("trainTokens", run.measures().trainTokens());
            json.writeNumberField("tokensPerStep", run.measures().tokensPerStep());
            number(json, "seconds", run.measures().seconds());
            number(json, "tokensPerSecond", run.measures().tokensPerSecond());
            json.writeStringField("version", run.version());
            if (run.baselines().isPresent()) {
                writeBaselines(json, run.baselines().get());
            }
            writeEvaluations(json, run.evaluations());
            writeSamples(json, run.samples());
            StepColumn.write(json, run.steps());
            json.writeEndObject();
        }
    }

    private static void writeBaselines(JsonGenerator json, Baselines baselines) throws IOException {
        json.writeObjectFieldStart("baselines");
        json.writeNumberField("uniform", baselines.uniform());
        json.writeArrayFieldStart("ngrams");
        for (double loss : baselines.ngrams()) {
            json.writeNumber(loss);
        }
        json.writeEndArray();
        json.writeStringField("note", baselines.note());
        json.writeEndObject();
    }

    private static Baselines baselines(JsonValue json) {
        return new Baselines(
                json.member("uniform").number(),
                json.member("ngrams").elements().stream().map(JsonValue::number).toList(),
                json.member("note").string());
    }

    private static void writeEvaluations(JsonGenerator json, List<EvaluationPoint> evaluations) throws IOException {
        json.writeArrayFieldStart("evaluations");
        for (EvaluationPoint point : evaluations) {
            json.writeStartObject();
            json.writeNumberField("step", point.step());
            number(json, "trainLoss", point.trainLoss());
            number(json, "validationLoss", point.validationLoss());
            number(json, "seconds", point.seconds());
            number(json, "averagedLoss", point.averagedLoss());
            number(json, "bitsPerByte", point.bitsPerByte());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeSamples(JsonGenerator json, List<Run.Sample> samples) throws IOException {
        json.writeArrayFieldStart("samples");
        for (Run.Sample sample : samples) {
            json.writeStartObject();
            json.writeNumberField("step", sample.step());
            json.writeStringField("prompt", sample.prompt());
            json.writeStringField("text", sample.text());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void number(JsonGenerator json, String name, OptionalDouble value) throws IOException {
        if (value.isPresent()) {
            number(json, name, value.getAsDouble());
        }
    }

    /** Writes non-finite numbers, which JSON lacks, as null; they are read as NaN. */
    private static void number(JsonGenerator json, String name, double value) throws IOException {
        if (Double.isFinite(value)) {
            json.writeNumberField(name, value);
        } else {
            json.writeNullField(name);
        }
    }

    static Run read(Path file, String id) {
        return read(JsonValue.read(file, "a training run"), id);
    }

    static Run read(JsonValue json, String id) {
        Run.Measures measures = new Run.Measures(
                count(json, "parameters"),
                count(json, "trainTokens"),
                count(json, "tokensPerStep"),
                number(json, "seconds"),
                number(json, "tokensPerSecond"));
        Run.State state = state(json.member("state"));
        JsonValue error = json.optional("error");
        if ((error != null) != (state == Run.State.FAILED)) {
            throw json.error("a run must have an \"error\" if and only if its \"state\" is \"failed\"");
        }
        return new Run(
                id,
                json.member("label").string(),
                instant(json.member("startedAt")),
                settings(json.member("settings")),
                json.member("seed").integer(Long.MIN_VALUE, Long.MAX_VALUE),
                state,
                evaluations(json.member("evaluations")),
                samples(json.member("samples")),
                measures,
                json.member("version").string(),
                Optional.ofNullable(error).map(JsonValue::string),
                Optional.ofNullable(json.optional("baselines")).map(RunJson::baselines),
                StepColumn.read(json));
    }

    private static List<EvaluationPoint> evaluations(JsonValue json) {
        return json.elements().stream()
                .map(point -> new EvaluationPoint(
                        step(point),
                        number(point, "trainLoss"),
                        number(point, "validationLoss"),
                        number(point, "seconds"),
                        optional(point, "averagedLoss"),
                        optional(point, "bitsPerByte")))
                .toList();
    }

    private static OptionalDouble optional(JsonValue point, String name) {
        return point.optional(name) == null ? OptionalDouble.empty() : OptionalDouble.of(number(point, name));
    }

    private static List<Run.Sample> samples(JsonValue json) {
        return json.elements().stream()
                .map(sample -> new Run.Sample(
                        step(sample),
                        sample.member("prompt").string(),
                        sample.member("text").string()))
                .toList();
    }

    private static Map<String, String> settings(JsonValue json) {
        Map<String, String> settings = new LinkedHashMap<>();
        json.members().forEach((name, value) -> settings.put(name, value.string()));
        return settings;
    }

    private static Run.State state(JsonValue json) {
        return switch (json.string()) {
            case "unfinished" -> Run.State.UNFINISHED;
            case "finished" -> Run.State.FINISHED;
            case "failed" -> Run.State.FAILED;
            default -> throw json.error("expected \"unfinished\", \"finished\" or \"failed\"");
        };
    }

    private static Instant instant(JsonValue json) {
        try {
            return Instant.parse(json.string());
        } catch (DateTimeException e) {
            throw json.error("expected a time such as \"2026-11-21T19:30:00Z\"");
        }
    }

    private static int step(JsonValue json) {
        return (int) json.member("step").integer(0, Integer.MAX_VALUE);
    }

    private static long count(JsonValue json, String name) {
        return json.member(name).integer(0, Long.MAX_VALUE);
    }

    private static double number(JsonValue json, String name) {
        @Nullable JsonValue value = json.optional(name);
        return value == null ? Double.NaN : value.number();
    }
}
