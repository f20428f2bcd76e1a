/**
 * Inspections of texts: attention, logits of every layer, removed heads, token embeddings. Start reading at
 * {@link io.nanogpt.impl.inspect.GraphInspection}. Imports {@code graph}, and in
 * {@code explorer} also {@code files} and {@code page}; knows backends through {@code io.nanogpt.spi}.
 */
@NullMarked
package io.nanogpt.impl.inspect;

import org.jspecify.annotations.NullMarked;
