/**
 * Text generation: {@link io.nanogpt.impl.generate.TextGenerator} makes requests,
 * {@link io.nanogpt.impl.generate.GenerationRun} works on those of a caller, {@link io.nanogpt.impl.generate.Generation}
 * is one text, and {@link io.nanogpt.impl.generate.TokenSamplers} has the sampling methods. Start reading at the
 * generator. Imports the api ({@code generate}, {@code tokenizer}, {@code spi}), {@code random}, {@code regex},
 * {@code jsonschema} and {@code schedule}, but no backend.
 */
@NullMarked
package io.nanogpt.impl.generate;

import org.jspecify.annotations.NullMarked;
