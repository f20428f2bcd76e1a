/**
 * Tokenizers and their files. Start reading at {@link io.nanogpt.impl.tokenizer.CharacterTokenizer}; what Hugging Face
 * tokenizers reads stands in {@link io.nanogpt.impl.tokenizer.TokenizerFiles}. Imports {@code io.nanogpt.tokenizer} and
 * {@code files}.
 */
@NullMarked
package io.nanogpt.impl.tokenizer;

import org.jspecify.annotations.NullMarked;
