/**
 * Counts a graph's parameters, FLOPs and activations. Start reading at {@link io.nanogpt.impl.accounting.Accountant}.
 * Imports the api alone.
 */
@NullMarked
package io.nanogpt.impl.accounting;

import org.jspecify.annotations.NullMarked;
