/**
 * Files of GGUF, the format of llama.cpp: metadata and tensors, without their meaning for models. Start at
 * {@link io.nanogpt.impl.gguf.GgufFile} to read, at {@link io.nanogpt.impl.gguf.GgufWriter} to write. May import
 * {@code files}.
 */
@NullMarked
package io.nanogpt.impl.gguf;

import org.jspecify.annotations.NullMarked;
