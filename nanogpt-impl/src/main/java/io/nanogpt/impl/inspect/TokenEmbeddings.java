package io.nanogpt.impl.inspect;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.inspect.EmbeddingMap;
import io.nanogpt.inspect.Neighbour;
import io.nanogpt.spi.ParameterSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The table of embeddings of the tokens of a model. */
public final class TokenEmbeddings {
    /** {@code (tokens, features)}, row-major. */
    private final float[] values;

    private final int features;
    private @Nullable EmbeddingMap map;

    TokenEmbeddings(float[] values, int features) {
        this.values = values;
        this.features = features;
    }

    /** Finds the table that has a row for each token. */
    static Optional<ParameterSpec> table(Graph graph) {
        return graph.nodes().stream()
                .filter(node -> node.type() == OpType.EMBEDDING
                        && node.attributes() instanceof Attributes.Embedding embedding
                        && embedding.reach() == 0)
                .map(node -> graph.node(node.input(1)))
                .map(Node::attributes)
                .filter(Attributes.Parameter.class::isInstance)
                .map(attributes -> ((Attributes.Parameter) attributes).spec())
                .findFirst();
    }

    /**
     * Reads the table of a model.
     *
     * @throws UnsupportedOperationException if the model has none
     */
    public static TokenEmbeddings read(Graph graph, ParameterSource parameters) {
        ParameterSpec spec = table(graph)
                .orElseThrow(
                        () -> new UnsupportedOperationException("this model has no table of embeddings of its tokens"));
        float[] values = new float[spec.elements()];
        parameters.read(spec.name(), values);
        return new TokenEmbeddings(values, spec.shape().size(1));
    }

    /** The table, {@code (tokens, features)}, row-major. */
    public float[] values() {
        return values;
    }

    /** Whether a model has such a table. */
    public static boolean isPresent(Graph graph) {
        return table(graph).isPresent();
    }

    private int tokens() {
        return values.length / features;
    }

    List<Neighbour> neighbours(int id, int count, Vocabulary vocabulary) {
        if (id < 0 || id >= tokens()) {
            throw new IllegalArgumentException(
                    "token " + id + " is not in the vocabulary; ids run from 0 to " + (tokens() - 1));
        }
        if (count < 1) {
            throw new IllegalArgumentException("the number of neighbours must be at least 1, but is " + count);
        }
        float[] similarities = new float[tokens()];
        double own = Math.sqrt(product(id, id));
        for (int other = 0; other < similarities.length; other++) {
            double lengths = own * Math.sqrt(product(other, other));
            similarities[other] = lengths > 0 ? (float) (product(id, other) / lengths) : 0;
        }
        similarities[id] = Float.NEGATIVE_INFINITY;
        List<Neighbour> neighbours = new ArrayList<>();
        for (int other : Ranking.largest(similarities, Math.min(count, tokens() - 1))) {
            neighbours.add(new Neighbour(other, vocabulary.text(other), similarities[other]));
        }
        return List.copyOf(neighbours);
    }

    private double product(int first, int second) {
        int a = first * features;
        int b = second * features;
        double sum = 0;
        for (int feature = 0; feature < features; feature++) {
            sum += (double) values[a + feature] * values[b + feature];
        }
        return sum;
    }

    /** The two principal components of all embeddings. */
    public synchronized EmbeddingMap map() {
        EmbeddingMap known = map;
        if (known == null) {
            known = new PrincipalPlane(values, features).map();
            map = known;
        }
        return known;
    }
}
