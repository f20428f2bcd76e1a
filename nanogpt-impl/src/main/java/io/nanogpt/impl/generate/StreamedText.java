package io.nanogpt.impl.generate;

import io.nanogpt.generate.Token;
import io.nanogpt.tokenizer.Tokenizer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * The text of a continuation while it grows. It ends before the first stop, also one that spans tokens, so a token is
 * handed over only when its text can no longer become part of a stop. Put together, what was handed over is the result.
 */
final class StreamedText {
    /** A character of UTF-8 has at most four bytes, so after four tokens a replacement character is meant as such. */
    private static final int MOST_TOKENS_OF_A_CHARACTER = 4;

    private static final char REPLACEMENT = '\uFFFD';

    private final Tokenizer tokenizer;
    private final List<String> stops;
    private final Consumer<Token> listener;
    private final StringBuilder text = new StringBuilder();
    private final Deque<Held> held = new ArrayDeque<>();
    /** The last tokens, as long as they end within a character. */
    private final int[] unfinished = new int[MOST_TOKENS_OF_A_CHARACTER];

    private int unfinishedCount;
    private int handedOver;
    private boolean stopped;

    StreamedText(Tokenizer tokenizer, List<String> stops, Consumer<Token> listener) {
        this.tokenizer = tokenizer;
        this.stops = stops;
        this.listener = listener;
    }

    /** Adds a token; false when the text is at its end. */
    boolean add(int id) {
        unfinished[unfinishedCount++] = id;
        String piece = decodeUnfinished();
        if (unfinishedCount < MOST_TOKENS_OF_A_CHARACTER && endsWithinCharacter(piece)) {
            held.add(new Held(id, text.length()));
            return true;
        }
        unfinishedCount = 0;
        append(piece);
        held.add(new Held(id, text.length()));
        if (!stopped) {
            handOver(text.length() - possibleStop());
        }
        return !stopped;
    }

    /** Hands over what was held back and returns the whole text. */
    String finish() {
        if (!stopped && unfinishedCount > 0) {
            append(decodeUnfinished());
            Held last = held.removeLast();
            held.add(new Held(last.id(), text.length()));
        }
        if (!stopped) {
            handOver(text.length());
        }
        // After a stop, tokens of the stop are left out, and one within which it begins keeps what is before it.
        for (Held next = held.poll(); next != null && handedOver < text.length(); next = held.poll()) {
            int end = Math.min(next.end(), text.length());
            listener.accept(new Token(next.id(), text.substring(handedOver, end)));
            handedOver = end;
        }
        return text.toString();
    }

    private String decodeUnfinished() {
        return tokenizer.decode(Arrays.copyOf(unfinished, unfinishedCount));
    }

    /** Appends and, where a stop is complete, cuts the text before it. */
    private void append(String piece) {
        int before = text.length();
        text.append(piece);
        int cut = Integer.MAX_VALUE;
        for (String stop : stops) {
            int found = text.indexOf(stop, Math.max(0, before - stop.length() + 1));
            if (found >= 0) {
                cut = Math.min(cut, found);
            }
        }
        if (cut < Integer.MAX_VALUE) {
            stopped = true;
            text.setLength(cut);
        }
    }

    private void handOver(int safeEnd) {
        for (Held next = held.peek(); next != null && next.end() <= safeEnd; next = held.peek()) {
            held.remove();
            listener.accept(new Token(next.id(), text.substring(handedOver, next.end())));
            handedOver = next.end();
        }
    }

    /** The length of the longest end of the text that is the beginning of a stop. */
    private int possibleStop() {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, text.length()); length > longest; length--) {
                if (stop.startsWith(text.substring(text.length() - length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }

    private static boolean endsWithinCharacter(String piece) {
        if (piece.isEmpty()) {
            return false;
        }
        char last = piece.charAt(piece.length() - 1);
        return last == REPLACEMENT || Character.isHighSurrogate(last);
    }

    /** A token whose text ends at {@code end} and was not handed over yet. */
    private record Held(int id, int end) {}
}
