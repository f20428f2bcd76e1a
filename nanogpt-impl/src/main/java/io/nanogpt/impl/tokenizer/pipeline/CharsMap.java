package io.nanogpt.impl.tokenizer.pipeline;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A table of replacements as SentencePiece compiles it: the size of a double-array trie (Aoe 1989) in bytes, its units of
 * 32 bits, all little endian, and the replacements, each with a zero at its end. The trie gives the place of one.
 */
public final class CharsMap {
    private static final int LABEL = 0x800000FF;
    private static final int VALUE = 0x7FFFFFFF;
    private static final int LEAF = 1 << 8;
    private static final int WIDE_OFFSET = 1 << 9;
    private static final int OFFSET_SHIFT = 10;
    private static final int WIDE_SHIFT = 8;
    private static final int ABSENT = -1;

    private final int[] units;
    private final byte[] replacements;

    private CharsMap(int[] units, byte[] replacements) {
        this.units = units;
        this.replacements = replacements;
    }

    /**
     * Reads a table.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static CharsMap of(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < Integer.BYTES) {
            throw new IllegalArgumentException("it has " + bytes.length + " bytes, but the size of its trie takes 4");
        }
        long size = Integer.toUnsignedLong(in.getInt());
        if (size == 0 || size % Integer.BYTES != 0 || size > in.remaining()) {
            throw new IllegalArgumentException("its trie should have " + size
                    + " bytes, but needs a multiple of 4 of the " + in.remaining() + " that follow");
        }
        int[] units = new int[(int) size / Integer.BYTES];
        in.asIntBuffer().get(units);
        byte[] replacements = new byte[in.remaining() - (int) size];
        in.position(in.position() + (int) size).get(replacements);
        try {
            CharBuffer unused = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(replacements));
            return new CharsMap(units, replacements);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("its replacements are not UTF-8", e);
        }
    }

    /** What replaces a text: that of the shortest of its beginnings that has a replacement; empty if none has. */
    Optional<String> replacement(String text) {
        int from = find(text.getBytes(StandardCharsets.UTF_8));
        if (from < 0 || from > replacements.length) {
            return Optional.empty();
        }
        int to = from;
        while (to < replacements.length && replacements[to] != 0) {
            to++;
        }
        return Optional.of(new String(replacements, from, to - from, StandardCharsets.UTF_8));
    }

    /** The place of a replacement; a damaged trie has none where it leads out of itself. */
    private int find(byte[] key) {
        int node = offset(units[0]);
        for (byte next : key) {
            int label = next & 0xFF;
            node ^= label;
            if (label == 0 || !isUnit(node) || (units[node] & LABEL) != label) {
                return ABSENT;
            }
            boolean leaf = (units[node] & LEAF) != 0;
            node ^= offset(units[node]);
            if (leaf) {
                return isUnit(node) ? units[node] & VALUE : ABSENT;
            }
        }
        return ABSENT;
    }

    private boolean isUnit(int node) {
        return node >= 0 && node < units.length;
    }

    private static int offset(int unit) {
        return (unit >>> OFFSET_SHIFT) << ((unit & WIDE_OFFSET) == 0 ? 0 : WIDE_SHIFT);
    }
}
