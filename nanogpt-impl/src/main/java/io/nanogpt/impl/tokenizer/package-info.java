/**
 * Tokenizers and their files, behind {@link io.nanogpt.impl.tokenizer.DefaultTokenizers}: {@code bpe} is byte-level byte
 * pair encoding, {@code pretokenize} cuts text before it, {@code character} has tokenizers of characters and words,
 * {@code pipeline} the stages of other {@code tokenizer.json} files, {@code format} reads and writes files. Imports
 * {@code io.nanogpt.tokenizer}, {@code io.nanogpt.data}, {@code files} and {@code regex}.
 */
@NullMarked
package io.nanogpt.impl.tokenizer;

import org.jspecify.annotations.NullMarked;
