package io.nanogpt.examples.cli.options;

import io.nanogpt.GPT;
import io.nanogpt.examples.cli.console.Heading;
import io.nanogpt.train.Quality;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

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
            description = "choose the model for the data and this time, by the measured speed of the machine")
    private @Nullable Double budget;

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
            if (!(budget >= 1.0 / 60 && budget <= LONGEST_MINUTES)) {
                throw new IllegalArgumentException(
                        "--budget must be from a second, 0.0167 minutes, to a year of" + " minutes, but is " + budget);
            }
            builder.budget(Duration.ofMillis(Math.round(budget * 60_000)));
        }
        if (maxBytes != null) {
            builder.maxBytes(maxBytes);
        }
    }
}
