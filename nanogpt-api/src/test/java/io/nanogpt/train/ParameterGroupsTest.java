package io.nanogpt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.ParameterSpec.Role;
import io.nanogpt.graph.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParameterGroupsTest {
    private static final ParameterSpec QKV = spec("blocks.0.attn.qkv.weight", 12, 4);
    private static final ParameterSpec BIAS = spec("blocks.0.attn.qkv.bias", 12);
    private static final ParameterSpec TOKENS = spec("tok_emb.weight", 9, 4).withRole(Role.EMBEDDING);
    private static final List<ParameterSpec> MODEL = List.of(QKV, BIAS, TOKENS);

    private static ParameterSpec spec(String name, int... sizes) {
        return new ParameterSpec(name, Shape.of(sizes), new Initializer.Constant(0));
    }

    @Test
    void selectorsMatchRolesAndNames() {
        assertThat(ParameterSelector.hidden().matches(QKV)).isTrue();
        assertThat(ParameterSelector.hidden().matches(BIAS)).isFalse();
        assertThat(ParameterSelector.vectors().matches(BIAS)).isTrue();
        assertThat(ParameterSelector.of(Role.HEAD, Role.EMBEDDING).matches(TOKENS))
                .isTrue();
        assertThat(ParameterSelector.named("*.attn.*").matches(BIAS)).isTrue();
        assertThat(ParameterSelector.named("blocks.0.attn").matches(BIAS)).isFalse();
        assertThat(ParameterSelector.named("blocks?0*").matches(BIAS)).isFalse();
        assertThat(ParameterSelector.hidden().withName("*.mlp.*").matches(QKV)).isFalse();
        assertThat(ParameterSelector.hidden().withName("*.qkv.*").matches(QKV)).isTrue();
    }

    @Test
    void rowwiseAdagradIsForTablesAlone() {
        RowwiseAdagrad optimizer = RowwiseAdagrad.defaults();
        assertThat(optimizer.stateShapes(spec("ngram.2.weight", 9, 4).withRole(Role.TABLE)))
                .containsExactly(Shape.of(9));
        assertThatThrownBy(() -> optimizer.stateShapes(TOKENS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("tok_emb.weight is of the role EMBEDDING", "ParameterSelector.tables()");
        assertThat(optimizer.withLearningRate(0.1)).isEqualTo(new RowwiseAdagrad(0.1, 1e-10));
        assertThat(optimizer.withWeightDecay(0)).isEqualTo(optimizer);
        assertThatThrownBy(() -> optimizer.withWeightDecay(0.1)).hasMessageContaining("no weight decay");
        assertThatThrownBy(() -> new RowwiseAdagrad(0, 1)).hasMessageContaining("learningRate must be above 0");
        assertThatThrownBy(() -> new RowwiseAdagrad(1, 0)).hasMessageContaining("epsilon must be above 0");
    }

    @Test
    void selectorsAreValuesWithAShortText() {
        assertThat(ParameterSelector.of(Role.HEAD, Role.HIDDEN, Role.HEAD))
                .isEqualTo(ParameterSelector.of(Role.HIDDEN, Role.HEAD))
                .hasToString("hidden|head");
        assertThat(ParameterSelector.vectors().withName("*.bias")).hasToString("vector:*.bias");
        assertThat(ParameterSelector.named("tok_emb.*")).hasToString("tok_emb.*");
        assertThatThrownBy(ParameterSelector::of).hasMessageContaining("at least one role");
    }

    @Test
    void theFirstGroupThatMatchesTakesAParameter() {
        Sgd slow = Sgd.of(1e-3);
        Sgd fast = Sgd.of(1);
        AdamW rest = AdamW.defaults();
        ParameterGroups groups = ParameterGroups.of(rest)
                .with(ParameterSelector.named("*.bias"), slow)
                .with(ParameterSelector.named("blocks.*"), fast);
        assertThat(groups.optimizer(BIAS)).isSameAs(slow);
        assertThat(groups.optimizer(QKV)).isSameAs(fast);
        assertThat(groups.optimizer(TOKENS)).isSameAs(rest);
        assertThat(groups.optimizers()).containsExactly(slow, fast, rest);
        assertThat(groups.map(optimizer -> optimizer.withLearningRate(7)).optimizers())
                .extracting(Optimizer::learningRate)
                .containsOnly(7.0);
    }

    @Test
    void aNameThatNoParameterHasIsRefused() {
        ParameterGroups groups =
                ParameterGroups.of(AdamW.defaults()).with(ParameterSelector.named("*.qvk.*"), Sgd.of(1));
        assertThatThrownBy(() -> groups.requireFit(MODEL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'*.qvk.*' names no parameter; the model has blocks.0.attn.qkv.weight, ");
        // Not every model has every role.
        ParameterGroups.of(AdamW.defaults())
                .with(ParameterSelector.tables(), Sgd.of(1))
                .requireFit(MODEL);
    }

    @Test
    void settersChangeTheRestOrAll() {
        Trainer.Builder builder = Trainer.builder()
                .optimizer(ParameterGroups.of(AdamW.defaults()).with(ParameterSelector.embeddings(), Sgd.of(0.5)))
                .learningRate(0.25)
                .weightDecay(0);
        ParameterGroups groups = builder.config().optimization().groups();
        assertThat(groups.rest())
                .isEqualTo(AdamW.defaults().withLearningRate(0.25).withWeightDecay(0));
        assertThat(groups.optimizer(TOKENS)).isEqualTo(Sgd.of(0.5));
        assertThat(builder.optimizer(Sgd.of(1)).config().optimization().groups())
                .isEqualTo(ParameterGroups.of(Sgd.of(1)));
    }
}
