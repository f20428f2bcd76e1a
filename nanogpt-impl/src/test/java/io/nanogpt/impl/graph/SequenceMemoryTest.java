package io.nanogpt.impl.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.KGramConfig;
import io.nanogpt.model.LstmConfig;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.NgramTables;
import io.nanogpt.model.Positions;
import io.nanogpt.model.TransformerConfig;
import org.junit.jupiter.api.Test;

class SequenceMemoryTest {
    private static SequenceMemory of(ModelConfig config) {
        return SequenceMemory.of(Zoo.create(config).graph());
    }

    @Test
    void aTransformerLooksAtTokensThroughItsCacheAlone() {
        TransformerConfig.Builder builder =
                TransformerConfig.builder().layers(1).embeddingSize(8).heads(1).vocabularySize(5);
        assertThat(of(builder.build())).isEqualTo(new SequenceMemory(0, true, false));
        assertThat(of(builder.positions(new Positions.Sinusoidal()).build()))
                .isEqualTo(new SequenceMemory(0, true, false));
        assertThat(of(builder.positions(new Positions.None()).build())).isEqualTo(new SequenceMemory(0, false, false));
        assertThat(of(builder.positions(new Positions.Rotary(10_000, true)).build()))
                .isEqualTo(new SequenceMemory(0, false, false));
    }

    @Test
    void ngramTablesNeedTheTokensBeforeTheLast() {
        TransformerConfig.Builder builder =
                TransformerConfig.builder().layers(1).embeddingSize(8).heads(1).vocabularySize(5);
        assertThat(of(builder.ngramTables(NgramTables.of(7, 2, 5)).build()))
                .isEqualTo(new SequenceMemory(4, true, false));
    }

    @Test
    void aRecurrentModelNeedsNoTokenBefore() {
        assertThat(of(new LstmConfig(1, 8, 8, 4, 5))).isEqualTo(new SequenceMemory(0, false, true));
    }

    @Test
    void aKGramModelNeedsItsWindow() {
        KGramConfig.Context context = new KGramConfig.Context(3, -1, 4);
        assertThat(of(new KGramConfig(new KGramConfig.Input.OneHot(), context, 1, 8, 5)))
                .isEqualTo(new SequenceMemory(2, false, true));
        assertThat(of(new KGramConfig(new KGramConfig.Input.Embedding(8), context, 1, 8, 5)))
                .isEqualTo(new SequenceMemory(2, false, true));
    }
}
