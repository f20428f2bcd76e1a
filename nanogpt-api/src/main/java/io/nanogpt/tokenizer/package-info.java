/**
 * Tokenizers: training, loading, encoding and decoding. Start at {@link io.nanogpt.tokenizer.Tokenizers}. Imports
 * {@code io.nanogpt}, {@code data} and {@code spi}.
 *
 * <pre>{@code
 * Tokenizer bpe = Tokenizers.byteLevelBpe().vocabularySize(5_000).specialTokens("<|endoftext|>").train(corpus);
 * int[] ids = bpe.encode("To be, or not to be");
 * String text = bpe.decode(ids);
 * bpe.save(Path.of("tokenizer.json"));
 * Tokenizer loaded = Tokenizers.load(Path.of("tokenizer.json"));
 * }</pre>
 *
 * <p>An interrupt of the thread ends training, encoding of long texts and streams by a
 * {@link io.nanogpt.NanogptInterruptedException}.
 */
@NullMarked
package io.nanogpt.tokenizer;

import org.jspecify.annotations.NullMarked;
