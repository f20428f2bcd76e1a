package io.nanogpt.examples.cli.options;

import io.nanogpt.GPT;
import io.nanogpt.examples.cli.console.Heading;
import io.nanogpt.train.Quality;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How much a recipe that is chosen for the data may cost. */
@Heading("Choice of the model and its training")
public final class EffortOptions {
    private static final double LONGEST_MINUTES = 60 * 24 * 365;

    @Option(
            names = "--quality",
            paramLabel = "LEVEL",
            description =
                    "computation for a model that is chosen for the data: ${COMPLETION-CANDIDATES} (default: good,"
                            + " where no option of the model or its optimization is given)")
    private @Nullable Quality quality;

    @Option(
            names = "--budget",
            paramLabel = "MINUTES",
            converter = Minutes.class,
            description =
                    "choose the model for the data and this time, such as 5, 30s or 2h, by the measured speed of the"
                            + " machine")
    private @Nullable Duration budget;

    @Option(
            names = "--max-bytes",
            paramLabel = "N",
            description = "largest file of the weights of the chosen model (default: 64000000)")
    private @Nullable Long maxBytes;

    /** Whether an option was given. */
    public boolean isGiven() {
        return quality != null || budget != null || maxBytes != null;
    }

    /** Sets what was given. */
    public void apply(GPT.Builder builder) {
        if (quality != null && budget != null) {
            throw new IllegalArgumentException("give --quality or --budget, not both");
        }
        if (quality != null) {
            builder.quality(quality);
        }
        if (budget != null) {
            builder.budget(budget);
        }
        if (maxBytes != null) {
            builder.maxBytes(maxBytes);
        }
    }

    /** A time in minutes, or in what its letter says. */
    static final class Minutes implements ITypeConverter<Duration> {
        private static final Pattern TIME = Pattern.compile("(\\d+(?:\\.\\d*)?|\\.\\d+)([smh]?)");

        @Override
        public Duration convert(String value) {
            Matcher time = TIME.matcher(value);
            if (time.matches()) {
                double seconds = Double.parseDouble(time.group(1))
                        * switch (time.group(2)) {
                            case "s" -> 1;
                            case "h" -> 3_600;
                            default -> 60;
                        };
                if (seconds >= 1 && seconds <= LONGEST_MINUTES * 60) {
                    return Duration.ofMillis(Math.round(seconds * 1_000));
                }
            }
            throw new TypeConversionException(
                    "must be minutes, or a number with s, m or h, from a second, 1s, to a year, but is " + value);
        }
    }
}
