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

/** Expands a grid into its points, in order. */
final class GridPoints {
    private static final int ID_BYTES = 8;
    private static final int MOST_RUNS = 100_000;

    private GridPoints() {}

    /**
     * A point and one of the seeds.
     *
     * @param id hash of settings and seed
     */
    record Point(String id, String label, Map<String, Object> settings, long seed) {
        /** The settings as logged with a run. */
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

    /** The Cartesian product of the varied settings; a single empty combination if nothing varies. */
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

    /** A label made of the settings that differ from the base. */
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
        // Length prefixes keep different maps from having the same text.
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
            throw new IllegalStateException(e); // Every JDK has SHA-256.
        }
    }

    private static String text(Object value) {
        return value instanceof List<?> list
                ? list.stream().map(RunSettings::text).collect(Collectors.joining(","))
                : RunSettings.text(value);
    }

    /** Fails early: a few lines of a file can describe more combinations than fit in memory. */
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
