package io.nanogpt.impl.checkpoint;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.impl.data.DataCursor;
import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.impl.files.Json;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.train.Progress;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * {@code training_state.json}.
 *
 * @param progress of the run
 * @param settings that a run must share to resume it, and its arithmetic, which it should share
 * @param files the identity of each file with tensors beside it, by name; none in those of older versions
 */
record TrainingState(Progress progress, Map<String, String> settings, Map<String, String> files) {
    private static final int VERSION = 1;

    TrainingState {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
    }

    void write(Path file) {
        AtomicFiles.write(file, out -> {
            try (JsonGenerator json = Json.factory().createGenerator(out)) {
                // The file is synced after its content is complete.
                json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
                json.useDefaultPrettyPrinter();
                json.writeStartObject();
                json.writeNumberField("version", VERSION);
                json.writeNumberField("step", progress.step());
                json.writeNumberField("rollbacks", progress.rollbacks());
                json.writeNumberField("seconds", progress.seconds());
                writeTexts(json, "settings", settings);
                writeTexts(json, "files", files);
                writeData(json);
                writeEvaluations(json);
                writeTexts(json, "listeners", progress.listeners());
                json.writeEndObject();
            }
        });
    }

    private static void writeTexts(JsonGenerator json, String name, Map<String, String> texts) throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, String> entry : texts.entrySet()) {
            json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }

    private void writeData(JsonGenerator json) throws IOException {
        DataCursor cursor = progress.cursor();
        json.writeObjectFieldStart("data");
        json.writeNumberField("nextBatch", cursor.nextBatch());
        json.writeNumberField("epoch", cursor.epoch());
        json.writeNumberField("position", cursor.position());
        json.writeStringField("train", cursor.data());
        json.writeStringField("validation", progress.validation());
        json.writeEndObject();
    }

    private void writeEvaluations(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("evaluations");
        for (EvaluationPoint point : progress.evaluations()) {
            json.writeStartObject();
            json.writeNumberField("step", point.step());
            json.writeNumberField("trainLoss", point.trainLoss());
            json.writeNumberField("validationLoss", point.validationLoss());
            json.writeNumberField("seconds", point.seconds());
            if (point.averagedLoss().isPresent()) {
                json.writeNumberField("averagedLoss", point.averagedLoss().getAsDouble());
            }
            if (point.bitsPerByte().isPresent()) {
                json.writeNumberField("bitsPerByte", point.bitsPerByte().getAsDouble());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    static TrainingState read(Path file) {
        JsonValue json = JsonValue.read(file, "the state of a training run");
        json.member("version").integer(VERSION, VERSION);
        List<EvaluationPoint> evaluations = json.member("evaluations").elements().stream()
                .map(point -> new EvaluationPoint(
                        integer(point, "step"),
                        point.member("trainLoss").number(),
                        point.member("validationLoss").number(),
                        point.member("seconds").number(),
                        optional(point, "averagedLoss"),
                        optional(point, "bitsPerByte")))
                .toList();
        JsonValue data = json.member("data");
        DataCursor cursor = new DataCursor(
                count(data, "nextBatch"),
                count(data, "epoch"),
                count(data, "position"),
                data.member("train").string());
        Progress progress = new Progress(
                integer(json, "step"),
                evaluations,
                integer(json, "rollbacks"),
                json.member("seconds").number(),
                cursor,
                data.member("validation").string(),
                texts(json.member("listeners")));
        JsonValue files = json.optional("files");
        return new TrainingState(progress, texts(json.member("settings")), files == null ? Map.of() : texts(files));
    }

    private static OptionalDouble optional(JsonValue point, String name) {
        @Nullable JsonValue value = point.optional(name);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value.number());
    }

    private static int integer(JsonValue json, String name) {
        return (int) json.member(name).integer(0, Integer.MAX_VALUE);
    }

    private static long count(JsonValue json, String name) {
        return json.member(name).integer(0, Long.MAX_VALUE);
    }

    private static Map<String, String> texts(JsonValue json) {
        Map<String, String> texts = new LinkedHashMap<>();
        json.members().forEach((name, value) -> texts.put(name, value.string()));
        return texts;
    }
}
