package io.nanogpt.examples;

import io.nanogpt.data.Cleaning;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how text is cleaned. */
final class CleaningOptions {
    @Option(
            names = "--drop-speakers",
            description = "drop the first line and those after blank lines: in plays, who speaks")
    private boolean dropSpeakers;

    @Option(names = "--normalize", description = "the Unicode normal form: ${COMPLETION-CANDIDATES}")
    private Normalizer.@Nullable Form form;

    @Option(names = "--collapse-whitespace", description = "one space for every run of white space in a line")
    private boolean collapseWhitespace;

    /** Whether text is to be cleaned at all. */
    boolean any() {
        return dropSpeakers || form != null || collapseWhitespace;
    }

    /** The steps that were asked for, in this order. */
    Cleaning steps() {
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
