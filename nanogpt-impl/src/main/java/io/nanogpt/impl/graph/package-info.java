/**
 * Transformations of graphs: the loss, the gradients, inference without dropout. Start reading at
 * {@link io.nanogpt.impl.graph.Gradients}. Imports the api's graph alone.
 */
@NullMarked
package io.nanogpt.impl.graph;

import org.jspecify.annotations.NullMarked;
