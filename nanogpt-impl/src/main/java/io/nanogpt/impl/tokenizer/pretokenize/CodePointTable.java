package io.nanogpt.impl.tokenizer.pretokenize;

import java.util.Arrays;

/** The ids of code points: an array for those of 16 bits, which is nearly all text, and a search for the others. */
public final class CodePointTable {
    public static final int ABSENT = -1;

    private final int[] small;
    private final int[] large;
    private final int[] largeIds;

    /**
     * Creates a table.
     *
     * @param codePoints in order, none twice
     * @param ids one per code point
     */
    public CodePointTable(int[] codePoints, int[] ids) {
        int split = 0;
        while (split < codePoints.length && Character.isBmpCodePoint(codePoints[split])) {
            split++;
        }
        this.small = new int[split == 0 ? 0 : codePoints[split - 1] + 1];
        Arrays.fill(small, ABSENT);
        for (int i = 0; i < split; i++) {
            small[codePoints[i]] = ids[i];
        }
        this.large = Arrays.copyOfRange(codePoints, split, codePoints.length);
        this.largeIds = Arrays.copyOfRange(ids, split, ids.length);
    }

    /** The id, or {@link #ABSENT}. */
    public int id(int codePoint) {
        if (codePoint < small.length) {
            return small[codePoint];
        }
        int index = Arrays.binarySearch(large, codePoint);
        return index < 0 ? ABSENT : largeIds[index];
    }
}
