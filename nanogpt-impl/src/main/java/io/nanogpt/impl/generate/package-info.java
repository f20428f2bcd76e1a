/**
 * Draws text from a model: {@link io.nanogpt.impl.generate.TextGenerator} drives a decoder, and
 * {@link io.nanogpt.impl.generate.TokenSamplers} choose each token. Start reading at the generator. Imports the api
 * ({@code generate}, {@code tokenizer}, {@code spi}) and {@code random}; it knows no backend.
 */
@NullMarked
package io.nanogpt.impl.generate;

import org.jspecify.annotations.NullMarked;
