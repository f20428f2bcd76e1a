package io.nanogpt.chart;

import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.generate.Token;
import java.util.ArrayList;
import java.util.List;

/**
 * The attention weights between the tokens of a text, for one head or a mean of heads.
 *
 * @param title for example "layer 0, head 3"
 * @param tokens the texts of the T tokens; white space in them is drawn as ␣, ↵ and ⇥
 * @param rows T rows of T weights from 0 to 1: row {@code t} has the weights of all tokens for token {@code t}
 */
public record Heatmap(String title, List<String> tokens, List<float[]> rows) {
    /** @throws IllegalArgumentException if there are no tokens, or not as many rows and columns as tokens */
    public Heatmap {
        tokens = List.copyOf(tokens);
        rows = List.copyOf(rows);
        int size = tokens.size();
        if (size == 0) {
            throw new IllegalArgumentException("a map needs at least one token");
        }
        if (rows.size() != size || rows.stream().anyMatch(row -> row.length != size)) {
            throw new IllegalArgumentException(
                    "a map of " + size + " tokens needs " + size + " rows of " + size + " weights each");
        }
    }

    /**
     * Returns the map of one head.
     *
     * @param layer counted from 0
     * @param head counted from 0
     * @throws IllegalArgumentException if there is no such layer or head
     */
    public static Heatmap head(String title, AttentionMaps maps, int layer, int head) {
        return new Heatmap(title, texts(maps), List.of(maps.head(layer, head)));
    }

    /**
     * Returns the mean over the heads of a layer.
     *
     * @param layer counted from 0
     * @throws IllegalArgumentException if there is no such layer
     */
    public static Heatmap average(String title, AttentionMaps maps, int layer) {
        float[][][] heads = maps.layer(layer);
        int size = maps.tokens().size();
        List<float[]> rows = new ArrayList<>();
        for (int t = 0; t < size; t++) {
            float[] row = new float[size];
            for (float[][] head : heads) {
                for (int s = 0; s < size; s++) {
                    row[s] += head[t][s] / heads.length;
                }
            }
            rows.add(row);
        }
        return new Heatmap(title, texts(maps), rows);
    }

    private static List<String> texts(AttentionMaps maps) {
        return maps.tokens().stream().map(Token::text).toList();
    }
}
