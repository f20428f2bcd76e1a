package io.nanogpt.impl.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.interop.SafetensorsFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Files of the Python writer are read with the values of its own functions, and the same blocks are written. */
class GgufFileTest {
    private static final Path FIXTURES = Path.of("src/test/resources/weights/gguf");

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(TensorType.class)
    void aTensorHasTheValuesOfThePythonPackage(TensorType type) {
        String name = type == TensorType.F32 ? "source" : type.name();
        try (GgufFile file = GgufFile.open(FIXTURES.resolve("types.gguf"));
                SafetensorsFile expected = SafetensorsFile.open(FIXTURES.resolve("types.safetensors"))) {
            assertThat(file.type(name)).isEqualTo(type);
            assertThat(file.shape(name)).containsExactly(4L, 64L);
            assertThat(file.floats(name)).containsExactly(expected.floats(name));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "BF16")
    void aTensorIsWrittenInTheSameBlocks(TensorType type) {
        Path written = folder.resolve("written.gguf");
        try (GgufFile file = GgufFile.open(FIXTURES.resolve("types.gguf"))) {
            GgufWriter writer = new GgufWriter(GgufMetadata.builder().build("test"));
            writer.add("w", List.of(4, 64), type, () -> file.floats("source"));
            writer.write(written);
            try (GgufFile read = GgufFile.open(written)) {
                assertThat(read.floats("w"))
                        .containsExactly(file.floats(type == TensorType.F32 ? "source" : type.name()));
            }
        }
    }

    @Test
    void metadataOfEveryTypeAreRead() {
        try (GgufFile file = GgufFile.open(FIXTURES.resolve("types.gguf"))) {
            GgufMetadata metadata = file.metadata();
            assertThat(metadata.integer("test.u8", 0, 255)).isEqualTo(200);
            assertThat(metadata.integer("test.i8", -128, 127)).isEqualTo(-3);
            assertThat(metadata.integer("test.u16", 0, 1 << 16)).isEqualTo(60_000);
            assertThat(metadata.integer("test.i16", -1000, 0)).isEqualTo(-300);
            assertThat(metadata.integer("test.u32", 0, 1L << 32)).isEqualTo(4_000_000_000L);
            assertThat(metadata.integer("test.i32", -100_000, 0)).isEqualTo(-70_000);
            assertThat(metadata.integer("test.i64", Long.MIN_VALUE, 0)).isEqualTo(-(1L << 40));
            assertThatThrownBy(() -> metadata.integer("test.u64", 0, Long.MAX_VALUE))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("but is 9223372036854775809");
            assertThat(metadata.number("test.f32", 0)).isEqualTo(0.5);
            assertThat(metadata.number("test.f64", 0)).isEqualTo(0.1);
            assertThat(metadata.flag("test.flag", false)).isTrue();
            assertThat(metadata.text("test.text")).contains("é😀\n");
            assertThat(metadata.texts("test.texts")).containsExactly("a", "", "é");
            assertThat(metadata.integers("test.ints")).containsExactly(1, -2, 3);
            assertThat(metadata.floats("test.floats")).containsExactly(0.5f, -1.25f);
        }
    }

    @Test
    void metadataAreWrittenAsTheyWere() {
        Path file = folder.resolve("a.gguf");
        GgufMetadata metadata = GgufMetadata.builder()
                .put("text", "é")
                .put("number", 7)
                .put("float", 0.1f)
                .put("flag", true)
                .put("texts", List.of("a", ""))
                .put("integers", new int[] {1, -1})
                .build("test");
        new GgufWriter(metadata).write(file);
        try (GgufFile read = GgufFile.open(file)) {
            GgufMetadata found = read.metadata();
            assertThat(found.text("text")).contains("é");
            assertThat(found.integer("number", 0, 10)).isEqualTo(7);
            assertThat((float) found.number("float", 0)).isEqualTo(0.1f);
            assertThat(found.flag("flag", false)).isTrue();
            assertThat(found.texts("texts")).containsExactly("a", "");
            assertThat(found.integers("integers")).containsExactly(1, -1);
        }
    }
}
