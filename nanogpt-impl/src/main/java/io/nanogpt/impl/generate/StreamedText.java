package io.nanogpt.impl.generate;

import io.nanogpt.generate.Token;
import io.nanogpt.generate.Token.Scores;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Streams tokens to a listener while a continuation grows: each once its text can no longer become part of a stop. The
 * streamed texts concatenate to the result.
 */
final class StreamedText {
    private final Continuation continuation;
    private final CharSequence text;
    private final List<String> stops;
    private final Consumer<Token> listener;
    private final Deque<Held> held = new ArrayDeque<>();
    private int delivered;

    StreamedText(Continuation continuation, List<String> stops, Consumer<Token> listener) {
        this.continuation = continuation;
        this.text = continuation.text();
        this.stops = stops;
        this.listener = listener;
    }

    /** Adds a token; returns false when the text is complete. */
    boolean add(int id, Optional<Scores> scores) {
        continuation.add(id);
        held.add(new Held(id, scores, text.length()));
        if (!continuation.stopped() && !continuation.withinCharacter()) {
            deliver(text.length() - possibleStop());
        }
        return !continuation.stopped();
    }

    /** Delivers the tokens held back and returns the whole text. */
    String finish() {
        if (continuation.withinCharacter()) {
            continuation.finish();
            Held last = held.removeLast();
            held.add(new Held(last.id(), last.scores(), text.length()));
        }
        if (!continuation.stopped()) {
            deliver(text.length());
        }
        // Tokens of a stop are left out, and one within which it begins keeps the text before it.
        for (Held next = held.poll(); next != null && delivered < text.length(); next = held.poll()) {
            deliver(next, Math.min(next.end(), text.length()));
        }
        return text.toString();
    }

    private void deliver(int safeEnd) {
        for (Held next = held.peek(); next != null && next.end() <= safeEnd; next = held.peek()) {
            held.remove();
            deliver(next, next.end());
        }
    }

    private void deliver(Held token, int end) {
        String added = text.subSequence(delivered, end).toString();
        delivered = end;
        listener.accept(new Token(token.id(), added, token.scores()));
    }

    /** The length of the longest suffix of the text that is a prefix of a stop. */
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

    /** A token that is not delivered yet, whose text ends at {@code end}. */
    private record Held(int id, Optional<Scores> scores, int end) {}
}
