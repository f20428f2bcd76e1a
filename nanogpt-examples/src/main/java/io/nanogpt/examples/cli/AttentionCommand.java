package io.nanogpt.examples.cli;

import io.nanogpt.LanguageModel;
import io.nanogpt.chart.Chart;
import io.nanogpt.chart.Charts;
import io.nanogpt.chart.Heatmap;
import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.options.ChartFile;
import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.generate.Token;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The {@code attention} verb. */
@Command(
        name = "attention",
        description = "Print the attention of each token of a text, and the most likely next tokens.",
        footer = {
            "  nanogpt attention --model my-model --text \"the cat\"",
            "  nanogpt attention --model my-model --text \"the cat\" --layer 0 --plot maps.svg"
        })
final class AttentionCommand extends Verb {
    private static final int EXPECTED = 5;

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "saved model")
    @SuppressWarnings("NullAway.Init") // required
    private Path folder;

    @Option(names = "--text", required = true, paramLabel = "TEXT", description = "text to run the model on")
    @SuppressWarnings("NullAway.Init") // required
    private String text;

    @Option(names = "--layer", paramLabel = "N", description = "one layer, counted from 0 (default: all)")
    private @Nullable Integer layer;

    @Option(names = "--head", paramLabel = "N", description = "one head, counted from 0 (default: all)")
    private @Nullable Integer head;

    @Option(
            names = "--plot",
            converter = ChartFile.Converter.class,
            paramLabel = "FILE",
            description = "draw the maps too, as FILE.png or FILE.svg; with --layer and --head one large map")
    private @Nullable ChartFile plot;

    @Option(names = "--averages", description = "draw the mean of the heads of each layer, not each head")
    private boolean averages;

    @Override
    public Integer call() {
        require(!text.isEmpty(), "--text is empty; give at least one character to look at");
        require(!averages || plot != null, "--averages needs --plot");
        require(
                !averages || (layer == null && head == null),
                "--averages draws all layers and heads; leave out --layer and --head");
        try (LanguageModel model = LanguageModel.load(folder)) {
            AttentionMaps maps = model.attention(text);
            int left = model.tokenizer().encode(text).length - maps.tokens().size();
            if (left > 0) {
                err().printf(
                                Locale.ROOT,
                                "the model reads %,d tokens at most: the first %,d of --text are left out%n",
                                maps.tokens().size(),
                                left);
                err().flush();
            }
            if (plot != null) {
                plot.write(chart(maps));
            }
            if (json()) {
                out().println(new JsonLine()
                        .put("tokens", tokens(maps))
                        .put("maps", selected(maps).stream().map(Selected::json).toList())
                        .put("probabilities", maps.nextProbabilities()));
            } else {
                print(maps);
            }
            printExpected(model, maps);
            out().flush();
        }
        return 0;
    }

    private Chart chart(AttentionMaps maps) {
        if (averages) {
            return Charts.layerAverages(maps);
        }
        if (layer != null) {
            return head == null ? Charts.attention(maps, layer) : Charts.attention(maps, layer, head);
        }
        if (head == null) {
            return Charts.attention(maps);
        }
        List<List<Heatmap>> rows = new ArrayList<>();
        for (Selected map : selected(maps)) {
            rows.add(List.of(Heatmap.head("layer " + map.layer + ", head " + map.head, maps, map.layer, map.head)));
        }
        return Charts.heatmaps(Charts.attention(maps).title(), rows);
    }

    private static List<Map<String, Object>> tokens(AttentionMaps maps) {
        List<Map<String, Object>> tokens = new ArrayList<>();
        for (Token token : maps.tokens()) {
            tokens.add(Map.of("id", token.id(), "text", token.text()));
        }
        return tokens;
    }

    /** A map with its rows (T, T). */
    private record Selected(int layer, int head, List<float[]> rows) {
        Map<String, Object> json() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("layer", layer);
            map.put("head", head);
            map.put("rows", rows);
            return map;
        }
    }

    /** The maps of the layers and heads that were given. */
    private List<Selected> selected(AttentionMaps maps) {
        List<Selected> selected = new ArrayList<>();
        int firstLayer = layer == null ? 0 : layer;
        int lastLayer = layer == null ? maps.layers() - 1 : layer;
        for (int l = firstLayer; l <= lastLayer; l++) {
            int firstHead = head == null ? 0 : head;
            int lastHead = head == null ? maps.heads(l) - 1 : head;
            for (int h = firstHead; h <= lastHead; h++) {
                selected.add(new Selected(l, h, List.of(maps.head(l, h))));
            }
        }
        return selected;
    }

    /** For each head and token, the token with the largest weight. */
    private void print(AttentionMaps maps) {
        List<Token> tokens = maps.tokens();
        for (Selected map : selected(maps)) {
            out().printf("layer %d, head %d%n", map.layer, map.head);
            for (int t = 0; t < tokens.size(); t++) {
                float[] row = map.rows.get(t);
                int most = IntStream.rangeClosed(0, t)
                        .boxed()
                        .max(Comparator.comparingDouble(s -> row[s]))
                        .orElse(t);
                out().printf(
                                Locale.ROOT,
                                "%4d %-10s attends most to %4d %-10s %.3f%n",
                                t,
                                escaped(tokens.get(t).text()),
                                most,
                                escaped(tokens.get(most).text()),
                                row[most]);
            }
        }
    }

    private void printExpected(LanguageModel model, AttentionMaps maps) {
        if (json()) {
            return;
        }
        float[] probabilities = maps.nextProbabilities();
        out().println("next:");
        IntStream.range(0, Math.min(probabilities.length, model.tokenizer().vocabularySize()))
                .boxed()
                .sorted(Comparator.comparingDouble((Integer id) -> -probabilities[id]))
                .limit(EXPECTED)
                .forEach(id -> out().printf(
                                Locale.ROOT,
                                "%6d %-10s %.4f%n",
                                id,
                                escaped(model.tokenizer().decode(id)),
                                probabilities[id]));
    }

    private static String escaped(String text) {
        return text.replace("\n", "\\n");
    }
}
