package io.nanogpt.impl.experiment;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.experiment.Run.StepPoint;
import io.nanogpt.impl.files.JsonValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The columns of {@code steps} in the record of a run, an array each, with numbers as precise as a float. */
enum StepColumn {
    STEP("step"),
    SECONDS("seconds"),
    LOSS("loss"),
    LEARNING_RATE("learningRate"),
    GRADIENT_NORM("gradientNorm"),
    TOKENS_PER_SECOND("tokensPerSecond");

    private static final String NAME = "steps";

    private final String key;

    StepColumn(String key) {
        this.key = key;
    }

    private double of(StepPoint point) {
        return switch (this) {
            case STEP -> point.step();
            case SECONDS -> point.seconds();
            case LOSS -> point.loss();
            case LEARNING_RATE -> point.learningRate();
            case GRADIENT_NORM -> point.gradientNorm();
            case TOKENS_PER_SECOND -> point.tokensPerSecond();
        };
    }

    static void write(JsonGenerator json, List<StepPoint> points) throws IOException {
        json.writeObjectFieldStart(NAME);
        for (StepColumn column : values()) {
            json.writeArrayFieldStart(column.key);
            for (StepPoint point : points) {
                column.write(json, point);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private void write(JsonGenerator json, StepPoint point) throws IOException {
        float number = (float) of(point);
        if (this == STEP) {
            json.writeNumber(point.step());
        } else if (Float.isFinite(number)) {
            json.writeNumber(number);
        } else {
            json.writeNull(); // JSON has no such number.
        }
    }

    /** The points of a record; none in those of older versions. */
    static List<StepPoint> read(JsonValue run) {
        @Nullable JsonValue steps = run.optional(NAME);
        if (steps == null) {
            return List.of();
        }
        List<JsonValue> numbers = STEP.of(steps);
        List<Integer> ends = new ArrayList<>();
        for (JsonValue number : numbers) {
            long last = ends.isEmpty() ? 0 : ends.get(ends.size() - 1);
            ends.add((int) number.integer(last + 1, Integer.MAX_VALUE));
        }
        double[] seconds = SECONDS.numbers(steps, ends.size());
        double[] losses = LOSS.numbers(steps, ends.size());
        double[] rates = LEARNING_RATE.numbers(steps, ends.size());
        double[] norms = GRADIENT_NORM.numbers(steps, ends.size());
        double[] speeds = TOKENS_PER_SECOND.numbers(steps, ends.size());
        List<StepPoint> points = new ArrayList<>();
        for (int i = 0; i < ends.size(); i++) {
            points.add(new StepPoint(ends.get(i), seconds[i], losses[i], rates[i], norms[i], speeds[i]));
        }
        return points;
    }

    private List<JsonValue> of(JsonValue steps) {
        return steps.member(key).elements();
    }

    private double[] numbers(JsonValue steps, int size) {
        List<JsonValue> values = of(steps);
        if (values.size() != size) {
            throw steps.error("expected as many numbers in each array of \"steps\"");
        }
        return values.stream().mapToDouble(StepColumn::number).toArray();
    }

    private static double number(JsonValue value) {
        return value.isNull() ? Double.NaN : value.number();
    }
}
