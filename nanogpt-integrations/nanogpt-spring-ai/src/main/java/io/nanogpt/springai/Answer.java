package io.nanogpt.springai;

import io.nanogpt.LanguageModel;
import io.nanogpt.chat.ChatPrompt;
import io.nanogpt.chat.Message;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.JsonSchema;
import io.nanogpt.generate.Token;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.MessageType;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.content.MediaContent;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;

/**
 * The answer to a prompt, as far as it is drawn.
 *
 * @param prompt the conversation
 * @param options of the prompt, over those of the model
 * @param drawn the tokens of the answer
 */
record Answer(ChatPrompt prompt, GenerationOptions options, AtomicInteger drawn) {

    /** The name of this library, as provider and as model. */
    static final String NAME = "nanogpt";

    static Answer to(Prompt prompt, LanguageModel model, GenerationOptions defaults) {
        List<Message> messages =
                prompt.getInstructions().stream().map(Answer::message).toList();
        GenerationOptions options = options(prompt.getOptions(), defaults);
        return new Answer(model.chatPrompt(messages), options, new AtomicInteger());
    }

    private static Message message(org.springframework.ai.chat.messages.Message message) {
        if (message instanceof MediaContent content && !content.getMedia().isEmpty()) {
            throw new IllegalArgumentException("this model reads text only; give messages without media");
        }
        if (message instanceof AssistantMessage answer && answer.hasToolCalls()) {
            throw new IllegalArgumentException("this model calls no tools; give answers without calls of tools");
        }
        MessageType type = message.getMessageType();
        String text = String.valueOf(message.getText());
        return switch (type) {
            case SYSTEM -> Message.system(text);
            case USER -> Message.user(text);
            case ASSISTANT -> Message.assistant(text);
            case TOOL -> throw new IllegalArgumentException("this model calls no tools; leave out messages of tools");
        };
    }

    private static GenerationOptions options(@Nullable ChatOptions given, GenerationOptions defaults) {
        if (given == null) {
            return defaults;
        }
        if (given instanceof ToolCallingChatOptions tools
                && !Objects.requireNonNullElse(tools.getToolCallbacks(), List.of())
                        .isEmpty()) {
            throw new IllegalArgumentException("this model calls no tools; leave out the tools of the options");
        }
        GenerationOptions result = defaults;
        if (given.getTemperature() != null) {
            result = result.withTemperature(given.getTemperature());
        }
        if (given.getTopK() != null) {
            result = result.withTopK(given.getTopK());
        }
        if (given.getTopP() != null) {
            result = result.withTopP(given.getTopP());
        }
        if (given.getFrequencyPenalty() != null) {
            result = result.withFrequencyPenalty(given.getFrequencyPenalty());
        }
        if (given.getPresencePenalty() != null) {
            result = result.withPresencePenalty(given.getPresencePenalty());
        }
        if (given.getMaxTokens() != null) {
            result = result.withMaxTokens(given.getMaxTokens());
        }
        if (given.getStopSequences() != null) {
            for (String stop : given.getStopSequences()) {
                result = result.withStop(stop);
            }
        }
        return given instanceof StructuredOutputChatOptions structured && structured.getOutputSchema() != null
                ? result.withJsonSchema(JsonSchema.of(structured.getOutputSchema()))
                : result;
    }

    void count(Token token) {
        drawn.incrementAndGet();
    }

    /** A piece of the answer, before its end. */
    ChatResponse piece(String text) {
        return new ChatResponse(List.of(new Generation(new AssistantMessage(text))));
    }

    /** The end of the answer: its text, or none where its pieces were passed on before. */
    ChatResponse whole(String text) {
        ChatGenerationMetadata end = ChatGenerationMetadata.builder()
                .finishReason(drawn.get() < options.maxTokens() ? "stop" : "length")
                .build();
        ChatResponseMetadata usage = ChatResponseMetadata.builder()
                .model(NAME)
                .usage(new DefaultUsage(prompt.tokenCount(), drawn.get()))
                .build();
        return new ChatResponse(List.of(new Generation(new AssistantMessage(text), end)), usage);
    }
}
