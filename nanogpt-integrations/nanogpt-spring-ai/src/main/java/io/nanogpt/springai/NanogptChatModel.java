package io.nanogpt.springai;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.nanogpt.LanguageModel;
import io.nanogpt.generate.GenerationOptions;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.observation.ChatModelObservationContext;
import org.springframework.ai.chat.observation.ChatModelObservationConvention;
import org.springframework.ai.chat.observation.ChatModelObservationDocumentation;
import org.springframework.ai.chat.observation.DefaultChatModelObservationConvention;
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
 * are refused. To cancel a stream ends its generation. Each prompt is an observation, {@code gen_ai.client.operation}.
 */
public final class NanogptChatModel implements ChatModel {
    private static final ChatModelObservationConvention CONVENTION = new DefaultChatModelObservationConvention();

    private final LanguageModel model;
    private final GenerationOptions options;
    private final ObservationRegistry observations;

    /** Creates a chat model that nobody observes. */
    public NanogptChatModel(LanguageModel model, GenerationOptions options) {
        this(model, options, ObservationRegistry.NOOP);
    }

    /**
     * Creates a chat model, which leaves closing the model to whoever opened it.
     *
     * @param model with a chat template
     * @param options where a prompt gives no others
     * @param observations gets an observation of each prompt
     */
    public NanogptChatModel(LanguageModel model, GenerationOptions options, ObservationRegistry observations) {
        this.model = Objects.requireNonNull(model, "model");
        this.options = Objects.requireNonNull(options, "options");
        this.observations = Objects.requireNonNull(observations, "observations");
    }

    @Override
    public ChatResponse call(Prompt prompt) {
        ChatModelObservationContext context = context(prompt, false);
        return observation(context).observe(() -> {
            Answer answer = Answer.to(prompt, model, options);
            ChatResponse response = answer.whole(model.chat(answer.prompt(), answer.options(), answer::count));
            context.setResponse(response);
            return response;
        });
    }

    @Override
    public Flux<ChatResponse> stream(Prompt prompt) {
        return Flux.deferContextual(subscriber -> {
            ChatModelObservationContext context = context(prompt, true);
            Observation observation = observation(context);
            observation
                    .parentObservation(subscriber.getOrDefault(ObservationThreadLocalAccessor.KEY, null))
                    .start();
            return Flux.<ChatResponse>create(sink -> stream(prompt, context, sink))
                    .doOnError(observation::error)
                    .doOnTerminate(observation::stop)
                    .doOnCancel(observation::stop)
                    .contextWrite(written -> written.put(ObservationThreadLocalAccessor.KEY, observation));
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // Nothing is left to be done after it.
    private void stream(Prompt prompt, ChatModelObservationContext context, FluxSink<ChatResponse> sink) {
        Answer answer = Answer.to(prompt, model, options);
        CompletableFuture<String> text = model.chatAsync(answer.prompt(), answer.options(), token -> {
            answer.count(token);
            if (!token.text().isEmpty()) {
                sink.next(answer.piece(token.text()));
            }
        });
        sink.onDispose(() -> text.cancel(true));
        text.whenComplete((whole, failure) -> {
            if (failure == null) {
                context.setResponse(answer.whole(whole));
            }
            end(sink, answer, failure);
        });
    }

    private ChatModelObservationContext context(Prompt prompt, boolean streams) {
        return ChatModelObservationContext.builder()
                .prompt(prompt)
                .provider(Answer.NAME)
                .streaming(streams)
                .build();
    }

    private Observation observation(ChatModelObservationContext context) {
        return ChatModelObservationDocumentation.CHAT_MODEL_OPERATION.observation(
                null, CONVENTION, () -> context, observations);
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
