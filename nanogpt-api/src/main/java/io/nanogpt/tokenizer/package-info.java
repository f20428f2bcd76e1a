/**
 * Text to token ids and back. Start reading at {@link io.nanogpt.tokenizer.Tokenizer}; builders stand in
 * {@link io.nanogpt.tokenizer.Tokenizers}. Imports {@code data} and {@code spi}.
 */
@NullMarked
package io.nanogpt.tokenizer;

import org.jspecify.annotations.NullMarked;
