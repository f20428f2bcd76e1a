package io.nanogpt.examples.cli.options;

import io.nanogpt.data.SplitOptions;
import io.nanogpt.examples.cli.console.Heading;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that cut a text into training, validation and test splits, in this order. */
@Heading("Data")
public final class SplitFractionOptions {
    private static final double VALIDATION = 0.1;

    @Option(
            names = "--validation-fraction",
            paramLabel = "X",
            description = "share of the text for validation (default: 0.1)")
    private @Nullable Double validationFraction;

    @Option(
            names = "--test-fraction",
            paramLabel = "X",
            description = "share at the end of the text that training does not see (default: 0)")
    private double testFraction;

    /** Whether {@code --validation-fraction} was given. */
    boolean hasValidationFraction() {
        return validationFraction != null;
    }

    /** How the corpus is cut. */
    public SplitOptions split() {
        return new SplitOptions(
                validationFraction == null ? VALIDATION : validationFraction, testFraction, SplitOptions.Unit.POSITION);
    }
}
