package io.nanogpt.impl.metrics;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.NanogptException;
import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.generate.Token;
import io.nanogpt.impl.files.Json;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.train.MetricSink;
import io.nanogpt.train.TrainingPlan;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;

/** Writes JSON lines: one object per line, with {@code step} first. */
final class JsonLinesSink implements MetricSink {
    private final LogFile file;

    JsonLinesSink(Path path) {
        file = new LogFile(path);
    }

    @Override
    public void start(TrainingPlan plan) {
        file.open("", plan.firstStep(), this::step, line -> line);
    }

    private int step(String line) {
        try {
            return (int) JsonValue.parse(line, file.toString(), "a line of metrics")
                    .member("step")
                    .integer(0, Integer.MAX_VALUE);
        } catch (NanogptException e) {
            return -1; // A crash cut this line short.
        }
    }

    @Override
    public void scalars(int step, Map<String, Double> values) {
        write(step, json -> {
            for (Map.Entry<String, Double> entry : values.entrySet()) {
                json.writeFieldName(entry.getKey());
                // JSON has no infinity and no NaN.
                if (Double.isFinite(entry.getValue())) {
                    json.writeNumber(entry.getValue());
                } else {
                    json.writeNull();
                }
            }
        });
    }

    @Override
    public void text(int step, String name, String text) {
        write(step, json -> json.writeStringField(name, text));
    }

    @Override
    public void attention(int step, AttentionMaps maps) {
        write(step, json -> {
            json.writeObjectFieldStart("attention");
            json.writeArrayFieldStart("tokens");
            for (Token token : maps.tokens()) {
                json.writeString(token.text());
            }
            json.writeEndArray();
            json.writeArrayFieldStart("layers");
            for (int layer = 0; layer < maps.layers(); layer++) {
                writeMaps(json, maps.layer(layer));
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /** As {@code [head][t][s]}. */
    private static void writeMaps(JsonGenerator json, float[][][] heads) throws IOException {
        json.writeStartArray();
        for (float[][] head : heads) {
            json.writeStartArray();
            for (float[] row : head) {
                json.writeStartArray();
                for (float probability : row) {
                    json.writeNumber(probability);
                }
                json.writeEndArray();
            }
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    private void write(int step, Fields fields) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.factory().createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("step", step);
            fields.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // A StringWriter throws none.
        }
        file.line(text.toString());
    }

    private interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    @Override
    public void close() {
        file.close();
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
