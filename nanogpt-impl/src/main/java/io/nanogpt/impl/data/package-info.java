/**
 * Reading corpora and token files, and cutting batches from them. Start reading at
 * {@link io.nanogpt.impl.data.FileCorpusReader}, which delegates every kind of file to a class of its own,
 * {@link io.nanogpt.impl.data.FileTokens} and {@link io.nanogpt.impl.data.Batches}, which a training step calls.
 * Imports {@code io.nanogpt.data}, {@code files} and {@code random}.
 */
@NullMarked
package io.nanogpt.impl.data;

import org.jspecify.annotations.NullMarked;
