package io.nanogpt.examples.benchmarks.hostile;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Changes one field of a message or of a message within it, and keeps the lengths around it right. */
final class ProtobufMutation {
    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;
    private static final int VARINT_BITS = 7;
    private static final int CONTINUES = 0x80;
    private static final int DEEPEST = 8;

    private ProtobufMutation() {}

    /** A field: its tag, and its value without the length. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Field(long tag, byte[] value) {
        int wireType() {
            return (int) (tag & 7);
        }
    }

    static byte[] mutate(byte[] message, SplittableRandom random) {
        return mutate(message, random, 0);
    }

    private static byte[] mutate(byte[] message, SplittableRandom random, int depth) {
        List<Field> fields = fields(message);
        if (fields.isEmpty()) {
            return ByteMutation.mutate(message, random);
        }
        int at = random.nextInt(fields.size());
        Field field = fields.get(at);
        int choice = random.nextInt(8);
        if (choice == 0) {
            fields.remove(at);
        } else if (choice == 1) {
            fields.add(at, field);
        } else if (field.wireType() == LENGTH_DELIMITED && depth < DEEPEST && choice < 7) {
            fields.set(at, new Field(field.tag, mutate(field.value, random, depth + 1)));
        } else if (field.wireType() == VARINT) {
            fields.set(at, new Field(field.tag, varint(random.nextLong() >>> random.nextInt(Long.SIZE))));
        } else {
            fields.set(at, new Field(field.tag, ByteMutation.mutate(field.value, random)));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Field each : fields) {
            out.writeBytes(varint(each.tag));
            if (each.wireType() == LENGTH_DELIMITED) {
                out.writeBytes(varint(each.value.length));
            }
            out.writeBytes(each.value);
        }
        return out.toByteArray();
    }

    /** The fields of a message; none if it is no message. */
    private static List<Field> fields(byte[] message) {
        List<Field> fields = new ArrayList<>();
        int at = 0;
        while (at < message.length) {
            int end = end(message, at);
            long tag = value(message, at, end);
            if (end < 0 || tag >>> 3 == 0) {
                return new ArrayList<>();
            }
            int begin = end;
            switch ((int) (tag & 7)) {
                case VARINT -> end = end(message, begin);
                case 1 -> end = begin + Long.BYTES;
                case 5 -> end = begin + Integer.BYTES;
                case LENGTH_DELIMITED -> {
                    int lengthEnd = end(message, begin);
                    long length = value(message, begin, lengthEnd);
                    begin = lengthEnd;
                    end = lengthEnd < 0 || length < 0 || length > message.length ? -1 : lengthEnd + (int) length;
                }
                default -> end = -1;
            }
            if (end < 0 || end > message.length) {
                return new ArrayList<>();
            }
            fields.add(new Field(tag, Arrays.copyOfRange(message, begin, end)));
            at = end;
        }
        return fields;
    }

    /** Where a varint ends; -1 if it does not. */
    private static int end(byte[] message, int at) {
        for (int i = at; i < message.length && i < at + 10; i++) {
            if (message[i] >= 0) {
                return i + 1;
            }
        }
        return -1;
    }

    private static long value(byte[] message, int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            value |= (long) (message[i] & (CONTINUES - 1)) << (VARINT_BITS * (i - from));
        }
        return value;
    }

    private static byte[] varint(long value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long rest = value;
        while ((rest & -CONTINUES) != 0) {
            out.write((int) (rest & (CONTINUES - 1)) | CONTINUES);
            rest >>>= VARINT_BITS;
        }
        out.write((int) rest);
        return out.toByteArray();
    }
}
