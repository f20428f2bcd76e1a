package io.nanogpt.spi;

import java.util.List;

/** The sequence in the first slot of a decoder of many. */
final class SlotDecoder implements Decoder, BatchDecoder.Feed {
    private static final int[] NO_TOKENS = {};
    private static final float[] NO_LOGITS = {};

    private final BatchDecoder decoder;
    private final List<SlotDecoder> feeds = List.of(this);
    private int[] tokens = NO_TOKENS;
    private int from;
    private int count;
    private float[] logits = NO_LOGITS;

    SlotDecoder(BatchDecoder decoder) {
        this.decoder = decoder;
    }

    @Override
    public int contextLength() {
        return decoder.contextLength();
    }

    @Override
    public int length() {
        return decoder.length(slot());
    }

    @Override
    public void reset() {
        decoder.reset(slot());
    }

    @Override
    public void feed(int[] ids, int first, int size, float[] destination) {
        tokens = ids;
        from = first;
        count = size;
        logits = destination;
        decoder.feed(feeds);
    }

    @Override
    public int slot() {
        return 0;
    }

    @Override
    public int[] tokens() {
        return tokens;
    }

    @Override
    public int from() {
        return from;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public float[] logits() {
        return logits;
    }

    @Override
    public void close() {
        decoder.close();
    }
}
