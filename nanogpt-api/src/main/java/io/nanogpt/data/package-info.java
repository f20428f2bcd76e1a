/**
 * What a model is trained on. Start reading at {@link io.nanogpt.data.Corpus}. Imports {@code spi} to find the readers,
 * and {@code tokenizer}.
 */
@NullMarked
package io.nanogpt.data;

import org.jspecify.annotations.NullMarked;
