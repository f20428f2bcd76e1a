package io.nanogpt.chat;

import java.util.Objects;

/**
 * A message of a conversation.
 *
 * @param role its author
 * @param content its text
 */
public record Message(Role role, String content) {
    public Message {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(content, "content");
    }

    /** Returns instructions for the whole conversation. */
    public static Message system(String content) {
        return new Message(Role.SYSTEM, content);
    }

    /** Returns a message of the user. */
    public static Message user(String content) {
        return new Message(Role.USER, content);
    }

    /** Returns an answer of the model. */
    public static Message assistant(String content) {
        return new Message(Role.ASSISTANT, content);
    }
}
