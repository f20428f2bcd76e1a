package io.nanogpt.impl.onnx;

import java.nio.ByteBuffer;

/** Copies the state of single sequences into and out of the memory of a batch, in the layout of one kind of state. */
final class SequenceRows {
    private final int parts;
    private final int tokenBytes;
    private final boolean holdsTokens;

    SequenceRows(OnnxSession.CacheInfo cache) {
        parts = Math.toIntExact(cache.parts());
        tokenBytes = Math.toIntExact(cache.tokenBytes());
        holdsTokens = cache.holdsTokens();
    }

    /** Tokens of a sequence within the tokens of a batch: the first {@code head}, and {@code tail} from a place on. */
    record Place(int head, int from, int tail) {}

    /** The bytes of a sequence of so many tokens. */
    long bytes(int tokens) {
        return (long) parts * count(tokens) * tokenBytes;
    }

    private int count(int tokens) {
        return holdsTokens ? tokens : 1;
    }

    /** Takes a sequence out of a batch whose sequences have {@code room} tokens each. */
    byte[] take(ByteBuffer batch, int sequence, int room, Place place) {
        int head = count(place.head);
        int tail = holdsTokens ? place.tail : 0;
        int start = holdsTokens ? place.from : 0;
        byte[] taken = new byte[Math.multiplyExact(parts * tokenBytes, head + tail)];
        for (int part = 0; part < parts; part++) {
            int from = (sequence * parts + part) * count(room) * tokenBytes;
            int to = part * (head + tail) * tokenBytes;
            batch.get(from, taken, to, head * tokenBytes);
            batch.get(from + start * tokenBytes, taken, to + head * tokenBytes, tail * tokenBytes);
        }
        return taken;
    }

    /** Puts a sequence of some tokens into a batch whose sequences have {@code room} tokens each. */
    void put(byte[] taken, int tokens, ByteBuffer batch, int sequence, int room) {
        int size = count(tokens) * tokenBytes;
        for (int part = 0; part < parts; part++) {
            batch.put((sequence * parts + part) * count(room) * tokenBytes, taken, part * size, size);
        }
    }

    /** The state of a sequence after the first of its tokens; of one that holds no tokens it must be after all. */
    byte[] first(byte[] taken, int tokens, int first) {
        byte[] result = new byte[Math.toIntExact(bytes(first))];
        for (int part = 0; part < parts; part++) {
            System.arraycopy(
                    taken,
                    part * count(tokens) * tokenBytes,
                    result,
                    part * count(first) * tokenBytes,
                    count(first) * tokenBytes);
        }
        return result;
    }
}
