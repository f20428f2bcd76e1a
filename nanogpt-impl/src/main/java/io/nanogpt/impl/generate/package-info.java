/**
 * Text generation: {@link io.nanogpt.impl.generate.TextGenerator} drives a decoder, and
 * {@link io.nanogpt.impl.generate.TokenSamplers} has the sampling methods. Start reading at the generator. Imports the
 * api ({@code generate}, {@code tokenizer}, {@code spi}) {@code random}, {@code regex} and {@code jsonschema}, but no backend.
 */
@NullMarked
package io.nanogpt.impl.generate;

import org.jspecify.annotations.NullMarked;
