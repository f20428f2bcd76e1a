package io.nanogpt.chart;

import io.nanogpt.experiment.Run;
import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.spi.Library;
import io.nanogpt.train.LearningRateFinder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Factory of charts of recorded runs, learning-rate searches and attention.
 *
 * <pre>{@code
 * List<Run> runs = RunLog.open(Path.of("runs")).list();
 * Charts.runs(RunPlot.STEPS, runs, "learning-rate").writePng(Path.of("curves.png"));
 * Charts.attention(model.attention("the tumour"), 0).writeSvg(Path.of("attention.svg"));
 * }</pre>
 */
public final class Charts {
    private Charts() {}

    /**
     * Draws runs, with a colour for each label if labels distinguish their settings, otherwise for each combination of
     * the settings in which they differ.
     *
     * @throws IllegalArgumentException if there are no runs, or none has the plotted quantity
     */
    public static Chart runs(RunPlot plot, List<Run> runs) {
        return runs(plot, runs, RunChartOptions.defaults());
    }

    /**
     * Draws runs, with a colour for each value of a setting. Runs that differ only in their seeds are drawn as their
     * mean and standard deviation.
     *
     * @param groupBy a setting, such as {@code learning-rate}, or {@code label} or {@code seed}
     * @throws IllegalArgumentException if there is nothing to draw, or no run has the setting
     */
    public static Chart runs(RunPlot plot, List<Run> runs, String groupBy) {
        return runs(plot, runs, RunChartOptions.defaults().withGroupBy(groupBy));
    }

    /**
     * Draws runs.
     *
     * @throws IllegalArgumentException if there is nothing to draw, no run has the setting to group by or the label of
     *     the baseline, or the plot needs a baseline and there is none
     */
    public static Chart runs(RunPlot plot, List<Run> runs, RunChartOptions options) {
        return Library.get().drawing().runs(plot, runs, options);
    }

    /**
     * Draws the loss curve of a learning-rate search, with the suggested rate.
     *
     * @throws IllegalArgumentException if no rate has a finite loss
     */
    public static Chart learningRates(LearningRateFinder.Result result) {
        return Library.get().drawing().learningRates(result);
    }

    /**
     * Draws all heads of a model, with a row of maps for each layer.
     *
     * @throws IllegalArgumentException if the model has no attention
     */
    public static Chart attention(AttentionMaps maps) {
        return heatmaps(titled("Attention", maps), layers(maps, layer -> heads(maps, layer)));
    }

    /**
     * Draws the heads of a layer in a row.
     *
     * @param layer counted from 0
     * @throws IllegalArgumentException if there is no such layer
     */
    public static Chart attention(AttentionMaps maps, int layer) {
        return heatmaps(titled("Attention of layer " + layer, maps), List.of(heads(maps, layer)));
    }

    /**
     * Draws one head, larger than those of a row.
     *
     * @param layer counted from 0
     * @param head counted from 0
     * @throws IllegalArgumentException if there is no such layer or head
     */
    public static Chart attention(AttentionMaps maps, int layer, int head) {
        return heatmaps(titled("Attention", maps), List.of(List.of(map(maps, layer, head))));
    }

    /**
     * Draws the mean of the heads of each layer, side by side.
     *
     * @throws IllegalArgumentException if the model has no attention
     */
    public static Chart layerAverages(AttentionMaps maps) {
        return heatmaps(
                titled("Attention, means over heads", maps),
                List.of(layers(maps, layer -> Heatmap.average("layer " + layer, maps, layer))));
    }

    /**
     * Draws the mean of the heads of a layer in several checkpoints of a model, side by side.
     *
     * @param checkpoints maps by their titles, in drawing order
     * @param layer counted from 0
     * @throws IllegalArgumentException if there are none, or no such layer
     */
    public static Chart checkpoints(Map<String, AttentionMaps> checkpoints, int layer) {
        List<Heatmap> row = new ArrayList<>();
        checkpoints.forEach((title, maps) -> row.add(Heatmap.average(title, maps, layer)));
        return heatmaps("Attention of layer " + layer + ", means over heads", List.of(row));
    }

    /**
     * Draws rows of heatmaps with one colour scale.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static Chart heatmaps(String title, List<List<Heatmap>> rows) {
        return Library.get().drawing().heatmaps(title, rows);
    }

    /** A title with the most likely next token and its probability, where they are known. */
    private static String titled(String title, AttentionMaps maps) {
        return maps.next()
                .map(next -> title
                        + String.format(
                                Locale.ROOT,
                                "; next token %s, probability %.2f",
                                next.text().replace(' ', '␣').replace('\n', '↵').replace('\t', '⇥'),
                                maps.nextProbabilities()[next.id()]))
                .orElse(title);
    }

    private static List<Heatmap> heads(AttentionMaps maps, int layer) {
        return IntStream.range(0, maps.heads(layer))
                .mapToObj(head -> map(maps, layer, head))
                .toList();
    }

    private static Heatmap map(AttentionMaps maps, int layer, int head) {
        return Heatmap.head("layer " + layer + ", head " + head, maps, layer, head);
    }

    private static <T> List<T> layers(AttentionMaps maps, IntFunction<T> layer) {
        return IntStream.range(0, maps.layers()).mapToObj(layer).toList();
    }
}
