package io.nanogpt.spi;

import io.nanogpt.chat.Message;
import java.util.List;
import java.util.Optional;

/** A chat template that was read. Immutable and thread-safe. */
public interface ChatRenderer {
    /**
     * Writes a conversation.
     *
     * @param beginToken the text of {@code bos_token}
     * @param endToken the text of {@code eos_token}
     * @param generationPrompt whether the beginning of the assistant's next message follows
     * @throws IllegalArgumentException if the template refuses the messages
     * @throws io.nanogpt.NanogptException if the template cannot be rendered
     */
    Rendered render(
            List<Message> messages, Optional<String> beginToken, Optional<String> endToken, boolean generationPrompt);

    /** A conversation as text. */
    interface Rendered {
        /** Returns the whole text. */
        String text();

        /**
         * Returns the message from whose content a character comes.
         *
         * @param index of the character in the text
         * @return the number of the message, from 0; -1 for a character of the template
         */
        int message(int index);
    }
}
