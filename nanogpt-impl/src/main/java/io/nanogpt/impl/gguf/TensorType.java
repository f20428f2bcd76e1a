package io.nanogpt.impl.gguf;

import io.nanogpt.impl.files.Half;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * The element types of tensors. A quantized row is cut into blocks of 32 elements, which share a factor of 16 bits: as in
 * ggml's reference implementation, bit for bit.
 */
public enum TensorType {
    F32(0, 1, Float.BYTES),
    F16(1, 1, Short.BYTES),
    /** The factor, then 16 bytes: the low halves are elements 0 to 15 and the high halves 16 to 31, each less 8. */
    Q4_0(2, 32, Short.BYTES + 16),
    /** The factor, then a signed byte for each element. */
    Q8_0(8, 32, Short.BYTES + 32),
    BF16(30, 1, Short.BYTES);

    private static final int MIDDLE = 8;
    private static final int LARGEST_NIBBLE = 15;
    private static final float LARGEST_BYTE = 127;

    /** Types of ggml that are not read, for messages. */
    private static final Map<Long, String> OTHERS = Map.ofEntries(
            Map.entry(3L, "Q4_1"),
            Map.entry(6L, "Q5_0"),
            Map.entry(7L, "Q5_1"),
            Map.entry(9L, "Q8_1"),
            Map.entry(10L, "Q2_K"),
            Map.entry(11L, "Q3_K"),
            Map.entry(12L, "Q4_K"),
            Map.entry(13L, "Q5_K"),
            Map.entry(14L, "Q6_K"),
            Map.entry(15L, "Q8_K"),
            Map.entry(16L, "IQ2_XXS"),
            Map.entry(17L, "IQ2_XS"),
            Map.entry(18L, "IQ3_XXS"),
            Map.entry(19L, "IQ1_S"),
            Map.entry(20L, "IQ4_NL"),
            Map.entry(21L, "IQ3_S"),
            Map.entry(22L, "IQ2_S"),
            Map.entry(23L, "IQ4_XS"),
            Map.entry(24L, "I8"),
            Map.entry(25L, "I16"),
            Map.entry(26L, "I32"),
            Map.entry(27L, "I64"),
            Map.entry(28L, "F64"),
            Map.entry(29L, "IQ1_M"),
            Map.entry(34L, "TQ1_0"),
            Map.entry(35L, "TQ2_0"),
            Map.entry(39L, "MXFP4"));

    private final int code;
    private final int block;
    private final int blockBytes;

    TensorType(int code, int block, int blockBytes) {
        this.code = code;
        this.block = block;
        this.blockBytes = blockBytes;
    }

    /** The type of a number in a file, if it is read. */
    static Optional<TensorType> of(long code) {
        return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
    }

    /** The name of a type that is not read. */
    static String nameOf(long code) {
        return OTHERS.getOrDefault(code, "number " + code);
    }

    int code() {
        return code;
    }

    /** The elements of a row that are stored together; a row must be a multiple of it. */
    public int block() {
        return block;
    }

    int blockBytes() {
        return blockBytes;
    }

    /** The bytes of some elements, a multiple of {@link #block}. */
    public long bytes(long elements) {
        return elements / block * blockBytes;
    }

    /** Reads the remaining elements of a buffer, which is little endian. */
    void read(ByteBuffer in, float[] destination, int from) {
        int to = from + in.remaining() / blockBytes * block;
        for (int at = from; at < to; at += block) {
            switch (this) {
                case F32 -> destination[at] = in.getFloat();
                case F16 -> destination[at] = Half.toFloat(in.getShort());
                case BF16 -> destination[at] = Float.intBitsToFloat(in.getShort() << Short.SIZE);
                case Q8_0 -> {
                    float factor = Half.toFloat(in.getShort());
                    for (int i = 0; i < block; i++) {
                        destination[at + i] = in.get() * factor;
                    }
                }
                case Q4_0 -> {
                    float factor = Half.toFloat(in.getShort());
                    for (int i = 0; i < block / 2; i++) {
                        int pair = in.get();
                        destination[at + i] = ((pair & LARGEST_NIBBLE) - MIDDLE) * factor;
                        destination[at + i + block / 2] = (((pair >> 4) & LARGEST_NIBBLE) - MIDDLE) * factor;
                    }
                }
            }
        }
    }

    /** Writes some elements, whole blocks of them, into a buffer, which is little endian. */
    void write(float[] source, int from, int count, ByteBuffer out) {
        for (int at = from; at < from + count; at += block) {
            switch (this) {
                case F32 -> out.putFloat(source[at]);
                case F16 -> out.putShort((short) Half.bits(source[at]));
                case BF16 -> throw new IllegalStateException("no tensor is written as " + this);
                case Q8_0 -> writeBytes(source, at, out);
                case Q4_0 -> writeNibbles(source, at, out);
            }
        }
    }

    private void writeBytes(float[] source, int from, ByteBuffer out) {
        float largest = Math.abs(source[from + largest(source, from)]);
        float factor = largest / LARGEST_BYTE;
        float inverse = factor == 0 ? 0 : 1 / factor;
        out.putShort((short) Half.bits(factor));
        for (int i = 0; i < block; i++) {
            float scaled = source[from + i] * inverse;
            // Halves away from zero, as C's roundf.
            float floor = (float) Math.floor(Math.abs(scaled));
            float rounded = floor + (Math.abs(scaled) - floor >= 0.5f ? 1 : 0);
            out.put((byte) Math.copySign(rounded, scaled));
        }
    }

    private void writeNibbles(float[] source, int from, ByteBuffer out) {
        float factor = source[from + largest(source, from)] / -MIDDLE;
        float inverse = factor == 0 ? 0 : 1 / factor;
        out.putShort((short) Half.bits(factor));
        for (int i = 0; i < block / 2; i++) {
            int low = nibble(source[from + i] * inverse);
            int high = nibble(source[from + i + block / 2] * inverse);
            out.put((byte) (low | high << 4));
        }
    }

    private static int nibble(float scaled) {
        return Math.min(LARGEST_NIBBLE, (int) (scaled + (MIDDLE + 0.5f)));
    }

    /** The index in a block of the first element of the largest magnitude. */
    private int largest(float[] source, int from) {
        int largest = 0;
        for (int i = 1; i < block; i++) {
            if (Math.abs(source[from + i]) > Math.abs(source[from + largest])) {
                largest = i;
            }
        }
        return largest;
    }
}
