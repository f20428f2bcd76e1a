package io.nanogpt.impl.generate;

import io.nanogpt.generate.Window;
import io.nanogpt.impl.schedule.Sequence;
import io.nanogpt.impl.schedule.Session;

/**
 * Prepares the tokens of a growing text for a sequence, which caches keys and values up to its context length T. Beyond
 * that, the last T tokens are recomputed for every token, because a token at another position has other keys and
 * values; or half of them at once, which are then continued; or the oldest are dropped, and nothing is recomputed. A
 * sequence with an unbounded context, such as a recurrent model's, is never reset.
 */
final class ContextWindow {
    private static final int EIGHTH = 8;

    private final Sequence sequence;
    private final Window window;
    private final boolean unbounded;
    private final int[] context;
    private int length;
    /** Whether the state of the sequence comes from tokens before those of the context, too. */
    private boolean rolled;
    /** Whether the sequence lacks the tokens. */
    private boolean anew;

    /**
     * A window on a sequence.
     *
     * @throws IllegalArgumentException if the model cannot have such a window
     */
    ContextWindow(Sequence sequence, Window window) {
        this.sequence = sequence;
        this.window = window;
        unbounded = sequence.contextLength() == Integer.MAX_VALUE;
        if (window instanceof Window.Rolling && !unbounded && !sequence.drops()) {
            throw new IllegalArgumentException("Window.rolling() needs a model whose positions are rotary, or that has"
                    + " none, on the CPU backend; use Window.dropHalf() for this one");
        }
        context = new int[unbounded ? 1 : sequence.contextLength()];
    }

    Sequence sequence() {
        return sequence;
    }

    /** The logits after the last token, once it is fed. */
    float[] logits() {
        return sequence.logits();
    }

    /** Begins a text. */
    void start(int[] ids) {
        if (unbounded) {
            sequence.restart();
            length = ids.length;
            sequence.prepare(ids, 0, ids.length);
            return;
        }
        length = Math.min(ids.length, context.length);
        System.arraycopy(ids, ids.length - length, context, 0, length);
        anew = false;
        rolled = false;
        sequence.begin(context, length);
    }

    /**
     * Begins with the text of another window, and has its logits.
     *
     * @param copies whether the sequence can copy the state of the other, or must be fed anew
     */
    void continueFrom(ContextWindow other, boolean copies) {
        length = other.length;
        rolled = other.rolled;
        System.arraycopy(other.context, 0, context, 0, Math.min(length, context.length));
        System.arraycopy(other.logits(), 0, logits(), 0, logits().length);
        anew = !copies;
        if (copies) {
            sequence.continueFrom(other.sequence, length);
        }
    }

    /** Ends the sequence of a session. */
    void end(Session session) {
        if (unbounded || rolled) {
            session.end(sequence);
        } else {
            session.end(sequence, context, length);
        }
    }

    /** Continues with the last token of a text, whose others this window has seen. */
    void append(Continuation continuation) {
        if (anew && unbounded) {
            anew = false;
            start(continuation.last(continuation.size()));
        } else {
            append(continuation.id(continuation.size() - 1));
        }
    }

    /** Continues the text. */
    void append(int id) {
        if (unbounded) {
            context[0] = id;
            length++;
            sequence.prepare(context, 0, 1);
        } else if (length < context.length) {
            context[length] = id;
            length++;
            if (anew) {
                feedAll();
            } else {
                sequence.prepare(context, length - 1, 1);
            }
        } else if (window instanceof Window.Rolling && length > 1) {
            int dropped = Math.max(1, length / EIGHTH);
            sequence.drop(dropped);
            rolled = true;
            System.arraycopy(context, dropped, context, 0, length - dropped);
            length -= dropped;
            append(id);
        } else {
            int kept = window instanceof Window.DropHalf ? Math.max(1, length / 2) : length;
            System.arraycopy(context, length - kept + 1, context, 0, kept - 1);
            context[kept - 1] = id;
            length = kept;
            feedAll();
        }
    }

    private void feedAll() {
        anew = false;
        sequence.restart();
        sequence.prepare(context, 0, length);
    }
}
