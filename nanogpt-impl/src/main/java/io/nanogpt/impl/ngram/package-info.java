/**
 * Counted n-gram models with interpolated Kneser-Ney smoothing: baselines of training runs, and language models of their
 * own. {@link io.nanogpt.impl.ngram.NgramCounter} counts a text, {@link io.nanogpt.impl.ngram.NgramModel} gives the
 * probabilities. Start reading at the model. Imports nothing of the implementation.
 */
@NullMarked
package io.nanogpt.impl.ngram;

import org.jspecify.annotations.NullMarked;
