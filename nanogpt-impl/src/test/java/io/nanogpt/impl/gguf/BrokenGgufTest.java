package io.nanogpt.impl.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Malformed files fail when they are opened, with an error that names the file, and without allocating what they claim. */
class BrokenGgufTest {
    private static final int UINT32 = 4;
    private static final int ARRAY = 9;
    private static final int STRING = 8;

    @TempDir
    Path folder;

    /** The bytes of a file, one after another. */
    private static final class Bytes {
        private final ByteBuffer out = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);

        static Bytes header(long tensors, long values) {
            return new Bytes().integer(GgufFile.MAGIC).integer(3).wide(tensors).wide(values);
        }

        Bytes integer(int value) {
            out.putInt(value);
            return this;
        }

        Bytes wide(long value) {
            out.putLong(value);
            return this;
        }

        Bytes text(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.putLong(bytes.length).put(bytes);
            return this;
        }

        /** A matrix of floats. */
        Bytes tensor(String name, long rows, long columns, long begin) {
            return text(name).integer(2).wide(columns).wide(rows).integer(0).wide(begin);
        }

        Bytes zeros(int count) {
            out.put(new byte[count]);
            return this;
        }

        Bytes align() {
            return zeros((32 - out.position() % 32) % 32);
        }

        byte[] bytes() {
            return Arrays.copyOf(out.array(), out.position());
        }
    }

    @Test
    void aWholeFileIsRead() throws IOException {
        try (GgufFile file = GgufFile.open(
                file(Bytes.header(1, 0).tensor("w", 2, 3, 0).align().zeros(24).bytes()))) {
            assertThat(file.floats("w")).hasSize(6);
        }
    }

    @Test
    void headersThatPromiseMoreThanTheFileHasAreRefused() {
        requireRefused(new Bytes().integer(GgufFile.MAGIC), "ends within its header");
        requireRefused(Bytes.header(Long.MAX_VALUE, 0), "9223372036854775807 tensors");
        requireRefused(Bytes.header(-1, 0), "18446744073709551615 tensors");
        requireRefused(Bytes.header(0, 1L << 60), "1152921504606846976 metadata");
        requireRefused(Bytes.header(10, 0).zeros(40), "should have 10 tensors");
        requireRefused(Bytes.header(0, 1).wide(1L << 40).zeros(40), "at most 65536 are allowed");
        requireRefused(Bytes.header(0, 1).wide(100).zeros(40), "should have 100 bytes");
        requireRefused(
                Bytes.header(0, 1).text("k").integer(STRING).wide(1L << 31).zeros(20),
                "at most 2147483647 are allowed");
        requireRefused(
                Bytes.header(0, 1).text("k").integer(STRING).wide(-1).zeros(20),
                "should have 18446744073709551615 bytes");
        requireRefused(
                Bytes.header(0, 1)
                        .text("k")
                        .integer(ARRAY)
                        .integer(STRING)
                        .wide(1L << 59)
                        .zeros(20),
                "texts in the metadata k");
        requireRefused(
                Bytes.header(0, 1)
                        .text("k")
                        .integer(ARRAY)
                        .integer(UINT32)
                        .wide(1L << 62)
                        .zeros(20),
                "numbers in the metadata k");
    }

    @Test
    void ambiguousMetadataAreRefused() {
        requireRefused(
                Bytes.header(0, 2)
                        .text("k")
                        .integer(UINT32)
                        .integer(1)
                        .text("k")
                        .integer(UINT32)
                        .integer(2),
                "the metadata k twice");
        requireRefused(
                Bytes.header(0, 1)
                        .text("k")
                        .integer(ARRAY)
                        .integer(ARRAY)
                        .wide(1)
                        .zeros(20),
                "an array of arrays");
        requireRefused(Bytes.header(0, 1).text("k").integer(13).zeros(20), "unknown type 13");
        requireRefused(
                Bytes.header(0, 1)
                        .text("general.alignment")
                        .integer(UINT32)
                        .integer(24)
                        .zeros(20),
                "must be a power of two, but is 24");
        requireRefused(new Bytes().integer(GgufFile.MAGIC).integer(1).zeros(20), "version 1 of GGUF");
        requireRefused(new Bytes().integer(0x47475546).zeros(20), "does not begin with the letters GGUF");
    }

    @Test
    void tensorsThatDoNotFitAreRefused() {
        requireRefused(Bytes.header(1, 0).tensor("w", 2, 3, 0).align().zeros(23), "24 bytes from place 0 on");
        requireRefused(
                Bytes.header(1, 0).tensor("w", 2, 3, 1L << 62).align().zeros(24), "from place 4611686018427387904");
        requireRefused(Bytes.header(1, 0).tensor("w", 2, 3, 8).align().zeros(64), "no multiple of its alignment");
        requireRefused(Bytes.header(1, 0).tensor("w", 1L << 40, 1L << 40, 0).align(), "an axis of 1099511627776");
        requireRefused(Bytes.header(1, 0).tensor("w", 0, 3, 0).align().zeros(24), "an axis of 0");
        requireRefused(Bytes.header(1, 0).text("w").integer(9).zeros(60), "has 9 axes");
        requireRefused(
                Bytes.header(2, 0)
                        .tensor("w", 2, 3, 0)
                        .tensor("w", 2, 3, 32)
                        .align()
                        .zeros(64),
                "the tensor w twice");
        requireRefused(
                Bytes.header(2, 0)
                        .tensor("v", 4, 3, 0)
                        .tensor("w", 2, 3, 32)
                        .align()
                        .zeros(64),
                "v and w overlap");
        requireRefused(
                Bytes.header(1, 0)
                        .text("w")
                        .integer(1)
                        .wide(16)
                        .integer(8)
                        .wide(0)
                        .align()
                        .zeros(64),
                "Q8_0 has blocks of 32");
        requireRefused(
                Bytes.header(1, 0)
                        .text("w")
                        .integer(1)
                        .wide(256)
                        .integer(14)
                        .wide(0)
                        .align()
                        .zeros(256),
                "is of the type Q6_K");
    }

    @Test
    void everyShortenedFileIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(Path.of("src/test/resources/weights/gguf/types.gguf"));
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 200; i++) {
            // The last tensor is padded.
            byte[] part = Arrays.copyOf(whole, random.nextInt(whole.length - 32));
            assertThatThrownBy(() -> GgufFile.open(file(part)))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("broken.gguf");
        }
    }

    private void requireRefused(Bytes bytes, String message) {
        assertThatThrownBy(() -> GgufFile.open(file(bytes.bytes())).close())
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("broken.gguf")
                .hasMessageContaining(message);
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(folder.resolve("broken.gguf"), content);
    }
}
