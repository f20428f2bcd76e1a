package io.nanogpt.experiment;

import io.nanogpt.spi.Library;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Entry point for experiments: grids of training runs that differ in their settings.
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

    /** Returns a grid of one point without settings, to which settings can be added. */
    public static Grid grid() {
        return Grid.empty();
    }

    /**
     * Reads a grid: a JSON object with {@code base} (name to value), {@code vary} (name to an array of values),
     * {@code variants} (an array of objects of name to value, with an optional {@code label}) and {@code seeds} (an
     * array of integers), all optional.
     *
     * @throws io.nanogpt.NanogptException if the file does not contain a grid; the message names the position
     */
    public static Grid grid(Path file) {
        return Library.get().experiments().grid(Objects.requireNonNull(file, "file"));
    }
}
