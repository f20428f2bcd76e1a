/**
 * Cuts text into pre-tokens, by hand-written scanners of well-known patterns or by any regular expression, with the
 * character classes of Unicode 16. Start reading at {@link io.nanogpt.impl.tokenizer.pretokenize.Splitter}. Imports only
 * {@code io.nanogpt.tokenizer} and {@code regex}.
 */
@NullMarked
package io.nanogpt.impl.tokenizer.pretokenize;

import org.jspecify.annotations.NullMarked;
