/**
 * Experiments: {@link io.nanogpt.experiment.Run} is what is remembered of a training run, {@link
 * io.nanogpt.experiment.RunLog} a folder of them; {@link
 * io.nanogpt.experiment.ResultTable} puts runs side by side, {@link io.nanogpt.experiment.PowerLaw} fits their losses. Imports {@code train} and {@code spi}.
 */
@NullMarked
package io.nanogpt.experiment;

import org.jspecify.annotations.NullMarked;
