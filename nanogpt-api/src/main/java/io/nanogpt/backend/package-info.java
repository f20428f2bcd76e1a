/**
 * What computes a training run: the processor, or GPUs through DJL. Start at {@link io.nanogpt.backend.Backends}. Imports
 * nothing.
 */
@NullMarked
package io.nanogpt.backend;

import org.jspecify.annotations.NullMarked;
