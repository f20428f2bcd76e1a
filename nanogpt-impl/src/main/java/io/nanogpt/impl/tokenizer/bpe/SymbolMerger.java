package io.nanogpt.impl.tokenizer.bpe;

import io.nanogpt.NanogptInterruptedException;
import java.util.Arrays;

/** Merges pairs of ids: the pair of lowest rank first, and of equals the leftmost. Has scratch memory. */
public final class SymbolMerger {
    /** Number of symbols up to which a linear search for the lowest pair is faster than a heap. */
    private static final int SHORT = 64;

    private static final int CHECK_MASK = (1 << 14) - 1;

    private final PairTable pairs;
    private final int[] shortIds = new int[SHORT + 1];
    private final long[] shortValues = new long[SHORT + 1];

    public SymbolMerger(PairTable pairs) {
        this.pairs = pairs;
    }

    /** Room for symbols, the same each time for short sequences. */
    int[] symbols(int count) {
        return count <= SHORT ? shortIds : new int[count];
    }

    /**
     * Merges symbols in place.
     *
     * @return the number that is left
     */
    public int merge(int[] ids, int length) {
        return length <= SHORT ? mergeShort(ids, length) : new LongSequence(ids, length).merge(ids);
    }

    private int mergeShort(int[] ids, int length) {
        long[] values = shortValues;
        int count = length;
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

    /** A long sequence: its symbols in a doubly linked list, and its pairs in a heap. */
    private final class LongSequence {
        private final int[] ids;
        private final int[] next;
        private final int[] previous;
        /**
         * The value of the pair that begins at each place; {@link PairTable#NONE} if there is no pair, or no symbol any
         * more.
         */
        private final long[] values;

        private final LongHeap heap;

        LongSequence(int[] symbols, int length) {
            ids = Arrays.copyOf(symbols, length);
            next = new int[length];
            previous = new int[length];
            values = new long[length];
            for (int i = 0; i < length; i++) {
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

        int merge(int[] out) {
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
                out[count++] = ids[i];
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
