package io.nanogpt.examples.cli.options;

import io.nanogpt.data.Cleaning;
import io.nanogpt.examples.cli.console.Heading;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that clean the text of each record. */
@Heading("Data")
public final class CleaningOptions {
    @Option(
            names = "--drop-speakers",
            description = "drop the first line and every line after a blank one: the speakers of a play")
    private boolean dropSpeakers;

    @Option(names = "--normalize", paramLabel = "FORM", description = "Unicode normalization: ${COMPLETION-CANDIDATES}")
    private Normalizer.@Nullable Form form;

    @Option(names = "--collapse-whitespace", description = "replace each run of white space in a line by one space")
    private boolean collapseWhitespace;

    /** Whether any of these options was given. */
    public boolean any() {
        return dropSpeakers || form != null || collapseWhitespace;
    }

    /** The steps that were given, in the order of the options. */
    public Cleaning steps() {
        List<Cleaning> steps = new ArrayList<>();
        if (dropSpeakers) {
            steps.add(Cleaning.dropSpeakers());
        }
        if (form != null) {
            steps.add(Cleaning.normalize(form));
        }
        if (collapseWhitespace) {
            steps.add(Cleaning.collapseWhitespace());
        }
        return Cleaning.of(steps);
    }
}
