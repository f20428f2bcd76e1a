package io.nanogpt.impl.generate;

import io.nanogpt.NanogptInterruptedException;
import io.nanogpt.spi.Decoder;

/**
 * Feeds a growing sequence to a decoder, which caches keys and values up to its context length T. Beyond that, the last
 * T tokens are recomputed for every token, because a token at another position has other keys and values. A decoder
 * with an unbounded context, such as a recurrent model's, is never reset.
 */
final class ContextWindow {
    /** Tokens of a prompt without a limit that are read between two checks for an interrupt. */
    private static final int AT_ONCE = 256;

    private final Decoder decoder;
    private final boolean unbounded;
    private final int[] context;
    private final float[] logits;
    private int length;

    ContextWindow(Decoder decoder, int logitCount) {
        this.decoder = decoder;
        unbounded = decoder.contextLength() == Integer.MAX_VALUE;
        context = new int[unbounded ? 1 : decoder.contextLength()];
        logits = new float[logitCount];
    }

    /** The logits after the last token. */
    float[] logits() {
        return logits;
    }

    /** Begins a sequence. */
    void start(int[] ids) {
        if (unbounded) {
            decoder.reset();
            for (int from = 0; from < ids.length; from += AT_ONCE) {
                NanogptInterruptedException.check("reading the prompt");
                decoder.feed(ids, from, Math.min(AT_ONCE, ids.length - from), logits);
            }
            return;
        }
        length = Math.min(ids.length, context.length);
        System.arraycopy(ids, ids.length - length, context, 0, length);
        decoder.reset();
        decoder.feed(context, 0, length, logits);
    }

    /** Continues the sequence. */
    void append(int id) {
        if (unbounded) {
            context[0] = id;
            decoder.feed(context, 0, 1, logits);
        } else if (length < context.length) {
            context[length] = id;
            decoder.feed(context, length, 1, logits);
            length++;
        } else {
            System.arraycopy(context, 1, context, 0, length - 1);
            context[length - 1] = id;
            decoder.reset();
            decoder.feed(context, 0, length, logits);
        }
    }
}
