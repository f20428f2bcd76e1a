/**
 * Tokenizers and their files, behind {@link io.nanogpt.impl.tokenizer.TokenizerRoom}. For byte pair encoding start
 * reading at {@link io.nanogpt.impl.tokenizer.ByteLevelTokenizer}: a {@code Splitter} cuts text into pieces, a {@code
 * BpeEncoder} turns them into ids, {@code TextBlocks} lets both work on texts of any length; {@code WordCounter} and
 * {@code BpeTrainer} learn the merges. Characters are {@link io.nanogpt.impl.tokenizer.CharacterTokenizer}; what Hugging
 * Face tokenizers reads stands in {@link io.nanogpt.impl.tokenizer.TokenizerFiles}. Imports {@code
 * io.nanogpt.tokenizer}, {@code io.nanogpt.data} and {@code files}.
 */
@NullMarked
package io.nanogpt.impl.tokenizer;

import org.jspecify.annotations.NullMarked;
