package io.nanogpt.server;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.chat.ChatPrompt;
import io.nanogpt.chat.Message;
import io.nanogpt.chat.Role;
import io.nanogpt.server.GenerationRequest.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the messages of a chat, which the template of the model writes as a prompt. */
final class ChatReader {
    private static final String MESSAGES = "messages";

    private ChatReader() {}

    static Prompt prompt(Fields fields, LanguageModel model) {
        if (model.chatTemplate().isEmpty()) {
            throw new ApiError(
                    400,
                    "invalid_request_error",
                    "the model has no chat template, so it cannot read messages; send its prompt to /v1/completions, or"
                            + " serve a model that was trained on chats, or has a chat_template.jinja in its folder",
                    "model",
                    "no_chat_template");
        }
        List<Message> messages = messages(fields);
        ChatPrompt prompt;
        try {
            prompt = model.chatPrompt(messages);
        } catch (NanogptException | IllegalArgumentException e) {
            throw ApiError.invalid(MESSAGES, String.valueOf(e.getMessage()));
        }
        return new Prompt((options, listener) -> model.chatAsync(prompt, options, listener), prompt.tokenCount());
    }

    private static List<Message> messages(Fields fields) {
        Object given = fields.get(MESSAGES).orElseThrow(() -> fields.missing(MESSAGES));
        if (!(given instanceof List<?> list) || list.isEmpty()) {
            throw fields.wrong(MESSAGES, "an array of at least one message");
        }
        List<Message> messages = new ArrayList<>();
        for (Object each : list) {
            String path = MESSAGES + "[" + messages.size() + "]";
            if (!(each instanceof Map<?, ?>)) {
                throw ApiError.invalid(path, path + " must be an object with a role and a content");
            }
            messages.add(message(new Fields(path, fields.members(MESSAGES, each))));
        }
        return messages;
    }

    private static Message message(Fields fields) {
        fields.requireKnown(Set.of("role", "content", "tool_calls"), Set.of("name", "refusal", "audio", "annotations"));
        fields.requireDefault("tool_calls", List.of());
        String role = fields.requireText("role");
        return new Message(
                switch (role) {
                    // OpenAI's newer name for instructions.
                    case "system", "developer" -> Role.SYSTEM;
                    case "user" -> Role.USER;
                    case "assistant" -> Role.ASSISTANT;
                    default -> throw fields.wrong("role", "system, developer, user or assistant");
                },
                content(fields));
    }

    /** A text, or the parts of one. */
    private static String content(Fields fields) {
        Object content = fields.get("content").orElseThrow(() -> fields.missing("content"));
        if (!(content instanceof List<?> parts)) {
            return fields.requireText("content");
        }
        StringBuilder text = new StringBuilder();
        for (@Nullable Object each : parts) {
            if (!(each instanceof Map<?, ?>)) {
                throw fields.wrong("content", "a string or an array of parts");
            }
            Fields part = new Fields(fields.name("content"), fields.members("content", each));
            if (!part.requireText("type").equals("text")) {
                throw ApiError.unsupported(fields.name("content"), "this server reads parts of the type text alone");
            }
            text.append(part.requireText("text"));
        }
        return text.toString();
    }
}
