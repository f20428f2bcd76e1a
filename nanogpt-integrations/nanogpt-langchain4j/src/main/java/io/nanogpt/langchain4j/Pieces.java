package io.nanogpt.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Passes the pieces of an answer to a handler until it cancels. */
final class Pieces implements StreamingHandle {
    private final StreamingChatResponseHandler handler;
    private final PartialResponseContext context = new PartialResponseContext(this);
    private @Nullable CompletableFuture<?> answer;
    private boolean cancelled;

    Pieces(StreamingChatResponseHandler handler) {
        this.handler = handler;
    }

    void accept(String text) {
        if (!text.isEmpty() && !isCancelled()) {
            tell(() -> handler.onPartialResponse(new PartialResponse(text), context));
        }
    }

    /** Sets the answer that a cancel ends; it may have been cancelled by its first piece already. */
    void cancels(CompletableFuture<?> value) {
        boolean already;
        synchronized (this) {
            answer = value;
            already = cancelled;
        }
        if (already) {
            value.cancel(true);
        }
    }

    void end(@Nullable ChatResponse response, @Nullable Throwable failure) {
        if (isCancelled()) {
            return;
        }
        if (response != null) {
            tell(() -> handler.onCompleteResponse(response));
        } else if (failure != null) {
            handler.onError(failure);
        }
    }

    /** What a handler throws is reported to it, and the answer goes on, as with every model of LangChain4j. */
    private void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            handler.onError(e);
        }
    }

    @Override
    public void cancel() {
        CompletableFuture<?> begun;
        synchronized (this) {
            cancelled = true;
            begun = answer;
        }
        if (begun != null) {
            begun.cancel(true);
        }
    }

    @Override
    public synchronized boolean isCancelled() {
        return cancelled;
    }
}
