package io.nanogpt.impl.chart;

import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.Statistics;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Formats the values of a report. */
final class Texts {
    /** Stands for a missing value. */
    static final String NONE = "–";

    private static final int MINUTE = 60;
    private static final int HOUR = 3600;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Texts() {}

    static String time(Instant time) {
        return TIME.format(time);
    }

    static String duration(double seconds) {
        if (seconds < MINUTE) {
            return rounded("%.1f s", seconds);
        }
        return seconds < HOUR ? rounded("%.1f min", seconds / MINUTE) : rounded("%.1f h", seconds / HOUR);
    }

    static String state(Run.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    static String loss(double loss) {
        return Double.isFinite(loss) ? Numbers.decimals(loss, 4) : NONE;
    }

    /** Formats a mean, with its deviation if there is one. */
    static String spread(Statistics statistics) {
        return loss(statistics.mean())
                + (Double.isFinite(statistics.deviation()) ? " ± " + loss(statistics.deviation()) : "");
    }

    static String rounded(String format, double number) {
        return Double.isFinite(number) ? String.format(Locale.ROOT, format, number) : NONE;
    }
}
