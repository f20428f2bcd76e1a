package io.nanogpt.impl.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.graph.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardedSourceTest {
    @TempDir
    Path folder;

    @BeforeEach
    void twoShards() {
        shard("a.safetensors", "w", 1);
        shard("b.safetensors", "v", 2);
    }

    @Test
    void tensorsComeFromTheFileThatTheIndexNames() throws IOException {
        try (ShardedSource read = open("{\"metadata\":{\"total_size\":8},\"weight_map\":"
                + "{\"v\":\"b.safetensors\",\"w\":\"a.safetensors\"}}")) {
            assertThat(read.names()).containsExactly("v", "w");
            assertThat(read.floats("v")).containsExactly(2);
            assertThat(read.floats("w")).containsExactly(1);
            assertThat(read.shape("w")).isEqualTo(List.of(1L));
            assertThat(read.size()).isGreaterThan(8);
            TorchFileTest.refuses(() -> read.floats("x"), "index.json", "no tensor x", "v, w");
        }
    }

    @Test
    void anIndexThatDoesNotFitItsFilesIsRefused() {
        refuses("{\"weight_map\":{\"w\":\"a.safetensors\",\"x\":\"b.safetensors\"}}", "lack x (in ", "v (in ");
        refuses("{\"weight_map\":{\"w\":\"b.safetensors\"}}", "lack w (in ", "b.safetensors");
        refuses("{\"weight_map\":{\"w\":\"c.safetensors\"}}", "c.safetensors", "does not exist");
        refuses("{\"weight_map\":{\"w\":7}}", "weight_map.w", "expected a string");
        refuses("{\"weight_map\":[]}", "weight_map", "an object");
        refuses("{}", "weight_map");
    }

    @Test
    void anIndexThatLeadsElsewhereIsRefused() {
        for (String file : List.of(
                "../a.safetensors",
                "/etc/passwd",
                "x/a.safetensors",
                "x\\\\a",
                "C:a",
                "",
                "..",
                ".",
                "\\ud800.safetensors",
                "\\u0085")) {
            refuses("{\"weight_map\":{\"w\":\"" + file + "\"}}", "weight_map.w", "in the same folder");
        }
    }

    private void refuses(String index, String... messages) {
        TorchFileTest.refuses(() -> open(index), messages);
    }

    private ShardedSource open(String index) throws IOException {
        Path file = Files.writeString(folder.resolve("index.json"), index);
        return ShardedSource.open(file, SafetensorsFile::open);
    }

    private void shard(String file, String tensor, float value) {
        new SafetensorsWriter()
                .add(tensor, Shape.of(1), SafetensorsTest.from(new float[] {value}))
                .write(folder.resolve(file));
    }
}
