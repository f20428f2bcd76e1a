package io.nanogpt.langchain4j;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.SubmissionPublisher;

/**
 * A model as a streaming chat model of LangChain4j: as {@link NanogptChatModel}, but each piece of the answer is passed on
 * as it is drawn. To cancel the handle of a piece ends the generation, and nothing more is passed on.
 */
public final class NanogptStreamingChatModel implements StreamingChatModel {
    /** So many pieces are kept for a slow subscriber, which would otherwise keep the other callers of the model waiting. */
    private static final int MOST_EVENTS = 1 << 20;

    private final ChatRequests requests;
    private final ChatRequestParameters parameters;
    private final List<ChatModelListener> listeners;

    private NanogptStreamingChatModel(ChatModelBuilder<NanogptStreamingChatModel> builder) {
        requests = builder.requests();
        parameters = builder.parameters();
        listeners = builder.listeners();
    }

    /** Returns a builder. */
    public static ChatModelBuilder<NanogptStreamingChatModel> builder() {
        return new ChatModelBuilder<>(NanogptStreamingChatModel::new);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // Nothing is left to be done after it.
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        Pieces pieces = new Pieces(handler);
        CompletableFuture<ChatResponse> answer;
        try {
            answer = requests.answer(request, token -> pieces.accept(token.text()));
        } catch (RuntimeException e) {
            handler.onError(e);
            return;
        }
        pieces.cancels(answer);
        answer.whenComplete(pieces::end);
    }

    @Override
    public Flow.Publisher<ChatModelStreamingEvent> doChat(ChatRequest request) {
        return subscriber -> {
            SubmissionPublisher<ChatModelStreamingEvent> events =
                    new SubmissionPublisher<>(ForkJoinPool.commonPool(), MOST_EVENTS);
            events.subscribe(subscriber);
            doChat(request, new Events(events));
        };
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
