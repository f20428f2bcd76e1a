package io.nanogpt.impl.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.graph.Graph;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.impl.random.CounterRandom;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.Preset;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The initial loss of a model should be about that of guessing, the logarithm of the vocabulary size, and not above.
 */
@Tag("any-jdk")
class StartLossTest {
    private static final int VOCABULARY = 1_000;
    private static final int BATCH = 4;
    private static final int LENGTH = 16;

    @ParameterizedTest
    @MethodSource("io.nanogpt.impl.StudyPresets#all")
    void aPresetStartsNearTheLogarithmOfItsVocabulary(Preset preset) {
        Graph graph = Gradients.loss(Zoo.create(smaller(preset.config())).graph());
        try (CpuBackend backend = CpuBackend.open(1)) {
            ParameterStore parameters = backend.allocate(graph.parameters());
            InitialWeights.write(parameters, 1, Optional.empty());
            Executable executable = backend.compile(graph, parameters, BATCH, LENGTH);
            executable.input(Graph.TOKENS, tokens(2));
            executable.input(Graph.TARGETS, tokens(3));
            executable.run(0);
            assertThat((double) executable.scalar(Graph.LOSS)).isCloseTo(Math.log(VOCABULARY), within(0.4));
        }
    }

    /** The same model with heads of 8 features, two layers and few tokens. */
    private static ModelConfig smaller(ModelConfig config) {
        if (config instanceof TransformerConfig transformer) {
            int width = 8 * transformer.attention().heads();
            return transformer.toBuilder()
                    .layers(Math.min(2, transformer.size().layers()))
                    .embeddingSize(width)
                    .hiddenRatio((double) transformer.mlp().hiddenSize()
                            / transformer.size().embeddingSize())
                    .contextLength(LENGTH)
                    .vocabularySize(VOCABULARY)
                    .build();
        }
        return config.withVocabularySize(VOCABULARY);
    }

    private static int[] tokens(long key) {
        int[] tokens = new int[BATCH * LENGTH];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = (int) CounterRandom.below(VOCABULARY, key, i);
        }
        return tokens;
    }
}
