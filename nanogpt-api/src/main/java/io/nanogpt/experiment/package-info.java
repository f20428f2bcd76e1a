/**
 * Experiments: grids of training runs, logs of runs, result tables and power laws. Start at
 * {@link io.nanogpt.experiment.Experiment}, and at {@link io.nanogpt.experiment.RunLog} for single runs. Imports
 * {@code io.nanogpt}, {@code train} and {@code spi}.
 *
 * <pre>{@code
 * List<Run> runs = Experiment.grid()
 *         .vary("learning-rate", 1e-2, 1e-3)
 *         .run(Path.of("sweep"), trial -> GPT.builder()
 *                 .learningRate(trial.number("learning-rate"))
 *                 .training(trial::prepare)
 *                 .train(corpus));
 * System.out.println(ResultTable.of(runs).format(ResultTable.Format.MARKDOWN));
 * }</pre>
 */
@NullMarked
package io.nanogpt.experiment;

import org.jspecify.annotations.NullMarked;
