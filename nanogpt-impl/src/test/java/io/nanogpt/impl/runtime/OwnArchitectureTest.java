package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.Shape;
import io.nanogpt.model.Activation;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.KGramConfig;
import io.nanogpt.model.LstmConfig;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.Trainer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Architectures of other libraries and of this one, from training to a saved folder, through the api alone. */
@Tag("any-jdk")
class OwnArchitectureTest {
    private static final Corpus CORPUS =
            Corpus.ofText("the cat sat on the mat and the rat sat on the cat. ".repeat(20));
    private static final Tokenizer TOKENIZER = Tokenizers.characters().train(CORPUS);

    @TempDir
    private Path folder;

    /** The example of the documentation: an embedding and a head. */
    private static final class Bigram implements Architecture {
        private final Graph graph;
        private final int vocabulary;

        Bigram(int vocabulary, int width) {
            this.vocabulary = vocabulary;
            GraphBuilder g = new GraphBuilder();
            Initializer normal = new Initializer.Normal(0.02f);
            Node x = g.embedding(g.input(Graph.TOKENS), g.parameter("table", Shape.of(vocabulary, width), normal));
            graph = g.output(Graph.LOGITS, g.linear(x, g.parameter("head", Shape.of(vocabulary, width), normal)))
                    .build();
        }

        @Override
        public String kind() {
            return "bigram";
        }

        @Override
        public int vocabularySize() {
            return vocabulary;
        }

        @Override
        public int contextLength() {
            return 8;
        }

        @Override
        public Graph graph() {
            return graph;
        }

        @Override
        public Map<String, Object> settings() {
            return Map.of();
        }
    }

    @Test
    void anArchitectureOfOnesOwnTrainsAndGenerates() {
        try (LanguageModel model = train(new Bigram(TOKENIZER.vocabularySize(), 16))) {
            assertThat(model.report().orElseThrow().last().trainLoss()).isLessThan(2.2);
            assertThat(model.generate("th", GenerationOptions.greedy().withMaxTokens(20)))
                    .hasSize(20);
            assertThat(model.attention("the").layers()).isZero();
            assertThatThrownBy(() -> model.attention("the").layer(0)).hasMessageContaining("no attention");
        }
    }

    @Test
    void aRecurrentModelCarriesItsState() {
        assertTrainsSavesAndOutgrowsItsContext(new LstmConfig(1, 12, 24, 8, TOKENIZER.vocabularySize()));
    }

    @Test
    void aKGramLooksAtTheLastTokensAlone() {
        KGramConfig config = new KGramConfig(
                new KGramConfig.Input.Embedding(8),
                new KGramConfig.Context(3, 0, 8),
                1,
                24,
                TOKENIZER.vocabularySize());
        assertTrainsSavesAndOutgrowsItsContext(config);
        try (LanguageModel model = LanguageModel.load(folder, 1)) {
            int[] ids = TOKENIZER.encode("the cat sat on the mat");
            int[] same = TOKENIZER.encode("xx mat".replace("x", "s"));
            assertThat(model.logits(ids)).isEqualTo(model.logits(same));
        }
    }

    private void assertTrainsSavesAndOutgrowsItsContext(ModelConfig config) {
        try (LanguageModel model = train(config.architecture())) {
            String text = model.generate("the cat", GenerationOptions.greedy().withMaxTokens(100));
            assertThat(text).hasSize(100);
            model.save(folder);
            try (LanguageModel loaded = LanguageModel.load(folder, 1)) {
                assertThat(loaded.generate("the cat", GenerationOptions.greedy().withMaxTokens(100)))
                        .isEqualTo(text);
            }
        }
    }

    @Test
    void aTransformerShowsItsAttention() {
        TransformerConfig config = TransformerConfig.builder()
                .layers(2)
                .heads(4)
                .keyValueHeads(2)
                .embeddingSize(16)
                .contextLength(8)
                .vocabularySize(TOKENIZER.vocabularySize())
                .activation(Activation.SWIGLU)
                .norm(new NormConfig(NormConfig.Kind.RMS, 1e-5f, NormConfig.Placement.PRE))
                .positions(new Positions.Rotary(10_000, false))
                .window(4)
                .build();
        try (LanguageModel model = train(config.architecture())) {
            AttentionMaps maps = model.attention("the cat sat");
            assertThat(maps.layers()).isEqualTo(2);
            assertThat(maps.heads(1)).isEqualTo(4);
            assertThat(maps.tokens()).hasSize(8);
            assertThat(maps.tokens().get(7).text()).isEqualTo("t");
            float[] last = maps.head(1, 3)[7];
            double sum = 0;
            for (int s = 0; s < 8; s++) {
                sum += last[s];
                assertThat(last[s] > 0).as("key %d", s).isEqualTo(s >= 4);
            }
            assertThat(sum).isBetween(0.9999, 1.0001);
            float[] logits = model.logits(TOKENIZER.encode(" cat sat"));
            assertThat(maps.nextProbabilities()).hasSameSizeAs(logits);
            assertThatThrownBy(() -> maps.head(1, 4)).hasMessageContaining("heads run from 0 to 3");
            assertThatThrownBy(() -> model.attention("")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static LanguageModel train(Architecture architecture) {
        return Trainer.builder()
                .steps(60)
                .batchSize(8)
                .learningRate(1e-2)
                .evaluateEvery(60)
                .evaluationBatches(2)
                .threads(2)
                .build()
                .train(architecture, TOKENIZER, CORPUS);
    }
}
