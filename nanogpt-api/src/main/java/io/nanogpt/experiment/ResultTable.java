package io.nanogpt.experiment;

import io.nanogpt.spi.Library;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs side by side: what differs between them, and how they ended.
 *
 * <pre>{@code
 * System.out.println(ResultTable.overSeeds(RunLog.open(folder).list()).format(ResultTable.Format.MARKDOWN));
 * }</pre>
 *
 * @param kind what a row is
 * @param settings the names of those that differ, in the order in which the runs have them
 * @param rows in the order of their first runs
 */
public record ResultTable(Kind kind, List<String> settings, List<Row> rows) {
    /** What a row is. */
    public enum Kind {
        /** A run. */
        RUN,
        /** The runs of one label and the same settings, each with another seed. */
        SEEDS
    }

    /** How a table is written. */
    public enum Format {
        /** For people, aligned; numbers are rounded. */
        MARKDOWN,
        /** RFC 4180, with a header; numbers in full. */
        CSV,
        /** One object on one line: an array {@code rows} of objects; numbers in full, null where there is none. */
        JSON
    }

    /**
     * A run, or the runs that differ in their seeds alone. In a row of seeds the statistics are over those that
     * finished.
     *
     * @param label of the runs
     * @param settings those that differ between rows; what these runs do not have is missing
     * @param runs in order
     * @param trainLoss of the final weights, in nats
     * @param validationLoss of the final weights, in nats
     * @param bestValidationLoss the lowest of each run, in nats
     * @param seconds of the whole run
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

    /** A row a run, with the settings in which any two differ. */
    public static ResultTable of(List<Run> runs) {
        return Library.get().experiments().table(Kind.RUN, runs);
    }

    /** A row for the runs of one label and the same settings, with the statistics over their seeds. */
    public static ResultTable overSeeds(List<Run> runs) {
        return Library.get().experiments().table(Kind.SEEDS, runs);
    }

    /** The table as text, which ends with a line break. */
    public String format(Format format) {
        return Library.get().experiments().format(this, format);
    }
}
