/**
 * A model is a graph of operations, and so is its gradient. Start reading at {@link io.nanogpt.graph.GraphBuilder};
 * {@link io.nanogpt.graph.OpType} lists every operation. Imports nothing of the library.
 */
@NullMarked
package io.nanogpt.graph;

import org.jspecify.annotations.NullMarked;
