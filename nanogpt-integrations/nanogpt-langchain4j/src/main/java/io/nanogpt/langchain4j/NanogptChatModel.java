package io.nanogpt.langchain4j;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A model as a chat model of LangChain4j. Thread-safe; concurrent requests are decoded together.
 *
 * <pre>{@code
 * ChatModel chat = NanogptChatModel.builder().model(LanguageModel.load(folder)).temperature(0.7).build();
 * String answer = chat.chat("What is a lymphocyte?");
 * }</pre>
 *
 * <p>A full queue is a {@code RateLimitException}, a request that the model cannot answer an
 * {@code InvalidRequestException}; images, tools and JSON without a schema are an {@code UnsupportedFeatureException}.
 */
public final class NanogptChatModel implements ChatModel {
    private final ChatRequests requests;
    private final ChatRequestParameters parameters;
    private final List<ChatModelListener> listeners;

    private NanogptChatModel(ChatModelBuilder<NanogptChatModel> builder) {
        requests = builder.requests();
        parameters = builder.parameters();
        listeners = builder.listeners();
    }

    /** Returns a builder. */
    public static ChatModelBuilder<NanogptChatModel> builder() {
        return new ChatModelBuilder<>(NanogptChatModel::new);
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        return Failures.await(doChatAsync(request));
    }

    @Override
    public CompletableFuture<ChatResponse> doChatAsync(ChatRequest request) {
        return requests.answer(request, token -> {});
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return parameters;
    }

    @Override
    public List<ChatModelListener> listeners() {
        return listeners;
    }

    @Override
    public ModelProvider provider() {
        return ModelProvider.OTHER;
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
    }
}
