package io.nanogpt.impl.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.graph.Attributes;
import io.nanogpt.impl.StudyPresets;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.AttentionScale;
import io.nanogpt.model.Initialization;
import io.nanogpt.model.NgramTables;
import io.nanogpt.model.Positions;
import io.nanogpt.model.Preset;
import io.nanogpt.model.RotaryScaling;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.Variations;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares presets with the parameter counts of their sources, and round-trips settings. */
class ZooTest {
    @ParameterizedTest
    @CsvSource({
        "captions, 827392",
        "algopath, 10788929",
        "tiny-transformer, 326784",
        "transformer-lm-xl, 2127057600",
        "gpt2, 124439808",
        "gpt2-medium, 354823168",
        "gpt2-large, 774030080",
        "gpt2-xl, 1557611200",
        "llama, 15191712"
    })
    void presetsHaveTheParametersOfTheirSources(String name, long parameters) {
        assertThat(Zoo.create(StudyPresets.of(name).config()).graph().parameterCount())
                .isEqualTo(parameters);
    }

    @Test
    void theSiluAblationHasAsManyParameters() {
        assertThat(parameters(StudyPresets.TRANSFORMER_LM_SILU)).isEqualTo(parameters(StudyPresets.TRANSFORMER_LM));
        assertThat(parameters(StudyPresets.TRANSFORMER_LM_NO_POSITIONS))
                .isEqualTo(parameters(StudyPresets.TRANSFORMER_LM));
    }

    private static long parameters(Preset preset) {
        return Zoo.create(preset.config()).graph().parameterCount();
    }

    @ParameterizedTest
    @MethodSource("io.nanogpt.impl.StudyPresets#all")
    void settingsBuildTheSameModelAgain(Preset preset) {
        Architecture model = Zoo.create(preset.config());
        Architecture again = Zoo.create(model.kind(), model.settings());
        assertThat(again.settings()).isEqualTo(model.settings());
        assertThat(again.graph()).isEqualTo(model.graph());
    }

    @Test
    void everySwitchSurvivesItsSettings() {
        for (Initialization initialization : new Initialization[] {
            new Initialization.Normal(0.1f),
            new Initialization.ScaledResidual(0.1f),
            new Initialization.PyTorchDefault(),
            new Initialization.XavierUniform(),
            new Initialization.TruncatedNormal()
        }) {
            Architecture model = Zoo.create(Preset.CAPTIONS
                    .transformer()
                    .initialization(initialization)
                    .scale(new AttentionScale.Fixed(0.5f))
                    .window(3)
                    .build());
            assertThat(Zoo.create(model.kind(), model.settings()).graph()).isEqualTo(model.graph());
        }
    }

    @Test
    void ngramTablesSurviveTheirSettings() {
        TransformerConfig.Builder captions = Preset.CAPTIONS.transformer();
        for (NgramTables tables :
                List.of(NgramTables.of(500, 2, 3, 5), NgramTables.of(7, 8).withWidth(3))) {
            Architecture model = Zoo.create(captions.ngramTables(tables).build());
            assertThat(Zoo.create(model.kind(), model.settings()).graph()).isEqualTo(model.graph());
        }
        assertThat(Zoo.create(captions.ngramTables(NgramTables.NONE).build()).settings())
                .doesNotContainKeys("ngramOrders", "ngramRows", "ngramWidth");
    }

    /** 109 characters have 11,881 pairs. */
    @Test
    void theTableOfPairsHasNoMoreRowsThanPairs() {
        TransformerConfig.Builder captions = Preset.CAPTIONS.transformer();
        assertThat(Zoo.create(captions.ngramTables(NgramTables.of(32_768, 2, 3)).build())
                        .graph()
                        .parameterCount())
                .isEqualTo(827_392 + (11_881 + 32_768) * 128);
        assertThat(Zoo.create(captions.ngramTables(NgramTables.of(8_192, 2, 3).withWidth(32))
                                .build())
                        .graph()
                        .parameterCount())
                .isEqualTo(827_392 + 2 * 8_192 * 32 + 128 * 64);
    }

    @Test
    void theContextChoosesTheDivisorsOfLongRope() {
        RotaryScaling.LongRope scaling = new RotaryScaling.LongRope(List.of(1.0, 2.0), List.of(4.0, 8.0), 1, 6);
        double second = Attributes.Rotary.frequencies(100, 4).get(1);
        assertThat(scaling.frequencies(100, 4, 6)).containsExactly(1.0, second / 2);
        assertThat(scaling.frequencies(100, 4, 7)).containsExactly(0.25, second / 8);
        assertThat(scaling.frequencies(100, 4)).isEqualTo(scaling.frequencies(100, 4, 6));
        Positions.Rotary rotary = new Positions.Rotary(100, false, 1, scaling);
        assertThatThrownBy(() -> rotary.turned(6))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 divisors, but a head has 3 rotated pairs");
        assertThatThrownBy(() -> new RotaryScaling.LongRope(List.of(1.0), List.of(), 1, 6))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 shortDivisors, but 0 longDivisors");
    }

    @Test
    void variationsAreRestoredFromTheirSettings() {
        Positions.Rotary local = new Positions.Rotary(10, true, 0.5, new RotaryScaling.Linear(2));
        Variations all = Variations.NONE
                .withHeadSize(64)
                .withQueryKeyNorm(Variations.QueryKeyNorm.HEADS)
                .withAttentionCap(50)
                .withScaledByLayer(true)
                .withWindows(List.of(0, 3, 0, 3, 0, 3))
                .withUnrotated(List.of(5, 1))
                .withWindowPositions(local)
                .withEmbeddingScale(17)
                .withResidual(Variations.Residual.PARALLEL_ONE_NORM);
        for (RotaryScaling scaling : List.of(
                new RotaryScaling.None(),
                new RotaryScaling.Linear(8),
                new RotaryScaling.Llama3(8, 1, 4, 8192),
                new RotaryScaling.Yarn(4, 1.25f, 32, 1, 4096, false),
                new RotaryScaling.LongRope(Collections.nCopies(8, 1.5), Collections.nCopies(8, 3.0), 1.25f, 4096))) {
            TransformerConfig config = Preset.LLAMA
                    .transformer()
                    .positions(new Positions.Rotary(500_000, false, 0.25, scaling))
                    .variations(all)
                    .build();
            assertThat(Zoo.transformer(
                            Zoo.create("nanogpt-transformer", Zoo.create(config).settings())))
                    .contains(config);
        }
    }

    @Test
    void olderCaptionFoldersAreRead() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("layers", 4);
        settings.put("heads", 4);
        settings.put("embeddingSize", 128);
        settings.put("contextLength", 64);
        settings.put("vocabularySize", 109);
        settings.put("dropout", 0.0);
        assertThat(Zoo.create("nanogpt-captions", settings).graph())
                .isEqualTo(Zoo.create(Preset.CAPTIONS.config()).graph());
    }

    @Test
    void hostileSettingsAreRefused() {
        Map<String, Object> good = Zoo.create(Preset.LLAMA.config()).settings();
        assertRefused(good, "layers", 2_000_000_000, "at most");
        assertRefused(good, "layers", -1, "layers");
        assertRefused(good, "heads", 7, "not divisible");
        assertRefused(good, "keyValueHeads", 4, "not divisible");
        assertRefused(good, "embeddingSize", 2_147_483_646, "are invalid");
        assertRefused(good, "hiddenSize", "big", "must be a number");
        assertRefused(good, "window", -5, "window");
        assertRefused(good, "norm", "batch", "layer, layer-unbiased, rms, rms-unweighted, none");
        assertRefused(good, "positions", "alibi", "learned, sinusoidal, rotary, none");
        assertRefused(good, "tiedHead", 1, "true or false");
        assertRefused(good, "normEpsilon", Double.NaN, "epsilon");
        assertRefused(good, "headSize", 1_000_000_000, "headSize must be from 1 to 32768");
        assertRefused(good, "headSize", 7, "the head size 7 is odd");
        assertRefused(good, "windows", List.of(3), "there are 1 windows for 6 layers");
        assertRefused(good, "windows", List.of(3, 3, 3, 3, 3, -1), "windows must be at least 1");
        assertRefused(good, "unrotatedLayers", List.of(6), "unrotated names layer 6");
        assertRefused(good, "attentionCap", -1, "attentionCap must be above 0");
        assertRefused(good, "embeddingScale", 0, "embeddingScale must be above 0");
        assertRefused(good, "residual", "sum", "sequential, parallel, parallel-one-norm");
        assertRefused(good, "ropeShare", 1.5, "share must be above 0 and at most 1");
        assertRefused(good, "ropeScaling", "proportional", "linear, llama3, yarn, longrope");
        Map<String, Object> tables = Zoo.create(Preset.CAPTIONS
                        .transformer()
                        .ngramTables(NgramTables.of(9, 2, 3))
                        .build())
                .settings();
        assertRefused(tables, "ngramOrders", List.of(3, 2), "ascend");
        assertRefused(tables, "ngramOrders", List.of("3"), "must be a number");
        assertRefused(tables, "ngramOrders", "3", "list of whole numbers");
        assertRefused(tables, "ngramOrders", List.of(2, 99), "at most 8");
        assertRefused(tables, "ngramRows", 2_147_483_647, "choose smaller sizes");
        assertRefused(tables, "ngramRows", 0, "rows");
        assertRefused(tables, "ngramWidth", -1, "width");
        Map<String, Object> kGram =
                Zoo.create(StudyPresets.K_GRAM_CONV.config()).settings();
        assertThatThrownBy(() -> Zoo.create("nanogpt-k-gram", with(kGram, "window", 1_000_000_000)))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("at most");
    }

    private static void assertRefused(Map<String, Object> good, String key, Object value, String part) {
        assertThatThrownBy(() -> Zoo.create("nanogpt-transformer", with(good, key, value)))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining(part);
    }

    private static Map<String, Object> with(Map<String, Object> good, String key, Object value) {
        Map<String, Object> settings = new HashMap<>(good);
        settings.put(key, value);
        return settings;
    }
}
