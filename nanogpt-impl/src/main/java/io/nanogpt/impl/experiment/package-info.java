/**
 * Experiments: grids of training runs, their log, and statistics of it. Start reading at
 * {@link io.nanogpt.impl.experiment.DefaultExperiments} and {@link io.nanogpt.impl.experiment.GridRun}. Imports the
 * api, {@code train}, {@code files} and Commons Math, which only this package uses; imported by {@code runtime} alone.
 */
@NullMarked
package io.nanogpt.impl.experiment;

import org.jspecify.annotations.NullMarked;
