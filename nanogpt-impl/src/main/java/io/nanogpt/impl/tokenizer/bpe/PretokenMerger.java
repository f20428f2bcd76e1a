package io.nanogpt.impl.tokenizer.bpe;

import io.nanogpt.NanogptInterruptedException;
import java.util.Arrays;

/** Merges the bytes of a pre-token: the pair of lowest rank first, and of equals the leftmost. Has scratch memory. */
final class PretokenMerger {
    /** Length in bytes up to which a linear search for the lowest pair is faster than a heap. */
    private static final int SHORT = 64;

    private static final int CHECK_MASK = (1 << 14) - 1;

    private final PairTable pairs;
    private final int[] byteIds;
    private final int[] shortIds = new int[SHORT + 1];
    private final long[] shortValues = new long[SHORT + 1];

    PretokenMerger(PairTable pairs, int[] byteIds) {
        this.pairs = pairs;
        this.byteIds = byteIds;
    }

    /**
     * Merges a pre-token of at least one byte.
     *
     * @param out receives the ids from {@code at} on; has room for one per byte
     * @return the number of ids
     */
    int merge(byte[] text, int from, int to, int[] out, int at) {
        return to - from <= SHORT
                ? mergeShort(text, from, to, out, at)
                : new LongPretoken(text, from, to).merge(out, at);
    }

    private int mergeShort(byte[] text, int from, int to, int[] out, int at) {
        int[] ids = shortIds;
        long[] values = shortValues;
        int count = to - from;
        for (int i = 0; i < count; i++) {
            ids[i] = byteIds[text[from + i] & 0xFF];
        }
        for (int i = 0; i < count - 1; i++) {
            values[i] = pairs.get(ids[i], ids[i + 1]);
        }
        while (count > 1) {
            int best = lowest(values, count - 1);
            if (values[best] == PairTable.NONE) {
                break;
            }
            ids[best] = (int) values[best];
            count--;
            for (int i = best + 1; i < count; i++) {
                ids[i] = ids[i + 1];
                values[i - 1] = values[i];
            }
            if (best > 0) {
                values[best - 1] = pairs.get(ids[best - 1], ids[best]);
            }
            if (best < count - 1) {
                values[best] = pairs.get(ids[best], ids[best + 1]);
            }
        }
        System.arraycopy(ids, 0, out, at, count);
        return count;
    }

    private static int lowest(long[] values, int count) {
        int best = 0;
        for (int i = 1; i < count; i++) {
            if (values[i] < values[best]) {
                best = i;
            }
        }
        return best;
    }

    /** A long pre-token: its symbols in a doubly linked list, and its pairs in a heap. */
    private final class LongPretoken {
        private final int[] ids;
        private final int[] next;
        private final int[] previous;
        /**
         * The value of the pair that begins at each place; {@link PairTable#NONE} if there is no pair, or no symbol any
         * more.
         */
        private final long[] values;

        private final LongHeap heap;

        LongPretoken(byte[] text, int from, int to) {
            int length = to - from;
            ids = new int[length];
            next = new int[length];
            previous = new int[length];
            values = new long[length];
            for (int i = 0; i < length; i++) {
                ids[i] = byteIds[text[from + i] & 0xFF];
                next[i] = i + 1;
                previous[i] = i - 1;
            }
            long[] entries = new long[length];
            int count = 0;
            Arrays.fill(values, PairTable.NONE);
            for (int i = 0; i < length - 1; i++) {
                values[i] = pairs.get(ids[i], ids[i + 1]);
                if (values[i] != PairTable.NONE) {
                    entries[count++] = entry(i);
                }
            }
            heap = new LongHeap(entries, count);
        }

        /** The rank above the place, so that the leftmost of equals comes first. */
        private long entry(int at) {
            return ((values[at] >>> Integer.SIZE) << Integer.SIZE) | at;
        }

        int merge(int[] out, int at) {
            int polled = 0;
            while (!heap.isEmpty()) {
                if ((++polled & CHECK_MASK) == 0) {
                    NanogptInterruptedException.check("encoding");
                }
                long entry = heap.poll();
                int place = (int) entry;
                if (values[place] != PairTable.NONE && entry(place) == entry) {
                    join(place);
                }
            }
            int count = 0;
            for (int i = 0; i < ids.length; i = next[i]) {
                out[at + count++] = ids[i];
            }
            return count;
        }

        private void join(int place) {
            int right = next[place];
            int after = next[right];
            ids[place] = (int) values[place];
            values[right] = PairTable.NONE;
            next[place] = after;
            if (after < ids.length) {
                previous[after] = place;
            }
            pair(place, after);
            if (previous[place] >= 0) {
                pair(previous[place], place);
            }
        }

        private void pair(int place, int right) {
            values[place] = right < ids.length ? pairs.get(ids[place], ids[right]) : PairTable.NONE;
            if (values[place] != PairTable.NONE) {
                heap.add(entry(place));
            }
        }
    }
}
