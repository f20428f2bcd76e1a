package io.nanogpt.data;

import io.nanogpt.chat.ChatTemplate;
import io.nanogpt.chat.Message;
import io.nanogpt.chat.Role;
import io.nanogpt.spi.Library;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Conversations to train a model on: questions with their answers. Immutable.
 *
 * <pre>{@code
 * Chats chats = Chats.ofJsonLines(Path.of("chats.jsonl"));
 * Tokenizer tokenizer = Tokenizers.characters().train(chats.corpus(ChatTemplate.plain()));
 * }</pre>
 */
public final class Chats {
    private final List<List<Message>> conversations;

    private Chats(List<List<Message>> conversations) {
        this.conversations = conversations;
    }

    /**
     * Returns these conversations.
     *
     * @throws IllegalArgumentException if there is none, or one has no message of the assistant
     */
    public static Chats of(List<List<Message>> conversations) {
        if (Objects.requireNonNull(conversations, "conversations").isEmpty()) {
            throw new IllegalArgumentException("there are no conversations; give at least one");
        }
        List<List<Message>> copies = new ArrayList<>();
        for (List<Message> conversation : conversations) {
            if (conversation.stream().noneMatch(message -> message.role() == Role.ASSISTANT)) {
                throw new IllegalArgumentException("conversation " + copies.size()
                        + " (counted from 0) has no message of the assistant, so that there is nothing to learn; leave it"
                        + " out, or add the answer");
            }
            copies.add(List.copyOf(conversation));
        }
        return new Chats(List.copyOf(copies));
    }

    /**
     * Reads a file with a conversation a line: a JSON object with {@code messages}, a list of objects with {@code role}
     * and {@code content}, or with the texts {@code prompt} and {@code response}. Other members are ignored, as are empty
     * lines.
     *
     * @throws io.nanogpt.NanogptException if the file cannot be read, or a line is no such object; the message names the
     *     line
     */
    public static Chats ofJsonLines(Path file) {
        return of(Library.get().readChats(Objects.requireNonNull(file, "file"), "prompt", "response"));
    }

    /**
     * Reads a file as {@link #ofJsonLines(Path)} does, with these members in place of {@code prompt} and
     * {@code response}.
     */
    public static Chats ofJsonLines(Path file, String prompt, String response) {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(prompt, "prompt");
        return of(Library.get().readChats(file, prompt, Objects.requireNonNull(response, "response")));
    }

    /** Returns the conversations. */
    public List<List<Message>> conversations() {
        return conversations;
    }

    /**
     * Returns the conversations as a template writes them, to train a tokenizer on.
     *
     * @throws IllegalArgumentException if the template refuses a conversation
     */
    public Corpus corpus(ChatTemplate template) {
        return Corpus.ofText(String.join(
                "",
                conversations.stream()
                        .map(conversation -> template.render(conversation, false))
                        .toList()));
    }
}
