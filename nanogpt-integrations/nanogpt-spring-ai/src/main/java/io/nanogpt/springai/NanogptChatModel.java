package io.nanogpt.springai;

import io.nanogpt.LanguageModel;
import io.nanogpt.generate.GenerationOptions;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * A model as a chat model of Spring AI. It runs in this process; concurrent prompts are decoded together. Thread-safe.
 *
 * <pre>{@code
 * ChatModel chat = new NanogptChatModel(LanguageModel.load(folder), GenerationOptions.temperature(0.7));
 * String answer = chat.call("What is a lymphocyte?");
 * }</pre>
 *
 * <p>Options that implement {@code StructuredOutputChatOptions} give answers that conform to their schema. Media and tools
 * are refused. To cancel a stream ends its generation.
 */
public final class NanogptChatModel implements ChatModel {
    private final LanguageModel model;
    private final GenerationOptions options;

    /**
     * Creates a chat model, which leaves closing the model to whoever opened it.
     *
     * @param model with a chat template
     * @param options where a prompt gives no others
     */
    public NanogptChatModel(LanguageModel model, GenerationOptions options) {
        this.model = Objects.requireNonNull(model, "model");
        this.options = Objects.requireNonNull(options, "options");
    }

    @Override
    public ChatResponse call(Prompt prompt) {
        Answer answer = Answer.to(prompt, model, options);
        return answer.whole(model.chat(answer.messages(), answer.options(), answer::count));
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // Nothing is left to be done after it.
    public Flux<ChatResponse> stream(Prompt prompt) {
        return Flux.create(sink -> {
            Answer answer = Answer.to(prompt, model, options);
            CompletableFuture<String> text = model.chatAsync(answer.messages(), answer.options(), token -> {
                answer.count(token);
                if (!token.text().isEmpty()) {
                    sink.next(answer.piece(token.text()));
                }
            });
            sink.onDispose(() -> text.cancel(true));
            text.whenComplete((whole, failure) -> end(sink, answer, failure));
        });
    }

    private static void end(FluxSink<ChatResponse> sink, Answer answer, @Nullable Throwable failure) {
        if (failure == null) {
            sink.next(answer.whole(""));
            sink.complete();
        } else {
            sink.error(
                    failure instanceof CompletionException && failure.getCause() != null
                            ? failure.getCause()
                            : failure);
        }
    }
}
