/**
 * Training data: corpora, cleaning, token files and examples. Start at {@link io.nanogpt.data.Corpus} for text and at
 * {@link io.nanogpt.data.Examples} for token ids. Imports {@code io.nanogpt}, {@code chat}, {@code tokenizer}
 * and {@code spi}.
 *
 * <pre>{@code
 * Corpus captions = Corpus.ofJsonLines(Path.of("captions.jsonl"), "text").withCase(Corpus.CaseFolding.LOWER);
 * Corpus.Split split = captions.split(SplitOptions.defaults());
 * Tokenization.with(tokenizer).write(Path.of("plays.txt"), Path.of("plays.bin"));
 * Examples examples = Windows.of(TokenSource.open(Path.of("plays.bin"), tokenizer)).withStride(64);
 * LanguageModel model = trainer.train(architecture, tokenizer, examples.slice(0, 0.9), examples.slice(0.9, 1));
 * }</pre>
 */
@NullMarked
package io.nanogpt.data;

import org.jspecify.annotations.NullMarked;
