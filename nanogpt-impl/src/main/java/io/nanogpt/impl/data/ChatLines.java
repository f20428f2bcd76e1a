package io.nanogpt.impl.data;

import io.nanogpt.chat.Message;
import io.nanogpt.chat.Role;
import io.nanogpt.impl.files.JsonValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Conversations in JSON Lines: {@code messages}, or two texts. */
public final class ChatLines {
    private static final String NOTHING_TO_LEARN =
            "expected an answer to learn, but it has no text; give it one, or leave the line out";

    private ChatLines() {}

    /**
     * Reads the conversations of a file.
     *
     * @param prompt the member with the message of the user, where there are no {@code messages}
     * @param response the member with the answer
     * @throws io.nanogpt.NanogptException naming the line that is none
     */
    public static List<List<Message>> read(Path file, String prompt, String response) {
        String text = CorpusText.read(file);
        String expected =
                "an object with \"messages\", or with the strings \"" + prompt + "\" and \"" + response + "\"";
        List<List<Message>> conversations = new ArrayList<>();
        int number = 1;
        for (int start = 0; start < text.length(); number++) {
            int newline = text.indexOf('\n', start);
            int end = newline < 0 ? text.length() : newline;
            String line = text.substring(start, end);
            if (!line.isBlank()) {
                JsonValue object = JsonValue.parse(line, file.toString(), number, expected);
                conversations.add(conversation(object, prompt, response));
            }
            start = end + 1;
        }
        return conversations;
    }

    private static List<Message> conversation(JsonValue object, String prompt, String response) {
        JsonValue messages = object.optional("messages");
        if (messages == null) {
            JsonValue answer = object.member(response);
            if (answer.string().isBlank()) {
                throw answer.error(NOTHING_TO_LEARN);
            }
            return List.of(Message.user(object.member(prompt).string()), Message.assistant(answer.string()));
        }
        List<Message> conversation = new ArrayList<>();
        for (JsonValue message : messages.elements()) {
            JsonValue role = message.member("role");
            try {
                conversation.add(new Message(
                        Role.of(role.string()), message.member("content").string()));
            } catch (IllegalArgumentException e) {
                throw role.error(String.valueOf(e.getMessage()));
            }
        }
        if (conversation.stream().noneMatch(message -> message.role() == Role.ASSISTANT)) {
            throw messages.error("expected at least one message of the role assistant, from which there is to learn");
        }
        if (conversation.stream()
                .filter(message -> message.role() == Role.ASSISTANT)
                .allMatch(message -> message.content().isBlank())) {
            throw messages.error(NOTHING_TO_LEARN);
        }
        return conversation;
    }
}
