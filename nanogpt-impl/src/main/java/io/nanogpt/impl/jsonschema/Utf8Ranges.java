package io.nanogpt.impl.jsonschema;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Ranges of code points as sequences of ranges of bytes in UTF-8. */
final class Utf8Ranges {
    private static final int[] LARGEST = {0x7F, 0x7FF, 0xFFFF, Character.MAX_CODE_POINT};
    private static final int BITS = 6;

    private Utf8Ranges() {}

    /**
     * The sequences of a range without surrogates; each is a list of pairs, the first and last byte of a place.
     * Together they cover the range, and no text is in two of them.
     */
    static List<int[][]> of(int first, int last) {
        List<int[][]> sequences = new ArrayList<>();
        add(first, last, sequences);
        return sequences;
    }

    private static void add(int first, int last, List<int[][]> sequences) {
        for (int limit : LARGEST) {
            if (first <= limit && last > limit) {
                add(first, limit, sequences);
                add(limit + 1, last, sequences);
                return;
            }
        }
        for (int place = 1; place < 4 && last > LARGEST[0]; place++) {
            int mask = (1 << (BITS * place)) - 1;
            if ((first & ~mask) == (last & ~mask)) {
                continue;
            }
            if ((first & mask) != 0) {
                add(first, first | mask, sequences);
                add((first | mask) + 1, last, sequences);
                return;
            }
            if ((last & mask) != mask) {
                add(first, (last & ~mask) - 1, sequences);
                add(last & ~mask, last, sequences);
                return;
            }
        }
        byte[] from = Character.toString(first).getBytes(StandardCharsets.UTF_8);
        byte[] to = Character.toString(last).getBytes(StandardCharsets.UTF_8);
        int[][] sequence = new int[from.length][];
        for (int place = 0; place < from.length; place++) {
            sequence[place] = new int[] {from[place] & 0xFF, to[place] & 0xFF};
        }
        sequences.add(sequence);
    }
}
