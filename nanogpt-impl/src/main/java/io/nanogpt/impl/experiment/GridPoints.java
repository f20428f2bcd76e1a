package io.nanogpt.impl.experiment;

import io.nanogpt.experiment.Grid;
import io.nanogpt.impl.train.RunSettings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The points of a grid, in order. */
final class GridPoints {
    private static final int ID_BYTES = 8;
    private static final int MOST_RUNS = 100_000;

    private GridPoints() {}

    /**
     * A point with a seed.
     *
     * @param id a hash of settings and seed
     */
    record Point(String id, String label, Map<String, Object> settings, long seed) {
        /** The settings as a run logs them. */
        Map<String, String> texts() {
            Map<String, String> texts = new LinkedHashMap<>();
            settings.forEach((name, value) -> texts.put(name, text(value)));
            return texts;
        }
    }

    static List<Grid.Variant> of(Grid grid) {
        requireFewEnough(grid);
        List<Grid.Variant> points = new ArrayList<>();
        combinations(grid).forEach(combination -> add(grid, label(combination), combination, points));
        grid.variants().forEach(variant -> add(grid, variant.label(), variant.settings(), points));
        requireDistinct(points);
        return points;
    }

    static List<Point> withSeeds(Grid grid) {
        return of(grid).stream()
                .flatMap(point -> grid.seeds().stream()
                        .map(seed -> new Point(id(point.settings(), seed), point.label(), point.settings(), seed)))
                .toList();
    }

    /** Every choice of one value for each setting that varies; of none, one choice of nothing. */
    private static List<Map<String, Object>> combinations(Grid grid) {
        List<Map<String, Object>> combinations = List.of(Map.of());
        for (Map.Entry<String, List<Object>> setting : grid.varied().entrySet()) {
            List<Map<String, Object>> longer = new ArrayList<>();
            for (Map<String, Object> combination : combinations) {
                for (Object value : setting.getValue()) {
                    Map<String, Object> more = new LinkedHashMap<>(combination);
                    more.put(setting.getKey(), value);
                    longer.add(more);
                }
            }
            combinations = longer;
        }
        return combinations;
    }

    /** What is not the base's, in words. */
    static String label(Map<String, Object> settings) {
        return settings.isEmpty()
                ? "base"
                : settings.entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + text(setting.getValue()))
                        .collect(Collectors.joining(", "));
    }

    private static void add(Grid grid, String label, Map<String, Object> differing, List<Grid.Variant> points) {
        Map<String, Object> settings = new LinkedHashMap<>(grid.base());
        settings.putAll(differing);
        points.add(new Grid.Variant(label, settings));
    }

    private static String id(Map<String, Object> settings, long seed) {
        StringBuilder text = new StringBuilder();
        // Lengths, so that no two maps are written alike.
        new TreeMap<>(settings).forEach((name, value) -> {
            String written = text(value);
            text.append(name.length()).append(name).append(written.length()).append(written);
        });
        text.append(seed);
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] hash = digest.digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // Every JDK has it.
        }
    }

    private static String text(Object value) {
        return value instanceof List<?> list
                ? list.stream().map(RunSettings::text).collect(Collectors.joining(","))
                : RunSettings.text(value);
    }

    /** A few lines of a file can describe more combinations than there is memory. */
    private static void requireFewEnough(Grid grid) {
        double combinations = 1;
        for (List<Object> values : grid.varied().values()) {
            combinations *= values.size();
        }
        double runs = (combinations + grid.variants().size()) * grid.seeds().size();
        if (runs > MOST_RUNS) {
            throw new IllegalArgumentException("the grid has " + (long) runs + " runs, but at most " + MOST_RUNS
                    + " can be handled; vary fewer settings at a time");
        }
    }

    private static void requireDistinct(List<Grid.Variant> points) {
        Map<String, String> labels = new HashMap<>();
        for (Grid.Variant point : points) {
            String other = labels.put(id(point.settings(), 0), point.label());
            if (other != null) {
                throw new IllegalArgumentException("two points of the grid have the same settings: \"" + other
                        + "\" and \"" + point.label() + "\"; leave one out");
            }
        }
    }
}
