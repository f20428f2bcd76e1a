package io.nanogpt.langchain4j;

import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.concurrent.SubmissionPublisher;

/** An answer as events for one subscriber; it ends when the subscriber cancels. */
final class Events implements StreamingChatResponseHandler {
    private final SubmissionPublisher<ChatModelStreamingEvent> events;

    Events(SubmissionPublisher<ChatModelStreamingEvent> events) {
        this.events = events;
    }

    @Override
    public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
        if (events.hasSubscribers()) {
            events.submit(piece);
        } else {
            context.streamingHandle().cancel();
        }
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
        events.submit(new CompleteResponse(response));
        events.close();
    }

    @Override
    public void onError(Throwable error) {
        events.closeExceptionally(error);
    }
}
