package io.nanogpt.impl.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.graph.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
    @TempDir
    Path folder;

    @Test
    void givesBackWhatWasWritten() {
        Path file = folder.resolve("model.safetensors");
        float[] large = new float[100_003];
        for (int i = 0; i < large.length; i++) {
            large[i] = i * 0.37f;
        }
        float[] odd = {Float.NaN, -0f, Float.MIN_VALUE, Float.NEGATIVE_INFINITY, Float.MAX_VALUE, 1e-30f};
        new SafetensorsWriter()
                .metadata("format", "pt")
                .metadata("über", "\"quoted\"\n")
                .add("large", Shape.of(100_003), from(large))
                .add("b.odd", Shape.of(2, 1, 3), from(odd))
                .add("scalar", Shape.SCALAR, from(new float[] {42}))
                .write(file);
        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            assertThat(read.names()).containsExactly("b.odd", "large", "scalar");
            assertThat(read.metadata()).isEqualTo(Map.of("format", "pt", "über", "\"quoted\"\n"));
            assertThat(read.floats("large")).isEqualTo(large);
            assertThat(read.floats("b.odd")).isEqualTo(odd);
            assertThat(read.shape("b.odd")).containsExactly(2L, 1L, 3L);
            assertThat(read.floats("scalar")).containsExactly(42);
            assertThat(read.shape("scalar")).isEmpty();
        }
    }

    @Test
    void writesTheBytesOfTheReferenceImplementation() throws IOException {
        for (String name : List.of("init.safetensors")) {
            Path fixture = fixture(name);
            SafetensorsWriter writer = new SafetensorsWriter();
            try (SafetensorsFile read = SafetensorsFile.open(fixture)) {
                read.metadata().forEach(writer::metadata);
                for (String tensor : read.names()) {
                    int[] sizes =
                            read.shape(tensor).stream().mapToInt(Long::intValue).toArray();
                    writer.add(tensor, Shape.of(sizes), from(read.floats(tensor)));
                }
            }
            Path copy = folder.resolve(name);
            writer.write(copy);
            assertThat(Files.readAllBytes(copy)).isEqualTo(Files.readAllBytes(fixture));
        }
    }

    @Test
    void readsTheFixtures() {
        try (SafetensorsFile read = SafetensorsFile.open(fixture("expected.safetensors"))) {
            assertThat(read.dtype("tokens")).isEqualTo("I64");
            List<Long> shape = read.shape("tokens");
            long[] tokens = read.longs("tokens");
            assertThat(tokens).hasSize((int) (shape.get(0) * shape.get(1)));
            assertThat(Arrays.stream(tokens)).allMatch(id -> id >= 0 && id < 29);
            assertThat(read.floats("losses")).hasSize(10);
            assertThatThrownBy(() -> read.floats("tokens"))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContainingAll("expected.safetensors", "tensor tokens", "dtype I64", "F32");
            assertThatThrownBy(() -> read.longs("losses"))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContainingAll("expected.safetensors", "tensor losses", "dtype F32", "I64");
            assertThatThrownBy(() -> read.floats("nothing"))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContainingAll("expected.safetensors", "nothing", "more");
        }
        try (SafetensorsFile read = SafetensorsFile.open(fixture("init.safetensors"))) {
            long parameters = read.names().stream()
                    .mapToLong(name -> read.floats(name).length)
                    .sum();
            assertThat(parameters).isEqualTo(7584);
        }
    }

    @Test
    void readsEveryType() {
        try (SafetensorsFile read = SafetensorsFile.open(TorchFileTest.WEIGHTS.resolve("floats.safetensors"))) {
            assertThat(read.names()).hasSize(6).allSatisfy(type -> {
                assertThat(read.dtype(type)).isEqualTo(type);
                // An eighth of the precision is left of 240 with two bits of the fraction.
                float large = type.equals("F8_E5M2") ? 256 : 240;
                assertThat(read.floats(type)).containsExactly(1, -0.5f, 1 / 512f, large, -0f, 0f);
            });
        }
        Map<String, long[]> expected = Map.of(
                "I64", new long[] {-(1L << 40), 1 - (1L << 40), 100 - (1L << 40), 127 - (1L << 40)},
                "I32", new long[] {-70_000, -69_999, -69_900, -69_873},
                "I16", new long[] {-300, -299, -200, -173},
                "I8", new long[] {0, -1, -100, -127},
                "U64", new long[] {0, 1, 100, 127},
                "U32", new long[] {1L << 31, (1L << 31) + 1, (1L << 31) + 100, (1L << 31) + 127},
                "U16", new long[] {1 << 15, (1 << 15) + 1, (1 << 15) + 100, (1 << 15) + 127},
                "U8", new long[] {128, 129, 228, 255},
                "BOOL", new long[] {0, 0, 1, 1});
        try (SafetensorsFile read = SafetensorsFile.open(TorchFileTest.WEIGHTS.resolve("integers.safetensors"))) {
            assertThat(read.names()).containsExactlyInAnyOrderElementsOf(expected.keySet());
            expected.forEach(
                    (type, values) -> assertThat(read.longs(type)).as(type).containsExactly(values));
        }
    }

    @Test
    void alignsTheHeader() throws IOException {
        for (int length = 1; length < 20; length++) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            new SafetensorsWriter()
                    .add("t".repeat(length), Shape.of(1), from(new float[1]))
                    .writeTo(out, new ArrayList<>());
            assertThat(out.toByteArray()[0] % 8).isZero();
        }
    }

    @Test
    void refusesNamesThatTheFormatCannotHold() {
        SafetensorsWriter writer = new SafetensorsWriter().add("w", Shape.of(1), from(new float[1]));
        assertThatThrownBy(() -> writer.add("w", Shape.of(1), from(new float[1])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two tensors are named w");
        assertThatThrownBy(() -> writer.add("__metadata__", Shape.of(1), from(new float[1])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("__metadata__");
    }

    @Test
    void aFullDiskEndsWriting() {
        SafetensorsWriter writer = new SafetensorsWriter().add("w", Shape.of(100_000), from(new float[100_000]));
        FullDisk disk = new FullDisk(150_000);
        assertThatThrownBy(() -> writer.writeTo(disk, new ArrayList<>()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("No space");
        assertThat(disk.written).isLessThan(150_000);
    }

    @Test
    void aFailureMidwayLeavesTheOldFile() throws IOException {
        Path file = folder.resolve("model.safetensors");
        new SafetensorsWriter()
                .add("w", Shape.of(3), from(new float[] {1, 2, 3}))
                .write(file);
        byte[] before = Files.readAllBytes(file);
        SafetensorsWriter failing = new SafetensorsWriter()
                .add("a", Shape.of(50_000), from(new float[50_000]))
                .add("b", Shape.of(1), values -> {
                    throw new UncheckedIOException(new IOException("No space left on device"));
                });
        assertThatThrownBy(() -> failing.write(file)).isInstanceOf(UncheckedIOException.class);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    static Path fixture(String name) {
        try {
            return Path.of(SafetensorsTest.class
                    .getResource("/fixtures/captions/" + name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static Consumer<float[]> from(float[] values) {
        return destination -> System.arraycopy(values, 0, destination, 0, values.length);
    }

    /** Fails like a full disk after a number of bytes. */
    private static final class FullDisk extends OutputStream {
        private final int room;
        private int written;

        private FullDisk(int room) {
            this.room = room;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            if (written + count > room) {
                throw new IOException("No space left on device");
            }
            written += count;
        }
    }
}
