/**
 * Experiments: a {@link io.nanogpt.experiment.Grid} of training runs, the {@link io.nanogpt.experiment.RunLog} that
 * remembers each {@link io.nanogpt.experiment.Run}, a {@link io.nanogpt.experiment.ResultTable} that puts them side by
 * side and a {@link io.nanogpt.experiment.PowerLaw} through their losses. Start reading at {@link
 * io.nanogpt.experiment.Experiment}. Imports {@code io.nanogpt}, {@code train} and {@code spi}.
 */
@NullMarked
package io.nanogpt.experiment;

import org.jspecify.annotations.NullMarked;
