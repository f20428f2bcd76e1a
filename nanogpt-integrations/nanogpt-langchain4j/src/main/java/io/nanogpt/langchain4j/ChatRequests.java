package io.nanogpt.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.nanogpt.LanguageModel;
import io.nanogpt.chat.ChatPrompt;
import io.nanogpt.chat.Message;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.Token;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Requests of LangChain4j, answered by a model.
 *
 * @param model the model
 * @param modelName its name in responses
 * @param options where a request has no value
 */
record ChatRequests(LanguageModel model, String modelName, GenerationOptions options) {

    /**
     * Answers a request in the background.
     *
     * @param listener gets each token as it is drawn, on the thread that draws it
     * @return the response; to cancel it ends the generation
     */
    CompletableFuture<ChatResponse> answer(ChatRequest request, Consumer<Token> listener) {
        AtomicInteger drawn = new AtomicInteger();
        GenerationOptions applied;
        CompletableFuture<String> text;
        ChatPrompt prompt;
        try {
            applied = options(request.parameters());
            prompt = model.chatPrompt(
                    request.messages().stream().map(ChatRequests::message).toList());
            text = model.chatAsync(prompt, applied, token -> {
                drawn.incrementAndGet();
                listener.accept(token);
            });
        } catch (RuntimeException e) {
            throw Failures.translate(e);
        }
        return Failures.translate(
                text,
                answer -> ChatResponse.builder()
                        .aiMessage(AiMessage.from(answer))
                        .modelName(modelName)
                        .tokenUsage(new TokenUsage(prompt.tokenCount(), drawn.get()))
                        .finishReason(drawn.get() < applied.maxTokens() ? FinishReason.STOP : FinishReason.LENGTH)
                        .build());
    }

    static Message message(ChatMessage message) {
        if (message instanceof SystemMessage system) {
            return Message.system(system.text());
        }
        if (message instanceof UserMessage user) {
            return Message.user(text(user));
        }
        if (message instanceof AiMessage answer && !answer.hasToolExecutionRequests()) {
            return Message.assistant(answer.text());
        }
        throw new UnsupportedFeatureException(
                "a message of type " + message.type()
                        + " cannot be read by this model; give system messages, user messages and answers without calls of tools");
    }

    private static String text(UserMessage message) {
        return message.contents().stream()
                .map(content -> {
                    if (content instanceof TextContent text) {
                        return text.text();
                    }
                    throw new UnsupportedFeatureException(
                            "content of type " + content.type() + " cannot be read by this model; give text");
                })
                .collect(Collectors.joining("\n"));
    }

    /** The options of a request over those of the builder. */
    private GenerationOptions options(ChatRequestParameters parameters) {
        if (!parameters.toolSpecifications().isEmpty() || parameters.toolChoice() != null) {
            throw new UnsupportedFeatureException(
                    "this model calls no tools; leave out toolSpecifications and toolChoice");
        }
        if (parameters.modelName() != null && !parameters.modelName().equals(modelName)) {
            throw new ModelNotFoundException("there is no model \"" + parameters.modelName() + "\" here, only \""
                    + modelName + "\"; leave out modelName");
        }
        GenerationOptions result = options;
        if (parameters.temperature() != null) {
            result = result.withTemperature(parameters.temperature());
        }
        if (parameters.topK() != null) {
            result = result.withTopK(parameters.topK());
        }
        if (parameters.topP() != null) {
            result = result.withTopP(parameters.topP());
        }
        if (parameters.frequencyPenalty() != null) {
            result = result.withFrequencyPenalty(parameters.frequencyPenalty());
        }
        if (parameters.presencePenalty() != null) {
            result = result.withPresencePenalty(parameters.presencePenalty());
        }
        if (parameters.maxOutputTokens() != null) {
            result = result.withMaxTokens(parameters.maxOutputTokens());
        }
        for (String stop : parameters.stopSequences()) {
            result = result.withStop(stop);
        }
        return formatted(result, parameters.responseFormat());
    }

    private static GenerationOptions formatted(GenerationOptions options, ResponseFormat format) {
        if (format == null || format.type() == ResponseFormatType.TEXT) {
            return options;
        }
        JsonSchema schema = format.jsonSchema();
        if (schema == null) {
            throw new UnsupportedFeatureException("answers in JSON need a schema; give responseFormat a jsonSchema");
        }
        return options.withJsonSchema(JsonSchemas.of(schema.rootElement()));
    }
}
