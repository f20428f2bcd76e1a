package io.nanogpt.impl.live;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.train.TrainingStep;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * The steps of a run in bounded memory. A point is the mean over {@code stride} steps, which doubles whenever there are
 * too many points; it depends on the steps alone, not on when they are looked at. Adding a step allocates nothing.
 */
final class StepSeries {
    /** The most points. */
    static final int MOST = 2048;

    private static final int COLUMNS = Column.values().length;

    /** What is kept of a point, beside its step. */
    private enum Column {
        STEPS(0),
        LOSS_SUM(1),
        LOWEST(2),
        HIGHEST(3),
        RATE(4),
        NORM(5),
        TOKENS(6),
        BUSY_SECONDS(7),
        SECONDS(8),
        ALL_TOKENS(9);

        private final int place;

        Column(int place) {
            this.place = place;
        }

        int at(int point) {
            return point * COLUMNS + place;
        }
    }

    private final int[] lastSteps = new int[MOST];
    private final double[] values = new double[MOST * COLUMNS];
    private int size;
    private int stride = 1;
    /** Changes whenever a point other than the last has changed. */
    private int version;

    private long tokensBefore;

    /**
     * Begins a run, or goes on with one.
     *
     * @param tokens the tokens of the run before the next step
     */
    void begin(long tokens) {
        tokensBefore = tokens;
    }

    /** Adds a step; one that is not after the last replaces those from it on. */
    void add(TrainingStep step) {
        int number = step.number();
        while (size > 0 && lastSteps[size - 1] >= number) {
            size--;
            version++;
            tokensBefore = size == 0 ? 0 : (long) values[Column.ALL_TOKENS.at(size - 1)];
        }
        if (size == 0 || bucket(lastSteps[size - 1]) != bucket(number)) {
            if (size == MOST) {
                halve();
            }
            if (size == 0 || bucket(lastSteps[size - 1]) != bucket(number)) {
                open();
                // Of the first step of a point alone, since it may have to be computed.
                values[Column.NORM.at(size - 1)] = step.gradientNorm();
            }
        }
        int point = size - 1;
        lastSteps[point] = number;
        double loss = step.loss();
        values[Column.STEPS.at(point)]++;
        values[Column.LOSS_SUM.at(point)] += loss;
        values[Column.LOWEST.at(point)] = Math.min(values[Column.LOWEST.at(point)], loss);
        values[Column.HIGHEST.at(point)] = Math.max(values[Column.HIGHEST.at(point)], loss);
        values[Column.RATE.at(point)] = step.learningRate();
        values[Column.TOKENS.at(point)] += step.tokens() - tokensBefore;
        values[Column.BUSY_SECONDS.at(point)] += step.stepSeconds();
        values[Column.SECONDS.at(point)] = step.seconds();
        values[Column.ALL_TOKENS.at(point)] = step.tokens();
        tokensBefore = step.tokens();
    }

    private int bucket(int step) {
        return (step - 1) / stride;
    }

    private void open() {
        Arrays.fill(values, size * COLUMNS, (size + 1) * COLUMNS, 0);
        values[Column.LOWEST.at(size)] = Double.POSITIVE_INFINITY;
        values[Column.HIGHEST.at(size)] = Double.NEGATIVE_INFINITY;
        size++;
    }

    private void halve() {
        stride *= 2;
        version++;
        int kept = 0;
        for (int point = 1; point < size; point++) {
            if (bucket(lastSteps[point]) == bucket(lastSteps[kept])) {
                merge(point, kept);
            } else {
                kept++;
                System.arraycopy(values, point * COLUMNS, values, kept * COLUMNS, COLUMNS);
            }
            lastSteps[kept] = lastSteps[point];
        }
        size = kept + 1;
    }

    private void merge(int from, int into) {
        for (Column column : new Column[] {Column.STEPS, Column.LOSS_SUM, Column.TOKENS, Column.BUSY_SECONDS}) {
            values[column.at(into)] += values[column.at(from)];
        }
        values[Column.LOWEST.at(into)] = Math.min(values[Column.LOWEST.at(into)], values[Column.LOWEST.at(from)]);
        values[Column.HIGHEST.at(into)] = Math.max(values[Column.HIGHEST.at(into)], values[Column.HIGHEST.at(from)]);
        for (Column column : new Column[] {Column.RATE, Column.SECONDS, Column.ALL_TOKENS}) {
            values[column.at(into)] = values[column.at(from)];
        }
    }

    int size() {
        return size;
    }

    int stride() {
        return stride;
    }

    int version() {
        return version;
    }

    int lastStep() {
        return size == 0 ? 0 : lastSteps[size - 1];
    }

    /** The mean loss of a point. */
    double loss(int point) {
        return values[Column.LOSS_SUM.at(point)] / values[Column.STEPS.at(point)];
    }

    /** Writes the points from one on as an object of arrays. */
    void write(JsonGenerator json, int from) throws IOException {
        json.writeStartObject();
        json.writeNumberField("from", from);
        json.writeNumberField("stride", stride);
        json.writeFieldName("step");
        json.writeArray(lastSteps, from, size - from);
        array(json, "loss", from, this::loss);
        array(json, "low", from, point -> values[Column.LOWEST.at(point)]);
        array(json, "high", from, point -> values[Column.HIGHEST.at(point)]);
        array(json, "rate", from, point -> values[Column.RATE.at(point)]);
        array(json, "norm", from, point -> values[Column.NORM.at(point)]);
        array(json, "speed", from, this::speed);
        array(json, "seconds", from, point -> values[Column.SECONDS.at(point)]);
        array(json, "tokens", from, point -> values[Column.ALL_TOKENS.at(point)]);
        json.writeEndObject();
    }

    /** Writes all that {@link #restore} needs. */
    void save(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeNumberField("stride", stride);
        json.writeFieldName("step");
        json.writeArray(lastSteps, 0, size);
        json.writeArrayFieldStart("values");
        for (int i = 0; i < size * COLUMNS; i++) {
            if (Double.isFinite(values[i])) {
                json.writeNumber(values[i]);
            } else {
                json.writeNull(); // JSON has no such number.
            }
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** Goes on with the points of an interrupted run. */
    void restore(JsonValue saved) {
        List<JsonValue> steps = saved.member("step").elements();
        List<JsonValue> numbers = saved.member("values").elements();
        if (steps.size() > MOST || numbers.size() != steps.size() * COLUMNS) {
            throw saved.error("expected the points of at most " + MOST + " groups of steps");
        }
        stride = (int) saved.member("stride").integer(1, 1 << 30);
        size = steps.size();
        for (int i = 0; i < size; i++) {
            lastSteps[i] = (int) steps.get(i).integer(1, Integer.MAX_VALUE);
        }
        for (int i = 0; i < numbers.size(); i++) {
            values[i] = numbers.get(i).isNull() ? Double.NaN : numbers.get(i).number();
        }
        version++;
    }

    private double speed(int point) {
        return values[Column.TOKENS.at(point)] / values[Column.BUSY_SECONDS.at(point)];
    }

    private interface Values {
        double at(int point);
    }

    private void array(JsonGenerator json, String name, int from, Values column) throws IOException {
        json.writeArrayFieldStart(name);
        for (int point = from; point < size; point++) {
            LiveJson.number(json, column.at(point));
        }
        json.writeEndArray();
    }
}
