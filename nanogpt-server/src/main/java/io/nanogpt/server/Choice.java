package io.nanogpt.server;

import io.nanogpt.generate.Token;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A text of an answer, as far as it is known. */
final class Choice {
    private final int index;
    private final boolean kept;
    private final List<Token> tokens = new ArrayList<>();
    private int count;
    private int codePoints;
    private @Nullable String finishReason;

    /**
     * Creates a choice.
     *
     * @param kept whether its tokens are kept for a whole answer
     */
    Choice(int index, boolean kept) {
        this.index = index;
        this.kept = kept;
    }

    int index() {
        return index;
    }

    /** Adds a token and returns the number of characters before it. */
    int add(Token token) {
        int offset = codePoints;
        count++;
        codePoints += token.text().codePointCount(0, token.text().length());
        if (kept) {
            tokens.add(token);
        }
        return offset;
    }

    /** The number of tokens. */
    int count() {
        return count;
    }

    /** The tokens of a whole answer. */
    List<Token> tokens() {
        return tokens;
    }

    String text() {
        StringBuilder text = new StringBuilder();
        tokens.forEach(token -> text.append(token.text()));
        return text.toString();
    }

    boolean isOpen() {
        return finishReason == null;
    }

    void finish(String reason) {
        finishReason = reason;
    }

    @Nullable
    String finishReason() {
        return finishReason;
    }
}
