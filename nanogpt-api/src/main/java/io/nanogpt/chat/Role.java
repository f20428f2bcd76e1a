package io.nanogpt.chat;

import java.util.Locale;

/** The author of a message. */
public enum Role {
    /** Instructions for the whole conversation. */
    SYSTEM,
    /** The user of the model. */
    USER,
    /** The model. */
    ASSISTANT;

    /** Returns the name of the role in templates and JSON: {@code system}, {@code user} or {@code assistant}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the role with this name in templates and JSON.
     *
     * @throws IllegalArgumentException if there is none, naming those that exist
     */
    public static Role of(String text) {
        for (Role role : values()) {
            if (role.text().equals(text)) {
                return role;
            }
        }
        throw new IllegalArgumentException(
                "there is no role \"" + text + "\"; a message is of the role system, user or assistant");
    }
}
