package io.nanogpt.examples.benchmarks.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/** A changed file: mostly by the structure of its format, sometimes by its bytes, mostly once. */
final class Mutation {
    private static final int BYTES_ONE_IN = 4;
    private static final int SEVERAL_ONE_IN = 3;
    private static final int MOST = 4;

    private Mutation() {}

    static byte[] of(byte[] original, Subject.Format format, SplittableRandom random) {
        int changes = random.nextInt(SEVERAL_ONE_IN) == 0 ? 1 + random.nextInt(MOST) : 1;
        byte[] bytes = original;
        for (int i = 0; i < changes; i++) {
            bytes = random.nextInt(BYTES_ONE_IN) == 0
                    ? ByteMutation.mutate(bytes, random)
                    : structured(bytes, format, random);
        }
        return bytes;
    }

    private static byte[] structured(byte[] bytes, Subject.Format format, SplittableRandom random) {
        return switch (format) {
            case JSON -> JsonMutation.mutate(new String(bytes, UTF_8), random).getBytes(UTF_8);
            case LINES -> LineMutation.mutate(new String(bytes, UTF_8), random).getBytes(UTF_8);
            case SAFETENSORS -> safetensors(bytes, random);
            case ZIP -> ZipMutation.mutate(bytes, random);
            case PROTOBUF -> ProtobufMutation.mutate(bytes, random);
            case BYTES -> ByteMutation.mutate(bytes, random);
        };
    }

    /** Changes the header and states its new length. */
    private static byte[] safetensors(byte[] file, SplittableRandom random) {
        if (file.length < Long.BYTES) {
            return ByteMutation.mutate(file, random);
        }
        long length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (length < 0 || length > file.length - Long.BYTES) {
            return ByteMutation.mutate(file, random);
        }
        int end = Long.BYTES + (int) length;
        String header = new String(Arrays.copyOfRange(file, Long.BYTES, end), UTF_8);
        byte[] changed = JsonMutation.mutate(header, random).getBytes(UTF_8);
        byte[] prefix = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(changed.length)
                .array();
        return ByteMutation.splice(ByteMutation.splice(file, Long.BYTES, end, changed), 0, Long.BYTES, prefix);
    }
}
