package io.nanogpt.impl.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import io.nanogpt.graph.Shape;
import org.junit.jupiter.api.Test;

class GradientsTest {
    private static final Initializer ZERO = new Initializer.Constant(0);

    /** A table that is also the head, and an activation that two operations read. */
    private static Graph tied() {
        GraphBuilder g = new GraphBuilder();
        Node table = g.parameter("table", Shape.of(7, 4), ZERO);
        Node weight = g.parameter("weight", Shape.of(4, 4), ZERO);
        Node x = g.embedding(g.input(Graph.TOKENS), table);
        return g.output(Graph.LOGITS, g.linear(g.add(g.gelu(x), g.linear(x, weight)), table))
                .build();
    }

    @Test
    void termsOfOneParametersGradientAreAddedByAnOperationOfTheirOwn() {
        Graph training = Gradients.training(tied());
        assertThat(training.gradients().get("table").type()).isEqualTo(OpType.GRADIENT_SUM);
        assertThat(training.gradients().get("weight").type()).isEqualTo(OpType.LINEAR_WEIGHT_GRAD);
        assertThat(training.gradients().keySet()).containsExactly("table", "weight");
        for (Node node : training.nodes()) {
            boolean fixed = node.shape().isFixed() && node.shape().rank() > 0;
            assertThat(node.type().isParameterGradient())
                    .as(node.toString())
                    .isEqualTo(fixed && node.type() != OpType.PARAMETER);
        }
        assertThat(training.nodes())
                .filteredOn(node -> node.type() == OpType.ADD)
                .allMatch(node -> node.shape().rank() == 3)
                .hasSizeGreaterThan(1);
    }

    @Test
    void gradientsHaveNoGradients() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.embedding(g.input(Graph.TOKENS), g.parameter("table", Shape.of(7, 4), ZERO));
        Node slice = g.add(OpType.SLICE, new Attributes.Slice(0, 4), "slice", x);
        Graph graph = g.output(Graph.LOGITS, slice).build();
        assertThatThrownBy(() -> Gradients.training(graph))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("slice is a gradient already");
    }
}
