package io.nanogpt.impl.generate;

import io.nanogpt.generate.Token;
import io.nanogpt.generate.Token.Scores;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Hands tokens over while a continuation grows: each only when its text can no longer become part of a stop. Put
 * together, what was handed over is the result.
 */
final class StreamedText {
    private final Continuation continuation;
    private final CharSequence text;
    private final List<String> stops;
    private final Consumer<Token> listener;
    private final Deque<Held> held = new ArrayDeque<>();
    private int handedOver;

    StreamedText(Continuation continuation, List<String> stops, Consumer<Token> listener) {
        this.continuation = continuation;
        this.text = continuation.text();
        this.stops = stops;
        this.listener = listener;
    }

    /** Adds a token; false when the text is at its end. */
    boolean add(int id, Optional<Scores> scores) {
        continuation.add(id);
        held.add(new Held(id, scores, text.length()));
        if (!continuation.stopped() && !continuation.withinCharacter()) {
            handOver(text.length() - possibleStop());
        }
        return !continuation.stopped();
    }

    /** Hands over what was held back and returns the whole text. */
    String finish() {
        if (continuation.withinCharacter()) {
            continuation.finish();
            Held last = held.removeLast();
            held.add(new Held(last.id(), last.scores(), text.length()));
        }
        if (!continuation.stopped()) {
            handOver(text.length());
        }
        // After a stop, tokens of the stop are left out, and one within which it begins keeps what is before it.
        for (Held next = held.poll(); next != null && handedOver < text.length(); next = held.poll()) {
            handOver(next, Math.min(next.end(), text.length()));
        }
        return text.toString();
    }

    private void handOver(int safeEnd) {
        for (Held next = held.peek(); next != null && next.end() <= safeEnd; next = held.peek()) {
            held.remove();
            handOver(next, next.end());
        }
    }

    private void handOver(Held token, int end) {
        String added = text.subSequence(handedOver, end).toString();
        handedOver = end;
        listener.accept(new Token(token.id(), added, token.scores()));
    }

    /** The length of the longest end of the text that is the beginning of a stop. */
    private int possibleStop() {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, text.length()); length > longest; length--) {
                if (stop.startsWith(
                        text.subSequence(text.length() - length, text.length()).toString())) {
                    longest = length;
                }
            }
        }
        return longest;
    }

    /** A token whose text ends at {@code end} and was not handed over yet. */
    private record Held(int id, Optional<Scores> scores, int end) {}
}
