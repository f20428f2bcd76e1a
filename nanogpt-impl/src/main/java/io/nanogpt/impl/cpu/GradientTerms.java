package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The terms of the gradient of each parameter. Each term is accumulated into the gradient in turn, so the additions
 * between terms are not operations of their own.
 */
final class GradientTerms {
    /** For each term and each sum of terms, the outermost sum that contains it, or itself. */
    private final Map<Integer, Integer> sums = new HashMap<>();

    private final Map<Integer, String> parameters = new HashMap<>();
    private final Map<Integer, Integer> rounds = new HashMap<>();

    GradientTerms(Graph graph) {
        for (int id = graph.nodes().size() - 1; id >= 0; id--) {
            Node node = graph.node(id);
            if (node.type().isParameterGradient()) {
                int sum = sums.computeIfAbsent(id, self -> self);
                if (node.type() == OpType.GRADIENT_SUM) {
                    node.inputs().forEach(input -> sums.put(input, sum));
                }
            }
        }
        graph.gradients().forEach((parameter, node) -> parameters.put(node.id(), parameter));
        Map<Integer, Integer> terms = new HashMap<>();
        for (Node node : graph.nodes()) {
            Integer sum = sums.get(node.id());
            if (sum != null && node.type() != OpType.GRADIENT_SUM) {
                rounds.put(node.id(), terms.merge(sum, 1, Integer::sum) - 1);
            }
        }
    }

    /** The name of the parameter that a term belongs to. */
    String parameter(Node term) {
        @Nullable Integer sum = sums.get(term.id());
        @Nullable String name = sum == null ? null : parameters.get(sum);
        if (name == null) {
            throw new IllegalArgumentException(
                    term.name() + " is not a term of the gradient of any parameter among the graph's outputs");
        }
        return name;
    }

    /** The number of earlier terms of the same gradient. */
    int round(Node term) {
        return rounds.getOrDefault(term.id(), 0);
    }
}
