package io.nanogpt.generate;

import java.util.OptionalInt;

/**
 * How many texts a model generates at once, and how many wait. Immutable.
 *
 * @param sequences texts that are generated at once, from 1 to 4096; each takes the memory of its context. By default
 *     {@value #DEFAULT_SEQUENCES}, or as many whose full contexts take half of the Java heap
 * @param waiting texts, or callers of methods that generate several, that may wait for their turn; 1,024 by default. One
 *     more is refused by a {@link QueueFullException}
 * @param prefixCacheBytes memory for the keys and values of texts that have ended, about; 0 by default. A prompt that
 *     begins as an earlier prompt or text did is computed from where they differ, with the same result: a chat goes on
 *     where it was
 */
public record BatchOptions(OptionalInt sequences, int waiting, long prefixCacheBytes) {
    /** Texts that are generated at once by default, if there is memory. */
    public static final int DEFAULT_SEQUENCES = 64;

    private static final int MOST_SEQUENCES = 4096;
    private static final BatchOptions DEFAULTS = new BatchOptions(OptionalInt.empty(), 1024, 0);

    public BatchOptions {
        if (sequences.isPresent() && (sequences.getAsInt() < 1 || sequences.getAsInt() > MOST_SEQUENCES)) {
            throw new IllegalArgumentException(
                    "sequences must be from 1 to " + MOST_SEQUENCES + ", but is " + sequences.getAsInt());
        }
        if (waiting < 0) {
            throw new IllegalArgumentException("waiting must be at least 0, but is " + waiting);
        }
        if (prefixCacheBytes < 0) {
            throw new IllegalArgumentException("prefixCacheBytes must be at least 0, but is " + prefixCacheBytes);
        }
    }

    /** Returns the defaults. */
    public static BatchOptions defaults() {
        return DEFAULTS;
    }

    /** Returns a copy in which so many texts are generated at once. */
    public BatchOptions withSequences(int value) {
        return new BatchOptions(OptionalInt.of(value), waiting, prefixCacheBytes);
    }

    /** Returns a copy in which so many texts may wait. */
    public BatchOptions withWaiting(int value) {
        return new BatchOptions(sequences, value, prefixCacheBytes);
    }

    /** Returns a copy with so many bytes for the beginnings of texts. */
    public BatchOptions withPrefixCacheBytes(long value) {
        return new BatchOptions(sequences, waiting, value);
    }
}
