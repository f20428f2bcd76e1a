package io.nanogpt.experiment;

import io.nanogpt.spi.Library;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A table of runs with the settings in which they differ, and their results.
 *
 * <pre>{@code
 * System.out.println(ResultTable.overSeeds(RunLog.open(folder).list()).format(ResultTable.Format.MARKDOWN));
 * }</pre>
 *
 * @param kind the meaning of a row
 * @param settings the names of the settings that differ, in the order of the runs
 * @param rows the rows, in the order of their first runs
 */
public record ResultTable(Kind kind, List<String> settings, List<Row> rows) {
    /** The meaning of a row. */
    public enum Kind {
        /** A run. */
        RUN,
        /** The runs with one label and the same settings, each with another seed. */
        SEEDS
    }

    /** The output format of a table. */
    public enum Format {
        /** Aligned Markdown; numbers are rounded. */
        MARKDOWN,
        /**
         * RFC 4180 with a header; numbers in full precision. A text that a spreadsheet would take for a formula begins with
         * an apostrophe, which {@link io.nanogpt.data.Corpus#ofCsv} takes off again.
         */
        CSV,
        /**
         * One object on one line with an array {@code rows} of objects; numbers in full precision, null for missing
         * ones.
         */
        JSON
    }

    /**
     * A run, or the runs that differ only in their seeds. In a row of seeds, the statistics are over the finished runs.
     *
     * @param label the label of the runs
     * @param settings the settings that differ between rows, without those that these runs lack
     * @param runs the runs in order
     * @param trainLoss training loss of the final weights, in nats
     * @param validationLoss validation loss of the final weights, in nats
     * @param bestValidationLoss lowest validation loss of each run, in nats
     * @param seconds duration of each run
     */
    public record Row(
            String label,
            Map<String, String> settings,
            List<Run> runs,
            Statistics trainLoss,
            Statistics validationLoss,
            Statistics bestValidationLoss,
            Statistics seconds) {
        public Row {
            settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
            runs = List.copyOf(runs);
        }
    }

    public ResultTable {
        settings = List.copyOf(settings);
        rows = List.copyOf(rows);
    }

    /** Returns a table with a row per run and the settings in which any two runs differ. */
    public static ResultTable of(List<Run> runs) {
        return Library.get().experiments().table(Kind.RUN, runs);
    }

    /**
     * Returns a table with a row for the runs with one label and the same settings, with statistics over their seeds.
     */
    public static ResultTable overSeeds(List<Run> runs) {
        return Library.get().experiments().table(Kind.SEEDS, runs);
    }

    /** Returns the table as text, which ends with a line break. */
    public String format(Format format) {
        return Library.get().experiments().format(this, format);
    }
}
