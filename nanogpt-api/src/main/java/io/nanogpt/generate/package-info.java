/**
 * How text is drawn from a model: {@link io.nanogpt.generate.GenerationOptions} holds the options,
 * {@link io.nanogpt.generate.LogitsProcessor} changes the logits of a step, {@link io.nanogpt.generate.Sampler} chooses a
 * token. Imports nothing of the library.
 */
@NullMarked
package io.nanogpt.generate;

import org.jspecify.annotations.NullMarked;
