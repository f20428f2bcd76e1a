package io.nanogpt.langchain4j;

import dev.langchain4j.model.StreamingResponseHandler;
import dev.langchain4j.model.language.LanguageModel;
import dev.langchain4j.model.language.StreamingLanguageModel;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import io.nanogpt.generate.GenerationOptions;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A model that continues texts, as both language models of LangChain4j. It needs no chat template. Thread-safe;
 * concurrent calls are decoded together.
 */
public final class NanogptLanguageModel implements LanguageModel, StreamingLanguageModel {
    private final io.nanogpt.LanguageModel model;
    private final GenerationOptions options;

    private NanogptLanguageModel(io.nanogpt.LanguageModel model, GenerationOptions options) {
        this.model = Objects.requireNonNull(model, "model");
        this.options = Objects.requireNonNull(options, "options");
    }

    /**
     * Returns a language model.
     *
     * @param options of each text
     */
    public static NanogptLanguageModel of(io.nanogpt.LanguageModel model, GenerationOptions options) {
        return new NanogptLanguageModel(model, options);
    }

    @Override
    public Response<String> generate(String prompt) {
        return Failures.await(begin(prompt, text -> {}));
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // Nothing is left to be done after it.
    public void generate(String prompt, StreamingResponseHandler<String> handler) {
        CompletableFuture<Response<String>> text;
        try {
            text = begin(prompt, handler::onNext);
        } catch (RuntimeException e) {
            handler.onError(e);
            return;
        }
        text.whenComplete((response, failure) -> {
            if (failure == null) {
                handler.onComplete(response);
            } else {
                handler.onError(failure);
            }
        });
    }

    private CompletableFuture<Response<String>> begin(String prompt, Consumer<String> pieces) {
        AtomicInteger drawn = new AtomicInteger();
        int read;
        CompletableFuture<String> text;
        try {
            read = model.tokenizer().encode(prompt).length;
            text = model.generateAsync(prompt, options, token -> {
                drawn.incrementAndGet();
                if (!token.text().isEmpty()) {
                    pieces.accept(token.text());
                }
            });
        } catch (RuntimeException e) {
            throw Failures.translate(e);
        }
        return Failures.translate(
                text,
                continuation -> Response.from(
                        continuation,
                        new TokenUsage(read, drawn.get()),
                        drawn.get() < options.maxTokens() ? FinishReason.STOP : FinishReason.LENGTH));
    }
}
