/**
 * Tokenizers of characters and of words: one id per code point, one id per word between white space, and byte pair
 * encoding over characters. Start reading at {@link io.nanogpt.impl.tokenizer.character.CharacterTokenizer}. Imports
 * {@code pretokenize} and {@code bpe} for their tables, and {@code format} to save.
 */
@NullMarked
package io.nanogpt.impl.tokenizer.character;

import org.jspecify.annotations.NullMarked;
