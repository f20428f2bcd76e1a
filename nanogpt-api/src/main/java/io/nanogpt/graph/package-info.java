/**
 * Graphs of operations, which describe models and their gradients. Start at {@link io.nanogpt.graph.GraphBuilder};
 * {@link io.nanogpt.graph.OpType} lists every operation. Imports nothing of the library.
 *
 * <pre>{@code
 * GraphBuilder g = new GraphBuilder();
 * Node table = g.parameter("wte.weight", Shape.of(65, 32), new Initializer.Normal(0.02f));
 * Node x = g.gelu(g.embedding(g.input(Graph.TOKENS), table));
 * Graph graph = g.output(Graph.LOGITS, g.linear(x, table)).build();
 * }</pre>
 */
@NullMarked
package io.nanogpt.graph;

import org.jspecify.annotations.NullMarked;
