package io.nanogpt.impl.experiment;

import io.nanogpt.experiment.Experiment;
import io.nanogpt.experiment.Grid;
import io.nanogpt.impl.files.JsonValue;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads grids from JSON files. */
final class GridFile {
    private static final String LABEL = "label";

    private GridFile() {}

    static Grid read(Path file) {
        JsonValue json = JsonValue.read(file, "a grid");
        json.allowOnly(Set.of("base", "vary", "variants", "seeds"));
        Grid grid = Experiment.grid();
        for (Map.Entry<String, JsonValue> setting :
                members(json.optional("base")).entrySet()) {
            grid = grid.base(setting.getKey(), value(setting.getValue()));
        }
        for (Map.Entry<String, JsonValue> setting :
                members(json.optional("vary")).entrySet()) {
            grid = grid.vary(setting.getKey(), values(setting.getValue()));
        }
        for (JsonValue variant : elements(json.optional("variants"))) {
            grid = variant(grid, variant);
        }
        JsonValue seeds = json.optional("seeds");
        return seeds == null ? grid : grid.seeds(seeds(seeds));
    }

    private static Grid variant(Grid grid, JsonValue json) {
        Map<String, Object> settings = new LinkedHashMap<>();
        json.members().forEach((name, value) -> {
            if (!name.equals(LABEL)) {
                settings.put(name, value(value));
            }
        });
        JsonValue label = json.optional(LABEL);
        return grid.variant(label == null ? GridPoints.label(settings) : label.string(), settings);
    }

    private static Object value(JsonValue json) {
        return json.isArray() ? json.elements().stream().map(JsonValue::scalar).toList() : json.scalar();
    }

    private static Object[] values(JsonValue json) {
        if (json.elements().isEmpty()) {
            throw json.error("expected at least one value");
        }
        return json.elements().stream().map(GridFile::value).toArray();
    }

    private static long[] seeds(JsonValue json) {
        long[] seeds = json.elements().stream()
                .mapToLong(seed -> seed.integer(Long.MIN_VALUE, Long.MAX_VALUE))
                .distinct()
                .toArray();
        if (seeds.length == 0 || seeds.length < json.elements().size()) {
            throw json.error("expected at least one seed, all different");
        }
        return seeds;
    }

    private static Map<String, JsonValue> members(@Nullable JsonValue json) {
        return json == null ? Map.of() : json.members();
    }

    private static List<JsonValue> elements(@Nullable JsonValue json) {
        return json == null ? List.of() : json.elements();
    }
}
