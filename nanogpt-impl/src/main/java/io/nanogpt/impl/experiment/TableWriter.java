package io.nanogpt.impl.experiment;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.experiment.ResultTable;
import io.nanogpt.experiment.ResultTable.Row;
import io.nanogpt.experiment.Run;
import io.nanogpt.impl.files.Csv;
import io.nanogpt.impl.files.Excerpt;
import io.nanogpt.impl.files.Json;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Formats a table, with the same columns in every format. */
final class TableWriter {
    private static final int LOSS_DIGITS = 4;
    /** The most characters of a cell in Markdown, where all cells of a column are as wide as the widest. */
    private static final int WIDEST = 200;

    private TableWriter() {}

    /**
     * A column.
     *
     * @param name in the header
     * @param digits decimals in Markdown, which is rounded for people
     * @param value a string, an integer, a floating-point number, or null
     */
    private record Column(String name, int digits, Function<Row, @Nullable Object> value) {
        static Column of(String name, Function<Row, @Nullable Object> value) {
            return new Column(name, 0, value);
        }

        static Column loss(String name, Function<Row, @Nullable Object> value) {
            return new Column(name, LOSS_DIGITS, value);
        }
    }

    static String write(ResultTable table, ResultTable.Format format) {
        List<Column> columns = columns(table);
        return switch (format) {
            case MARKDOWN -> markdown(table, columns);
            case CSV -> csv(table, columns);
            case JSON -> json(table, columns);
        };
    }

    private static List<Column> columns(ResultTable table) {
        boolean seeds = table.kind() == ResultTable.Kind.SEEDS;
        List<Column> columns = new ArrayList<>();
        if (!seeds) {
            columns.add(Column.of("id", row -> run(row).id()));
        }
        columns.add(Column.of("label", Row::label));
        for (String setting : table.settings()) {
            columns.add(Column.of(setting, row -> row.settings().get(setting)));
        }
        if (seeds) {
            columns.add(Column.of("runs", row -> row.runs().size()));
            columns.add(Column.of("finished", row -> row.validationLoss().count()));
        } else {
            columns.add(Column.of("seed", row -> run(row).seed()));
            columns.add(Column.of("state", row -> run(row).state().name().toLowerCase(Locale.ROOT)));
            columns.add(Column.of(
                    "step",
                    row -> run(row).last().map(point -> (Object) point.step()).orElse(null)));
        }
        columns.add(Column.loss("train_loss", row -> row.trainLoss().mean()));
        columns.add(Column.loss("validation_loss", row -> row.validationLoss().mean()));
        if (seeds) {
            columns.add(Column.loss("deviation", row -> row.validationLoss().deviation()));
            columns.add(Column.loss("low", row -> row.validationLoss().low()));
            columns.add(Column.loss("high", row -> row.validationLoss().high()));
        }
        if (table.rows().stream()
                .flatMap(row -> row.runs().stream())
                .anyMatch(run -> run.finalBitsPerByte().isPresent())) {
            columns.add(Column.loss("bits_per_byte", TableWriter::bitsPerByte));
        }
        columns.add(Column.loss(
                "best_validation_loss", row -> row.bestValidationLoss().mean()));
        columns.add(new Column("seconds", 1, row -> row.seconds().mean()));
        if (table.rows().stream().flatMap(row -> row.runs().stream()).anyMatch(Run::failed)) {
            columns.add(Column.of("error", TableWriter::error));
        }
        return columns;
    }

    private static Run run(Row row) {
        return row.runs().get(0);
    }

    /** The mean over the runs that have it. */
    private static @Nullable Object bitsPerByte(Row row) {
        OptionalDouble mean = row.runs().stream()
                .flatMapToDouble(run -> run.finalBitsPerByte().stream())
                .average();
        return mean.isPresent() ? mean.getAsDouble() : null;
    }

    private static @Nullable Object error(Row row) {
        return row.runs().stream()
                .flatMap(run -> run.error().stream())
                .findFirst()
                .orElse(null);
    }

    private static String markdown(ResultTable table, List<Column> columns) {
        List<List<String>> columnTexts = new ArrayList<>();
        for (Column column : columns) {
            List<String> texts = new ArrayList<>(List.of(shown(column.name()), ""));
            table.rows().forEach(row -> texts.add(cell(column, row)));
            int width =
                    Math.max(3, texts.stream().mapToInt(String::length).max().orElse(0));
            boolean numbers =
                    table.rows().stream().anyMatch(row -> column.value().apply(row) instanceof Number);
            texts.set(1, numbers ? "-".repeat(width - 1) + ":" : "-".repeat(width));
            texts.replaceAll(text -> {
                String padding = " ".repeat(width - text.length());
                return numbers ? padding + text : text + padding;
            });
            columnTexts.add(texts);
        }
        StringBuilder text = new StringBuilder();
        for (int line = 0; line < table.rows().size() + 2; line++) {
            for (List<String> column : columnTexts) {
                text.append("| ").append(column.get(line)).append(' ');
            }
            text.append("|\n");
        }
        return text.toString();
    }

    private static String cell(Column column, Row row) {
        Object value = column.value().apply(row);
        if (value == null) {
            return "";
        }
        if (value instanceof Double number) {
            return Double.isNaN(number) ? "" : String.format(Locale.ROOT, "%." + column.digits() + "f", number);
        }
        return shown(value.toString());
    }

    private static String shown(String text) {
        return Excerpt.of(text, WIDEST)
                .replace("\n", "\\n")
                .replace("\t", "\\t")
                .replace("|", "\\|");
    }

    private static String csv(ResultTable table, List<Column> columns) {
        StringBuilder text = new StringBuilder();
        line(text, columns.stream().map(column -> Csv.cell(column.name())).toList());
        for (Row row : table.rows()) {
            line(text, columns.stream().map(column -> csvCell(column, row)).toList());
        }
        return text.toString();
    }

    private static String csvCell(Column column, Row row) {
        Object value = column.value().apply(row);
        if (value == null || value.equals(Double.NaN)) {
            return "";
        }
        return value instanceof Number ? value.toString() : Csv.cell(value.toString());
    }

    private static void line(StringBuilder text, List<String> cells) {
        String separator = "";
        for (String cell : cells) {
            text.append(separator);
            separator = ",";
            text.append(cell);
        }
        text.append("\r\n");
    }

    private static String json(ResultTable table, List<Column> columns) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.factory().createGenerator(text)) {
            json.writeStartObject();
            json.writeArrayFieldStart("rows");
            for (Row row : table.rows()) {
                json.writeStartObject();
                for (Column column : columns) {
                    json.writeFieldName(column.name());
                    writeValue(json, column.value().apply(row));
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Never thrown by StringWriter.
        }
        return text.append('\n').toString();
    }

    private static void writeValue(JsonGenerator json, @Nullable Object value) throws IOException {
        if (value == null || value.equals(Double.NaN)) {
            json.writeNull();
        } else if (value instanceof Double number) {
            json.writeNumber(number);
        } else if (value instanceof Number number) {
            json.writeNumber(number.longValue());
        } else {
            json.writeString(value.toString());
        }
    }
}
