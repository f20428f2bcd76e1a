package io.nanogpt.impl.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.chart.Chart;
import io.nanogpt.chart.Charts;
import io.nanogpt.chart.Heatmap;
import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.generate.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("any-jdk")
class HeatmapsTest {
    @TempDir
    Path folder;

    /** Each token attends uniformly to itself and all before it; in the second head, to itself alone. */
    private static AttentionMaps maps(List<String> tokens, int layers) {
        int size = tokens.size();
        float[][][] heads = new float[2][size][size];
        for (int t = 0; t < size; t++) {
            for (int s = 0; s <= t; s++) {
                heads[0][t][s] = 1f / (t + 1);
            }
            heads[1][t][t] = 1;
        }
        List<float[][][]> all = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            all.add(heads);
        }
        return new AttentionMaps(
                tokens.stream()
                        .map(text -> new Token(0, text, Optional.empty()))
                        .toList(),
                all,
                new float[] {1});
    }

    private static List<String> letters(int size) {
        List<String> letters = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            letters.add(String.valueOf((char) ('a' + i % 26)));
        }
        return letters;
    }

    /** A temporary file is closed under the drawing when the program is told to end. */
    @Test
    void anImageNeedsNoTemporaryFile() throws IOException {
        Path cache = Files.createDirectory(folder.resolve("cache"));
        ImageIO.setCacheDirectory(cache.toFile());
        Files.delete(cache);
        try {
            Charts.attention(maps(letters(3), 1)).writePng(folder.resolve("chart.png"));
        } finally {
            ImageIO.setCacheDirectory(null);
        }
        assertThat(ImageIO.read(folder.resolve("chart.png").toFile()).getWidth())
                .isPositive();
    }

    @Test
    void aModelIsARowOfHeadsForEachLayer() throws IOException {
        AttentionMaps maps = maps(List.of("The", " tumour", "\n"), 2);
        List<String> texts = DrawnScenes.check(Charts.attention(maps), folder);
        assertThat(texts).contains("layer 0, head 0", "layer 0, head 1", "layer 1, head 0", "layer 1, head 1");
        assertThat(DrawnScenes.check(Charts.attention(maps, 1), folder))
                .contains("layer 1, head 1")
                .doesNotContain("layer 0, head 1");
        assertThat(DrawnScenes.check(Charts.attention(maps, 1, 0), folder)).doesNotContain("layer 1, head 1");
    }

    @Test
    void whiteSpaceIsMadeVisible() throws IOException {
        List<String> tokens = List.of(
                "The", " tumour", "\n", "\t", "\r", "", "\u0007", "\u200B", "<b>&", "組織", " adenocarcinomatous");
        assertThat(DrawnScenes.check(Charts.attention(maps(tokens, 1)), folder))
                .contains("The", "␣tumour", "↵", "⇥", "␍", "∅", "‹07›", "‹200B›", "<b>&", "組織")
                .anyMatch(text -> text.startsWith("␣adeno") && text.endsWith("…"));
    }

    @Test
    void mapsOfAllSizesAreDrawnWhole() throws IOException {
        for (int size : new int[] {1, 2, 30, 64, 130}) {
            Chart chart = Charts.attention(maps(letters(size), 1), 0);
            List<String> texts = DrawnScenes.check(chart, folder);
            assertThat(texts).contains("a", "attention weight (1 is all of a token's attention)");
        }
    }

    @Test
    void aTextTooLongForItsLabelsIsAStrip() throws IOException {
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < 130; i++) {
            tokens.add(" token" + i);
        }
        List<String> texts = DrawnScenes.check(Charts.attention(maps(tokens, 1), 0), folder);
        assertThat(texts).contains("␣token0", "␣token1", "␣token128", "␣token129", "129");
        assertThat(texts.stream().filter(text -> text.equals("␣token7"))).hasSize(1);
        List<String> others = new ArrayList<>(tokens);
        others.set(3, "other");
        Map<String, AttentionMaps> differing = new LinkedHashMap<>();
        differing.put("first", maps(tokens, 1));
        differing.put("second", maps(others, 1));
        assertThat(DrawnScenes.check(Charts.checkpoints(differing, 0), folder))
                .as("texts that differ have no common strip")
                .contains("One token in 4 is labelled.");
    }

    @Test
    void cellsHaveHintsWithBothTokensAndTheWeight() {
        String svg =
                Charts.attention(maps(List.of("The", " tumour", "\n"), 1), 0, 0).svg();
        assertThat(svg)
                .contains("<title>␣tumour → The  0.5</title>", "<title>↵ → ␣tumour  0.333</title>")
                .doesNotContain("The → ␣tumour");
        assertThat(Charts.attention(maps(letters(64), 1), 0).svg())
                .as("too many cells")
                .doesNotContain(" → ");
    }

    @Test
    void aMapAloneIsLarge() {
        AttentionMaps maps = maps(letters(20), 1);
        double alone = ((DrawnChart) Charts.attention(maps, 0, 0)).scene().width();
        assertThat(alone).isGreaterThan(20 * 30);
    }

    @Test
    void theTitleHasTheNextToken() {
        AttentionMaps known = maps(List.of("a", "b"), 1);
        AttentionMaps maps = new AttentionMaps(
                known.tokens(),
                List.<float[][][]>of(known.layer(0)),
                new float[] {0.25f, 0.75f},
                Optional.of(new Token(1, " c", Optional.empty())));
        assertThat(Charts.attention(maps).title()).isEqualTo("Attention; next token ␣c, probability 0.75");
        assertThat(Charts.attention(maps, 0).title()).startsWith("Attention of layer 0; next token ␣c");
        assertThat(Charts.attention(known).title()).isEqualTo("Attention");
    }

    @Test
    void averagesAreMeansOfHeads() throws IOException {
        AttentionMaps maps = maps(List.of("a", "b"), 2);
        assertThat(Heatmap.average("mean", maps, 0).rows().get(1)).containsExactly(0.25f, 0.75f);
        assertThat(DrawnScenes.check(Charts.layerAverages(maps), folder)).contains("layer 0", "layer 1");
    }

    @Test
    void checkpointsLieSideBySideInTheirOrder() throws IOException {
        Map<String, AttentionMaps> checkpoints = new LinkedHashMap<>();
        checkpoints.put("epoch 10", maps(List.of("a", "b"), 1));
        checkpoints.put("epoch 9: ␣the 0.21", maps(List.of("a", "b", "c"), 1));
        assertThat(DrawnScenes.check(Charts.checkpoints(checkpoints, 0), folder))
                .containsSubsequence("epoch 10", "epoch 9: ␣the 0.21");
    }

    @Test
    void darkerCellsAreLargerWeights() {
        String svg = Charts.heatmaps(
                        "weights",
                        List.of(List.of(new Heatmap(
                                "", List.of("a", "b"), List.of(new float[] {1, 0}, new float[] {0.25f, 0.0625f})))))
                .svg();
        assertThat(svg)
                .contains("<path d=\"M0 0h1v1h-1z\"/>")
                .contains("<path d=\"M0 1h1v1h-1z\" fill-opacity=\"0.5\"/>")
                .contains("<path d=\"M1 1h1v1h-1z\" fill-opacity=\"0.25\"/>")
                .doesNotContain("M1 0h1");
    }

    @Test
    void errorsSayWhatIsMissing() {
        AttentionMaps none = new AttentionMaps(List.of(), List.of(), new float[] {1});
        assertThatThrownBy(() -> Charts.attention(none))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no attention map to draw; does the model have attention layers?");
        assertThatThrownBy(() -> new Heatmap("", List.of("a", "b"), List.of(new float[] {1, 0})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a map of 2 tokens needs 2 rows of 2 weights each");
        Heatmap small = new Heatmap("", List.of("a"), List.of(new float[] {1}));
        Chart chart = Charts.heatmaps("wide", List.of(Collections.nCopies(70, small)));
        assertThatThrownBy(() -> chart.writePng(folder.resolve("wide.png")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pixels wide or high, but may be 20000");
    }
}
