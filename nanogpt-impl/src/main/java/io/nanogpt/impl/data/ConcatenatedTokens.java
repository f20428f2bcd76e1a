package io.nanogpt.impl.data;

import io.nanogpt.data.TokenSource;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** The ids of several sources one after another. */
final class ConcatenatedTokens implements TokenSource {
    private final TokenSource[] sources;
    /** Where each source begins, and at the end the number of all ids. */
    private final long[] begins;

    private ConcatenatedTokens(TokenSource[] sources, long[] begins) {
        this.sources = sources;
        this.begins = begins;
    }

    static TokenSource of(List<TokenSource> sources) {
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("there are no token sources to join; give at least one");
        }
        TokenSource[] parts = sources.toArray(new TokenSource[0]);
        long[] begins = new long[parts.length + 1];
        for (int i = 0; i < parts.length; i++) {
            begins[i + 1] = begins[i] + parts[i].size();
        }
        return parts.length == 1 ? parts[0] : new ConcatenatedTokens(parts, begins);
    }

    @Override
    public long size() {
        return begins[sources.length];
    }

    @Override
    public void copy(long from, int[] destination, int offset, int length) {
        Objects.checkFromIndexSize(from, (long) length, size());
        Objects.checkFromIndexSize(offset, length, destination.length);
        int part = part(from);
        long at = from;
        int done = 0;
        while (done < length) {
            int count = (int) Math.min(length - done, begins[part + 1] - at);
            sources[part].copy(at - begins[part], destination, offset + done, count);
            at += count;
            done += count;
            part++;
        }
    }

    /** The last source that begins at or before an id. */
    private int part(long id) {
        int found = Arrays.binarySearch(begins, id);
        int part = found >= 0 ? found : -found - 2;
        while (part + 1 < sources.length && begins[part + 1] == id) {
            part++; // Of empty sources, the search finds any.
        }
        return Math.min(part, sources.length - 1);
    }

    @Override
    public String toString() {
        return sources.length + " token sources from " + sources[0] + " on";
    }
}
