package io.nanogpt.impl.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.ParameterSpec.Role;
import io.nanogpt.graph.Shape;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.model.Activation;
import io.nanogpt.model.KGramConfig;
import io.nanogpt.model.LstmConfig;
import io.nanogpt.model.NgramTables;
import io.nanogpt.model.TransformerConfig;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What graphs use their parameters for, found from the operations that read them. */
class ParameterRolesTest {
    private static TransformerConfig.Builder transformer() {
        return TransformerConfig.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(8)
                .contextLength(4)
                .vocabularySize(5);
    }

    private static ParameterSpec find(Graph graph, String name) {
        return graph.parameters().stream()
                .filter(spec -> spec.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> names(Graph graph, Role role) {
        return graph.parameters().stream()
                .filter(spec -> spec.role() == role)
                .map(ParameterSpec::name)
                .collect(Collectors.toList());
    }

    @Test
    void ofATransformer() {
        Graph graph = Zoo.create(transformer().build()).graph();
        assertThat(names(graph, Role.EMBEDDING)).containsExactly("tok_emb.weight", "pos_emb.weight");
        assertThat(names(graph, Role.HEAD)).containsExactly("head.weight");
        assertThat(names(graph, Role.HIDDEN))
                .containsExactly(
                        "blocks.0.attn.qkv.weight",
                        "blocks.0.attn.proj.weight",
                        "blocks.0.mlp.fc.weight",
                        "blocks.0.mlp.proj.weight");
        assertThat(names(graph, Role.VECTOR)).contains("ln_f.weight", "blocks.0.mlp.fc.bias");
        assertThat(find(graph, "blocks.0.attn.qkv.weight").matrixRows()).containsExactly(8, 8, 8);
        assertThat(find(graph, "blocks.0.attn.proj.weight").matrixRows()).containsExactly(8);
        assertThat(find(graph, "ln_f.weight").matrixRows()).isEmpty();
        assertThat(Gradients.training(graph).parameters()).isEqualTo(graph.parameters());
    }

    @Test
    void ofSharedAndSeparateWeights() {
        Graph tied = Zoo.create(transformer().tiedHead(true).build()).graph();
        assertThat(names(tied, Role.EMBEDDING)).contains("tok_emb.weight");
        assertThat(names(tied, Role.HEAD)).isEmpty();
        Graph grouped = Zoo.create(transformer()
                        .keyValueHeads(1)
                        .activation(Activation.SWIGLU)
                        .build())
                .graph();
        assertThat(find(grouped, "blocks.0.attn.qkv.weight").matrixRows()).containsExactly(8, 4, 4);
        assertThat(find(grouped, "blocks.0.mlp.gate.weight").role()).isEqualTo(Role.HIDDEN);
        Graph separate = Zoo.create(transformer().fused(false).build()).graph();
        assertThat(find(separate, "blocks.0.attn.q.weight").matrixRows()).containsExactly(8);
    }

    @Test
    void ofRecurrentAndKGramModels() {
        Graph lstm = Zoo.create(new LstmConfig(2, 6, 8, 4, 5)).graph();
        assertThat(names(lstm, Role.HIDDEN))
                .containsExactly("lstm.weight_ih_l0", "lstm.weight_hh_l0", "lstm.weight_ih_l1", "lstm.weight_hh_l1");
        assertThat(find(lstm, "lstm.weight_ih_l0").matrixRows()).containsExactly(8, 8, 8, 8);
        assertThat(find(lstm, "lstm.weight_hh_l1").matrixRows()).containsExactly(8, 8, 8, 8);
        assertThat(names(lstm, Role.HEAD)).containsExactly("linear.weight");
        KGramConfig.Context context = new KGramConfig.Context(3, 0, 4);
        Graph oneHot = Zoo.create(new KGramConfig(new KGramConfig.Input.OneHot(), context, 2, 6, 5))
                .graph();
        assertThat(names(oneHot, Role.EMBEDDING)).containsExactly("net.0.weight");
        Graph convolution = Zoo.create(new KGramConfig(new KGramConfig.Input.Convolution(6), context, 2, 6, 5))
                .graph();
        assertThat(names(convolution, Role.VECTOR)).contains("conv.weight");
    }

    @Test
    void ofTablesOfNgrams() {
        Graph summed = Zoo.create(
                        transformer().ngramTables(NgramTables.of(9, 2, 3)).build())
                .graph();
        assertThat(names(summed, Role.TABLE)).containsExactly("ngram.2.weight", "ngram.3.weight");
        assertThat(Gradients.training(summed).parameters()).isEqualTo(summed.parameters());
        Graph projected = Zoo.create(transformer()
                        .ngramTables(NgramTables.of(9, 2, 3).withWidth(2))
                        .build())
                .graph();
        assertThat(names(projected, Role.TABLE)).containsExactly("ngram.2.weight", "ngram.3.weight");
        assertThat(names(projected, Role.HIDDEN)).contains("ngram.proj.weight");
    }

    /** A user's model needs to say nothing. */
    @Test
    void ofAGraphWhoseLogitsAreChangedAfterTheHead() {
        GraphBuilder g = new GraphBuilder();
        Initializer start = new Initializer.Normal(1);
        Node tokens = g.input(Graph.TOKENS);
        Node x = g.embedding(tokens, g.parameter("table", Shape.of(5, 4), start));
        Node hidden = g.relu(g.linear(x, g.parameter("hidden", Shape.of(4, 4), start)));
        Node logits = g.silu(g.linear(hidden, g.parameter("out", Shape.of(5, 4), start)));
        Node more = g.linear(x, g.parameter("skip", Shape.of(5, 4), start));
        Graph graph = g.output(Graph.LOGITS, g.add(logits, more)).build();
        assertThat(names(graph, Role.EMBEDDING)).containsExactly("table");
        assertThat(names(graph, Role.HIDDEN)).containsExactly("hidden");
        assertThat(names(graph, Role.HEAD)).containsExactly("out", "skip");
    }
}
