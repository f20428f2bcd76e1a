package io.nanogpt.impl.runtime;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.tokenizer.format.SpecialTokenAdder;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.Architecture;
import io.nanogpt.spi.ParameterSource;
import io.nanogpt.tokenizer.Tokenizer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The weights of a model whose tokenizer has more special tokens. Each table with a row for each token has the mean of
 * the other rows for a new one (Hewitt 2021): its logit is then the mean of the others, so that it takes at most the
 * share of an average token from them.
 */
final class ExtendedVocabulary implements ParameterSource {
    private static final String SIZE = "vocabularySize";

    private final ParameterSource from;
    private final Map<String, ParameterSpec> before = new HashMap<>();
    private final List<ParameterSpec> specs;
    private final Architecture architecture;
    private final Tokenizer tokenizer;
    /** The names of the parameters that have a row for each token. */
    private final Set<String> perToken;
    /** The ids that the tokenizer had. */
    private final int known;

    ExtendedVocabulary(BaseModel model, List<String> tokens) {
        from = model.weights();
        known = model.tokenizer().vocabularySize();
        tokenizer = SpecialTokenAdder.add(model.tokenizer(), tokens);
        architecture = architecture(model.architecture(), tokenizer.vocabularySize());
        specs = architecture.graph().parameters();
        perToken = perToken(architecture.graph());
        from.specs().forEach(spec -> before.put(spec.name(), spec));
        for (ParameterSpec spec : specs) {
            ParameterSpec old = before.get(spec.name());
            if (!perToken.contains(spec.name()) && (old == null || !spec.shape().equals(old.shape()))) {
                throw cannot("its parameter " + spec.name() + " has no row for each token");
            }
        }
    }

    /** The tables of embeddings, and the weights and biases of the layers that give the logits. */
    private static Set<String> perToken(Graph graph) {
        Set<String> names = new HashSet<>();
        graph.parameters().stream()
                .filter(spec -> spec.role() == ParameterSpec.Role.HEAD)
                .forEach(spec -> names.add(spec.name()));
        for (Node node : graph.nodes()) {
            if (node.type() == OpType.EMBEDDING) {
                names.add(graph.node(node.input(1)).name());
            }
            if (node.type() == OpType.LINEAR
                    && node.inputs().size() == 3
                    && names.contains(graph.node(node.input(1)).name())) {
                names.add(graph.node(node.input(2)).name());
            }
        }
        return names;
    }

    Architecture architecture() {
        return architecture;
    }

    Tokenizer tokenizer() {
        return tokenizer;
    }

    private static Architecture architecture(Architecture of, int size) {
        if (size <= of.vocabularySize()) {
            return of; // Its tables were padded, as nanoGPT's are to 50,304 rows.
        }
        if (hasNgramTables(of)) {
            throw cannot("the rows of its n-gram tables are chosen by a hash with the size of the vocabulary");
        }
        Map<String, Object> settings = new LinkedHashMap<>(of.settings());
        if (!settings.containsKey(SIZE)) {
            throw cannot("the architecture " + of.kind() + " has no setting " + SIZE);
        }
        settings.put(SIZE, size);
        return Zoo.transformer(of)
                .map(config -> Zoo.create(config.withVocabularySize(size)))
                .or(() -> Architectures.create(of.kind(), settings))
                .orElseThrow(() -> cannot("no provider of the architecture " + of.kind() + " is on the class path"));
    }

    private static boolean hasNgramTables(Architecture architecture) {
        return architecture.graph().nodes().stream()
                .anyMatch(node ->
                        node.type() == OpType.EMBEDDING && ((Attributes.Embedding) node.attributes()).order() > 1);
    }

    private static IllegalArgumentException cannot(String reason) {
        return new IllegalArgumentException("the vocabulary of this model cannot be extended: " + reason);
    }

    @Override
    public List<ParameterSpec> specs() {
        return specs;
    }

    @Override
    public void read(String name, float[] destination) {
        ParameterSpec old = before.get(name);
        if (old == null) {
            throw new IllegalArgumentException("no parameter " + name + "; there are " + before.keySet());
        }
        float[] values = destination.length == old.elements() ? destination : new float[old.elements()];
        from.read(name, values);
        System.arraycopy(values, 0, destination, 0, Math.min(values.length, destination.length));
        if (perToken.contains(name)) {
            addMeans(destination, destination.length / architecture.vocabularySize());
        }
    }

    /** Sets the rows of new tokens to the mean of those that the tokenizer had before. */
    private void addMeans(float[] table, int width) {
        int size = tokenizer.vocabularySize();
        for (int column = 0; column < width && size > known; column++) {
            double sum = 0;
            for (int row = 0; row < known; row++) {
                sum += table[row * width + column];
            }
            for (int row = known; row < size; row++) {
                table[row * width + column] = (float) (sum / known);
            }
        }
    }
}
