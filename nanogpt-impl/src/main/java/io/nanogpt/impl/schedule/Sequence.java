package io.nanogpt.impl.schedule;

import io.nanogpt.spi.BatchDecoder;
import io.nanogpt.spi.Decoder;
import org.jspecify.annotations.Nullable;

/** A sequence with a slot, or where a backend decodes each by itself, with a decoder. Its session's thread feeds it. */
public final class Sequence implements BatchDecoder.Feed {
    /** Tokens that are fed to a state of fixed size between two checks for an interrupt. */
    private static final int PIECE = 256;

    private static final int[] NO_TOKENS = {};

    /** What happens before the next tokens are fed. */
    enum Begin {
        GO_ON,
        RESET,
        COPY
    }

    final Session session;
    private final int slot;
    final @Nullable Decoder decoder;
    private final int contextLength;
    private final float[] logits;
    private int[] tokens = NO_TOKENS;
    private int from;
    /** Tokens that are still to be fed. */
    int left;
    /** Tokens of the step. */
    int count;

    /** Tokens of its beginning that are dropped before the next ones are fed. */
    int drop;

    Begin begin = Begin.RESET;
    int copied;
    int copiedTokens;
    /** The state of an earlier text that is to be copied. */
    PrefixCache.@Nullable Kept kept;

    /** Whether its use failed, so that its state is unknown. */
    private boolean failed;
    /** Whether it has a place. */
    boolean placed = true;

    Sequence(Session session, int slot, @Nullable Decoder decoder, int contextLength, int logitCount) {
        this.session = session;
        this.slot = slot;
        this.decoder = decoder;
        this.contextLength = contextLength;
        this.logits = new float[logitCount];
    }

    /** Returns the most tokens; {@link Integer#MAX_VALUE} for a state of fixed size. */
    public int contextLength() {
        return contextLength;
    }

    /** Removes all tokens before the next ones are fed. */
    public void restart() {
        begin = Begin.RESET;
        drop = 0;
    }

    /** Returns whether its first tokens can be dropped. */
    public boolean drops() {
        return session.drops();
    }

    /** Removes the first tokens before the next ones are fed. */
    public void drop(int tokens) {
        drop += tokens;
    }

    /** Begins with the first tokens of another sequence, whose backend decodes many at once. */
    public void continueFrom(Sequence other, int length) {
        begin = Begin.COPY;
        copied = other.slot;
        copiedTokens = length;
    }

    /**
     * Prepares the tokens of a new text, from the first on; those that an earlier text began with are not fed where its
     * state is kept.
     */
    public void begin(int[] ids, int size) {
        restart();
        int known = session.recall(this, ids, size);
        prepare(ids, known, size - known);
    }

    /** Begins with the first tokens of an earlier text. */
    void recall(PrefixCache.Kept state, int length) {
        kept = state;
        begin = Begin.COPY;
        copied = state.slot;
        copiedTokens = length;
    }

    /** Feeds all tokens, since the state of the earlier text is no longer known after the first of them. */
    void feedAll() {
        from -= copiedTokens;
        left += copiedTokens;
        begin = Begin.RESET;
    }

    /** Says that its use failed: its state is not used again. */
    public void fail() {
        failed = true;
    }

    boolean isFailed() {
        return failed;
    }

    /** Whether it has the state after all prepared tokens. */
    boolean isFed() {
        return left == 0 && !failed;
    }

    /** Prepares new tokens, at least one, which {@link Session#run} feeds; the array must not change until then. */
    public void prepare(int[] ids, int first, int size) {
        tokens = ids;
        from = first;
        left = size;
    }

    /** Feeds the prepared tokens to the decoder of this sequence. */
    void feedAlone() throws InterruptedException {
        if (decoder == null) {
            throw new IllegalStateException("the sequence has no decoder");
        }
        if (begin == Begin.RESET) {
            decoder.reset();
        }
        boolean unbounded = contextLength == Integer.MAX_VALUE;
        while (left > 0) {
            if (unbounded && left > 1 && Thread.interrupted()) {
                throw new InterruptedException();
            }
            count = unbounded ? Math.min(PIECE, left) : left;
            decoder.feed(tokens, from, count, logits);
            advance();
        }
    }

    /** Notes that the tokens of a step are fed. */
    void advance() {
        from += count;
        left -= count;
        begin = Begin.GO_ON;
    }

    @Override
    public int slot() {
        return slot;
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
}
