/**
 * Byte-level byte pair encoding: training and encoding. Start reading at
 * {@link io.nanogpt.impl.tokenizer.bpe.ByteLevelTokenizer}: a {@code Splitter} cuts text into pre-tokens, a
 * {@code BpeEncoder} turns them into ids, {@code TextBlocks} lets both work on texts of any length;
 * {@code PretokenCounter} and {@code BpeTrainer} learn the merges. Imports {@code pretokenize}, and {@code format} to save.
 */
@NullMarked
package io.nanogpt.impl.tokenizer.bpe;

import org.jspecify.annotations.NullMarked;
