package io.nanogpt.impl.schedule;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The slots of texts that have ended, for later texts that begin alike. Used under the lock of the scheduler. */
final class PrefixCache {
    /** The fewest tokens that are worth a copy. */
    private static final int LEAST = 8;

    /** The state of a text. */
    static final class Kept {
        final int slot;
        private final int[] ids;
        private final long bytes;
        /** Sequences that are about to copy it. */
        private int readers;

        Kept(int slot, int[] ids, long bytes) {
            this.slot = slot;
            this.ids = ids;
            this.bytes = bytes;
        }
    }

    /** The one that was used longest ago first. */
    private final Deque<Kept> kept = new ArrayDeque<>();

    private final IntConsumer freed;
    private long bytes;

    /**
     * Creates an empty cache.
     *
     * @param freed receives slots that are no longer kept
     */
    PrefixCache(IntConsumer freed) {
        this.freed = freed;
    }

    /** Keeps a state, and as many others as fit into a limit beside it. */
    void add(Kept state, long limit) {
        kept.add(state);
        bytes += state.bytes;
        shrink(limit);
    }

    /** Frees the oldest states until the others fit into a limit. */
    void shrink(long limit) {
        for (Iterator<Kept> oldest = kept.iterator(); bytes > limit && oldest.hasNext(); ) {
            Kept state = oldest.next();
            if (state.readers == 0) {
                oldest.remove();
                bytes -= state.bytes;
                freed.accept(state.slot);
            }
        }
    }

    /** The state that begins with the most of some ids, until it is {@linkplain #read}. */
    @Nullable
    Kept begin(int[] ids, int count) {
        Kept best = null;
        int most = LEAST - 1;
        for (Kept state : kept) {
            int common = common(state, ids, count);
            if (common > most) {
                most = common;
                best = state;
            }
        }
        if (best != null) {
            best.readers++;
            kept.remove(best);
            kept.add(best);
        }
        return best;
    }

    /** Notes that a sequence has copied the state. */
    void read(Kept state, long limit) {
        state.readers--;
        shrink(limit);
    }

    static int common(Kept state, int[] ids, int count) {
        int common = 0;
        while (common < Math.min(state.ids.length, count) && state.ids[common] == ids[common]) {
            common++;
        }
        return common;
    }
}
