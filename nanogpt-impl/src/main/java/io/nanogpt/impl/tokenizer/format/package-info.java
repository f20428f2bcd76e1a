/**
 * Tokenizer files: {@code tokenizer.json} of Hugging Face tokenizers, {@code .tiktoken} rank files, and
 * {@code vocab.json} with {@code merges.txt} of GPT-2. Start reading at
 * {@link io.nanogpt.impl.tokenizer.format.TokenizerFiles}. Imports the tokenizers, which it builds, and {@code files}.
 */
@NullMarked
package io.nanogpt.impl.tokenizer.format;

import org.jspecify.annotations.NullMarked;
