package io.nanogpt.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.model.TransformerConfig.MlpConfig;
import io.nanogpt.model.TransformerConfig.Size;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Builders, records and conflicts of configurations. */
class ModelConfigTest {
    private static final KGramConfig.Context CONTEXT = new KGramConfig.Context(3, -1, 64);

    private static TransformerConfig.Builder builder() {
        return TransformerConfig.builder().vocabularySize(50);
    }

    private static void assertRefused(ThrowingCallable action, String message) {
        assertThatThrownBy(action).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }

    @Test
    void theDefaultIsTheCaptionGpt() {
        TransformerConfig config = builder().build();
        assertThat(config.size()).isEqualTo(new Size(4, 128, 64, 50));
        assertThat(config.mlp()).isEqualTo(new MlpConfig(Activation.GELU, 512));
        assertThat(config.headSize()).isEqualTo(32);
        assertThat(config.kind()).isEqualTo(ModelConfig.Kind.TRANSFORMER);
        assertThat(config.toBuilder().build()).isEqualTo(config);
    }

    @Test
    void ratiosAndHeadsFollowWhatTheyDependOn() {
        assertThat(builder().embeddingSize(64).build().mlp().hiddenSize()).isEqualTo(256);
        assertThat(builder().hiddenRatio(1).embeddingSize(64).build().mlp().hiddenSize())
                .isEqualTo(64);
        assertThat(builder().hiddenSize(100).embeddingSize(64).build().mlp().hiddenSize())
                .isEqualTo(100);
        assertThat(builder().heads(8).build().attention().keyValueHeads()).isEqualTo(8);
        assertThat(builder().build().toBuilder().heads(2).build().attention().keyValueHeads())
                .isEqualTo(2);
        assertThat(builder().keyValueHeads(2).build().toBuilder()
                        .heads(8)
                        .build()
                        .attention()
                        .keyValueHeads())
                .isEqualTo(2);
    }

    @Test
    void ngramTablesFollowTheEmbedding() {
        NgramTables tables = NgramTables.of(1_000, 2, 3, 8);
        assertThat(builder().build().ngramTables()).isEqualTo(NgramTables.NONE);
        assertThat(NgramTables.NONE.isEmpty()).isTrue();
        assertThat(tables.isEmpty()).isFalse();
        assertThat(tables.width(64)).isEqualTo(64);
        assertThat(tables.withWidth(8).width(64)).isEqualTo(8);
        assertThat(tables.rows(2, 30)).isEqualTo(900);
        assertThat(tables.rows(2, 100_000)).isEqualTo(1_000);
        assertThat(tables.rows(3, 30)).isEqualTo(1_000);
        TransformerConfig config = builder().ngramTables(tables).build();
        assertThat(config.toBuilder().build()).isEqualTo(config);
    }

    @Test
    void ngramTablesThatCannotBeAreRefused() {
        assertRefused(() -> NgramTables.of(10, 1), "ascend from at least 2 to at most 8");
        assertRefused(() -> NgramTables.of(10, 2, 9), "but are [2, 9]");
        assertRefused(() -> NgramTables.of(10, 3, 3), "but are [3, 3]");
        assertRefused(() -> NgramTables.of(0, 2), "rows of an n-gram table must be at least 1, but is 0");
        assertRefused(() -> NgramTables.of(10, 2).withWidth(-1), "or 0 for the embedding size, but is -1");
        TransformerConfig.Builder large = builder().ngramTables(NgramTables.of(20_000_000, 2, 3));
        assertRefused(large::build, "rows of an n-gram table 20000000 times their width 128");
        TransformerConfig.Builder words = builder().vocabularySize(4_000_000).ngramTables(NgramTables.of(10, 2));
        assertRefused(words::build, "n-gram tables need a vocabularySize of at most 3000000, but it is 4000000");
    }

    @Test
    void partsThatDoNotFitTogetherAreRefused() {
        assertRefused(() -> TransformerConfig.builder().build(), "vocabularySize is missing; give the tokenizer's");
        assertRefused(
                () -> builder().embeddingSize(130).build(),
                "embeddingSize 130 is not divisible by heads 4; choose heads among the divisors of the embedding size,"
                        + " or an embedding size of 132");
        assertRefused(() -> builder().heads(4).keyValueHeads(3).build(), "heads 4 is not divisible by keyValueHeads 3");
        assertRefused(
                () -> builder()
                        .embeddingSize(12)
                        .positions(new Positions.Rotary(10_000, true))
                        .build(),
                "rotary positions turn pairs of features, but the head size 3 is odd");
        assertRefused(
                () -> builder()
                        .embeddingSize(5)
                        .heads(1)
                        .positions(new Positions.Sinusoidal())
                        .build(),
                "sinusoidal positions come in pairs, but embeddingSize 5 is odd");
        assertRefused(() -> builder().window(-1).build(), "window must be at least 1, or 0 for no window, but is -1");
    }

    @Test
    void valuesAreCheckedWhereTheyAreSet() {
        assertRefused(() -> builder().layers(0), "layers must be from 1 to 1024, but is 0");
        assertRefused(() -> builder().layers(1_000_000), "layers must be from 1 to 1024, but is 1000000");
        assertRefused(() -> builder().heads(0), "heads must be at least 1, but is 0");
        assertRefused(() -> builder().keyValueHeads(0), "keyValueHeads must be at least 1");
        assertRefused(() -> builder().embeddingSize(-1), "embeddingSize must be at least 1, but is -1");
        assertRefused(() -> builder().contextLength(0), "contextLength must be at least 1");
        assertRefused(() -> builder().vocabularySize(0), "vocabularySize must be at least 1");
        assertRefused(() -> builder().hiddenSize(0), "hiddenSize must be at least 1");
        assertRefused(() -> builder().hiddenRatio(0), "hiddenRatio must be in (0, 1024], but is 0.0");
        assertRefused(() -> builder().dropout(1), "dropout must be in [0, 1), but is 1.0");
        assertRefused(() -> new AttentionScale.Fixed(0), "the attention scale must be above 0 and finite, but is 0.0");
        assertRefused(() -> new Positions.Rotary(1, true), "theta must be above 1 and finite, but is 1.0");
        assertRefused(() -> new Initialization.Normal(0), "the standard deviation must be above 0 and finite");
        assertRefused(
                () -> new NormConfig(NormConfig.Kind.RMS, 0, NormConfig.Placement.PRE),
                "epsilon must be in (0, 1), but is 0.0");
    }

    /** Products larger than an array can hold are refused with their factors, without overflow. */
    @Test
    void sizesThatOverflowAreRefused() {
        assertRefused(
                () -> builder().embeddingSize(2_000_000_000).build(),
                "embeddingSize 2000000000 times embeddingSize 2000000000 gives a matrix of more than the 2147483647"
                        + " elements that an array can hold; choose smaller sizes");
        assertRefused(
                () -> builder().embeddingSize(40_000).build(),
                "the width of queries, keys and values 120000 times embeddingSize 40000");
        assertRefused(
                () -> builder().hiddenSize(2_000_000_000).build(), "hiddenSize 2000000000 times embeddingSize 128");
        assertRefused(
                () -> builder().vocabularySize(2_000_000_000).build(),
                "vocabularySize 2000000000 times embeddingSize 128");
        assertRefused(
                () -> builder().contextLength(2_000_000_000).build(), "contextLength 2000000000 times embeddingSize");
        assertRefused(
                () -> new LstmConfig(1, 8, 30_000, 8, 8), "four gates of hiddenSize 120000 times hiddenSize 30000");
        assertRefused(() -> new LstmConfig(1, 2_000_000_000, 8, 8, 8), "times embeddingSize 2000000000");
        assertRefused(
                () -> new KGramConfig(new KGramConfig.Input.OneHot(), CONTEXT, 1, 1000, 1_000_000),
                "window times vocabularySize 3000000 times hiddenSize 1000");
        assertRefused(
                () -> new KGramConfig(new KGramConfig.Input.Embedding(2_000_000_000), CONTEXT, 1, 8, 8),
                "vocabularySize 8 times embeddingSize 2000000000");
        assertRefused(
                () -> new KGramConfig(new KGramConfig.Input.Convolution(1_000_000), CONTEXT, 1, 1000, 8),
                "window times embeddingSize 3000000 times hiddenSize 1000");
    }

    @Test
    void theKGramModelChecksItsContext() {
        KGramConfig config = new KGramConfig(new KGramConfig.Input.OneHot(), CONTEXT, 1, 8, 5);
        assertThat(config.contextLength()).isEqualTo(64);
        assertThat(config.kind()).isEqualTo(ModelConfig.Kind.K_GRAM);
        assertThat(config.withVocabularySize(9).vocabularySize()).isEqualTo(9);
        assertRefused(() -> new KGramConfig.Context(0, -1, 64), "window must be at least 1, but is 0");
        assertRefused(
                () -> new KGramConfig.Context(3, -2, 64), "padding must be a token id, or -1 for zeros, but is -2");
        assertRefused(
                () -> new KGramConfig(new KGramConfig.Input.OneHot(), new KGramConfig.Context(3, 5, 64), 1, 8, 5),
                "padding must be a token id below the vocabulary size 5, or -1 for zeros, but is 5");
        assertRefused(() -> new KGramConfig.Input.Embedding(0), "embeddingSize must be at least 1");
    }

    @Test
    void theRecurrentModelChecksItsSizes() {
        LstmConfig config = new LstmConfig(1, 2, 3, 4, 5);
        assertThat(config.kind()).isEqualTo(ModelConfig.Kind.LSTM);
        assertThat(config.withVocabularySize(6)).isEqualTo(new LstmConfig(1, 2, 3, 4, 6));
        assertRefused(() -> new LstmConfig(0, 2, 3, 4, 5), "layers must be from 1 to 1024, but is 0");
    }

    @ParameterizedTest
    @MethodSource("io.nanogpt.model.Preset#all")
    void presetsAreFoundByTheirNames(Preset preset) {
        assertThat(Preset.of(preset.name())).isEqualTo(preset);
        assertThat(Preset.of(preset.name().toUpperCase(Locale.ROOT))).isEqualTo(preset);
        ModelConfig other = preset.config().withVocabularySize(77);
        assertThat(other.vocabularySize()).isEqualTo(77);
        assertThat(other.withVocabularySize(preset.config().vocabularySize())).isEqualTo(preset.config());
        if (preset.config().kind() == ModelConfig.Kind.TRANSFORMER) {
            assertThat(preset.transformer().build()).isEqualTo(preset.config());
        } else {
            assertRefused(preset::transformer, "preset " + preset + " is no transformer");
        }
    }

    @Test
    void anUnknownPresetListsTheOthers() {
        assertRefused(
                () -> Preset.of("bert"), "no preset is named bert; the presets are captions, captions-gpu, min-gpt,");
    }

    /** Each kind of a sealed interface belongs to one of its records. */
    @Test
    void kindsTellTheRecordsApart() {
        assertAll(
                Positions.Kind.values(),
                List.of(
                        new Positions.Learned().kind(),
                        new Positions.Sinusoidal().kind(),
                        new Positions.Rotary(10_000, true).kind(),
                        new Positions.None().kind()));
        assertAll(
                AttentionScale.Kind.values(),
                List.of(
                        new AttentionScale.ByHeadSize().kind(),
                        new AttentionScale.ByEmbeddingSize().kind(),
                        new AttentionScale.Fixed(1).kind()));
        assertAll(
                Initialization.Kind.values(),
                List.of(
                        new Initialization.Normal(1).kind(),
                        new Initialization.ScaledResidual(1).kind(),
                        new Initialization.PyTorchDefault().kind(),
                        new Initialization.XavierUniform().kind(),
                        new Initialization.TruncatedNormal().kind(),
                        new Initialization.FanIn(1, 1, true, true).kind()));
        assertAll(
                KGramConfig.Input.Kind.values(),
                List.of(
                        new KGramConfig.Input.OneHot().kind(),
                        new KGramConfig.Input.Embedding(1).kind(),
                        new KGramConfig.Input.Convolution(1).kind()));
    }

    private static <E extends Enum<E>> void assertAll(E[] kinds, List<E> given) {
        Set<E> set = new HashSet<>(given);
        assertThat(set).hasSameSizeAs(given).containsExactlyInAnyOrderElementsOf(Arrays.asList(kinds));
    }
}
