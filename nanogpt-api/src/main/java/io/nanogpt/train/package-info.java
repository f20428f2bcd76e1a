/**
 * Training: {@link io.nanogpt.train.Trainer} with its builder, optimizers, listeners and reports. Imports {@code data},
 * {@code model}, {@code tokenizer} and {@code spi}.
 */
@NullMarked
package io.nanogpt.train;

import org.jspecify.annotations.NullMarked;
