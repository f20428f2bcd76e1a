package io.nanogpt.experiment;

import io.nanogpt.spi.Library;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Experiments: many training runs that differ in their settings.
 *
 * <pre>{@code
 * List<Run> runs = Experiment.grid()
 *         .base("steps", 500)
 *         .vary("learning-rate", 1e-2, 1e-3, 1e-4)
 *         .vary("separator", "\n<ENDC>\n", "\n")
 *         .seeds(1, 2, 3)
 *         .run(Path.of("sweep"), trial -> GPT.builder()
 *                 .steps(trial.integer("steps"))
 *                 .learningRate(trial.number("learning-rate"))
 *                 .training(trial::prepare)
 *                 .train(corpus.withSeparator(trial.text("separator"))));
 * System.out.println(ResultTable.overSeeds(runs).format(ResultTable.Format.MARKDOWN));
 * }</pre>
 */
public final class Experiment {
    private Experiment() {}

    /** A grid of one point with no settings, to which settings are added. */
    public static Grid grid() {
        return Grid.empty();
    }

    /**
     * Reads a grid: a JSON object with {@code base} (name to value), {@code vary} (name to an array of values),
     * {@code variants} (an array of objects of name to value, with a {@code label} where they are to have one) and
     * {@code seeds} (an array of whole numbers), each of which may be missing.
     *
     * @throws io.nanogpt.NanogptException if the file does not hold a grid; the message names the place
     */
    public static Grid grid(Path file) {
        return Library.get().experiments().grid(Objects.requireNonNull(file, "file"));
    }
}
