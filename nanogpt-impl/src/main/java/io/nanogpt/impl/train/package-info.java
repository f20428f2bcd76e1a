/**
 * Training: one run from initial weights to a report. Start reading at {@link io.nanogpt.impl.train.TrainingRun}.
 * Imports {@code graph} for gradients, {@code data} for batches, {@code ngram} for counted baselines and {@code random}; uses backends only through
 * {@code io.nanogpt.spi}.
 */
@NullMarked
package io.nanogpt.impl.train;

import org.jspecify.annotations.NullMarked;
