package io.nanogpt.chat;

import java.util.Objects;

/**
 * A conversation as a model reads it, up to where its answer begins.
 *
 * <p>Special tokens of the template are ids of their own. The same characters within a message are encoded as ordinary
 * text, so that a message cannot end its turn or begin another.
 */
public final class ChatPrompt {
    private final String text;
    private final int[] tokens;

    /**
     * Creates a prompt.
     *
     * @param text the conversation as the template writes it
     * @param tokens the ids of the text
     */
    public ChatPrompt(String text, int[] tokens) {
        this.text = Objects.requireNonNull(text, "text");
        this.tokens = tokens.clone();
    }

    /** Returns the conversation as the template writes it. */
    public String text() {
        return text;
    }

    /** Returns the ids of the text. */
    public int[] tokens() {
        return tokens.clone();
    }

    /** Returns the number of ids. */
    public int tokenCount() {
        return tokens.length;
    }
}
