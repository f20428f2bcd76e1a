package io.nanogpt.impl.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.experiment.Experiment;
import io.nanogpt.experiment.Grid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GridTest {
    @TempDir
    private Path folder;

    @Test
    void settingsThatVaryAreCombinedAndVariantsStandBeside() {
        Grid grid = Experiment.grid()
                .base("steps", 500)
                .base("batch-size", 12)
                .vary("learning-rate", 1e-3, 1e-4)
                .vary("separator", "\n", "")
                .variant("one batch", Map.of("batch-size", 1));
        assertThat(grid.points())
                .extracting(Grid.Variant::label)
                .containsExactly(
                        "learning-rate=0.001, separator=\n",
                        "learning-rate=0.001, separator=",
                        "learning-rate=0.0001, separator=\n",
                        "learning-rate=0.0001, separator=",
                        "one batch");
        assertThat(grid.points().get(1).settings())
                .isEqualTo(Map.of("steps", 500, "batch-size", 12, "learning-rate", 1e-3, "separator", ""));
        assertThat(grid.points().get(4).settings()).isEqualTo(Map.of("steps", 500, "batch-size", 1));
    }

    @Test
    void whereNothingVariesTheBaseIsAPoint() {
        Grid grid = Experiment.grid().base("steps", 5).variant("more", Map.of("steps", 6));
        assertThat(grid.points()).extracting(Grid.Variant::label).containsExactly("base", "more");
    }

    @Test
    void anIdIsThatOfSettingsAndSeed() {
        Grid grid = Experiment.grid().base("a", 1e-3).base("b", 2).seeds(1, 2);
        List<GridPoints.Point> points = GridPoints.withSeeds(grid);
        assertThat(points.get(0).id()).hasSize(16).isNotEqualTo(points.get(1).id());
        // Folders of old sweeps are found by it.
        assertThat(points.get(0).id()).isEqualTo("2ed053444eca719b");
        Grid same = Experiment.grid().vary("b", 2.0).base("a", "0.001");
        assertThat(GridPoints.withSeeds(same.seeds(1)).get(0).id())
                .isEqualTo(points.get(0).id());
        Grid other = Experiment.grid().base("a", "0.0012").base("b", "");
        assertThat(GridPoints.withSeeds(other.seeds(1)).get(0).id())
                .isNotEqualTo(points.get(0).id());
    }

    @Test
    void whatCannotWorkIsRefused() {
        Grid grid = Experiment.grid().base("steps", 500);
        assertThatThrownBy(() -> grid.vary("steps", 1, 2)
                        .variant("again", Map.of("steps", 2L))
                        .points())
                .hasMessageContaining("\"steps=2\" and \"again\"");
        Grid large = grid;
        for (int i = 0; i < 64; i++) {
            large = large.vary("setting " + i, 1, 2);
        }
        assertThatThrownBy(large::points).hasMessageContaining("at most 100000");
        assertThatThrownBy(() -> grid.vary("steps")).hasMessageContaining("at least one");
        assertThatThrownBy(() -> grid.seeds(1, 2, 1)).hasMessageContaining("all different");
        assertThatThrownBy(() -> grid.parallel(0)).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> grid.checkpointEvery(0)).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> grid.base("path", folder)).hasMessageContaining("must be a number");
        assertThatThrownBy(() -> grid.vary("steps", List.of(List.of(1)))).hasMessageContaining("must be a number");
    }

    @Test
    void aFileHoldsAGrid() throws IOException {
        Grid grid = read("""
                {"base": {"steps": 500, "sample": true, "data": ["a.txt", "b.txt"]},
                 "vary": {"learning-rate": [1e-3, 0.01], "positions": ["rotary"]},
                 "variants": [{"steps": 5, "label": "short"}, {"steps": 6, "heads": 2}],
                 "seeds": [1, -2]}""");
        assertThat(grid)
                .isEqualTo(Experiment.grid()
                        .base("steps", 500L)
                        .base("sample", true)
                        .base("data", List.of("a.txt", "b.txt"))
                        .vary("learning-rate", 1e-3, 0.01)
                        .vary("positions", "rotary")
                        .variant("short", Map.of("steps", 5L))
                        .variant("steps=6, heads=2", Map.of("steps", 6L, "heads", 2L))
                        .seeds(1, -2)
                        .onRun(grid.listener()));
        assertThat(read("{}").points()).hasSize(1);
    }

    @Test
    void malformedFilesAreNamedWithTheLocation() {
        broken("{\"basis\": {}}", "line 1, column", "[base, seeds, variants, vary]");
        broken("{\"vary\": {\"steps\": 5}}", "vary.steps: expected an array");
        broken("{\"vary\": {\"steps\": []}}", "vary.steps: expected at least one value");
        broken("{\"base\": {\"steps\": {}}}", "base.steps: expected a string, a number");
        broken("{\"base\": {\"steps\": [[1]]}}", "base.steps[0]: expected a string, a number");
        broken("{\"seeds\": [1, 1]}", "seeds: expected at least one seed, all different");
        broken("{\"seeds\": [1.5]}", "seeds[0]: expected a whole number");
        broken("{\"variants\": [{\"label\": 5}]}", "variants[0].label: expected a string");
        broken("[]", "expected an object");
    }

    private void broken(String json, String... expected) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(NanogptException.class)
                .satisfies(error -> Arrays.stream(expected)
                        .forEach(part -> assertThat(error).hasMessageContaining(part)));
    }

    private Grid read(String json) throws IOException {
        return Experiment.grid(Files.writeString(folder.resolve("grid.json"), json));
    }
}
