package io.nanogpt.langchain4j;

import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import io.nanogpt.LanguageModel;
import io.nanogpt.generate.GenerationOptions;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a chat model. Those that have a name in LangChain4j are defaults, which a request may override.
 *
 * @param <M> the chat model
 */
public final class ChatModelBuilder<M> {
    private final Function<ChatModelBuilder<M>, M> result;
    private @Nullable LanguageModel model;
    private String modelName = "nanogpt";
    private GenerationOptions options = GenerationOptions.defaults();
    private final DefaultChatRequestParameters.Builder<?> parameters = ChatRequestParameters.builder();
    private List<ChatModelListener> listeners = List.of();

    /**
     * A builder.
     *
     * @param result the chat model of the settings
     */
    ChatModelBuilder(Function<ChatModelBuilder<M>, M> result) {
        this.result = result;
    }

    /**
     * Returns the chat model.
     *
     * @throws NullPointerException if no model is set
     */
    public M build() {
        return result.apply(this);
    }

    /** Sets the model, which must have a chat template; required. */
    public ChatModelBuilder<M> model(LanguageModel value) {
        model = Objects.requireNonNull(value, "model");
        return this;
    }

    /** Sets the name of the model in responses and metrics; {@code nanogpt} by default. */
    public ChatModelBuilder<M> modelName(String value) {
        modelName = Objects.requireNonNull(value, "modelName");
        return this;
    }

    /**
     * Sets what LangChain4j has no name for, such as the seed or a repetition penalty. Temperature, limits and stops of these
     * options hold where neither a default nor the request gives others.
     */
    public ChatModelBuilder<M> options(GenerationOptions value) {
        options = Objects.requireNonNull(value, "options");
        return this;
    }

    /** Sets several defaults at once; those set by name afterwards win. */
    public ChatModelBuilder<M> defaultRequestParameters(ChatRequestParameters value) {
        parameters.overrideWith(Objects.requireNonNull(value, "defaultRequestParameters"));
        return this;
    }

    /** Sets the temperature; 0 draws the most likely token. */
    public ChatModelBuilder<M> temperature(@Nullable Double value) {
        parameters.temperature(value);
        return this;
    }

    /** Sets the probability mass from which tokens are drawn. */
    public ChatModelBuilder<M> topP(@Nullable Double value) {
        parameters.topP(value);
        return this;
    }

    /** Sets the number of most likely tokens from which tokens are drawn. */
    public ChatModelBuilder<M> topK(@Nullable Integer value) {
        parameters.topK(value);
        return this;
    }

    /** Sets the penalty for each occurrence of a token. */
    public ChatModelBuilder<M> frequencyPenalty(@Nullable Double value) {
        parameters.frequencyPenalty(value);
        return this;
    }

    /** Sets the penalty for tokens that occurred. */
    public ChatModelBuilder<M> presencePenalty(@Nullable Double value) {
        parameters.presencePenalty(value);
        return this;
    }

    /** Sets the most tokens of an answer. */
    public ChatModelBuilder<M> maxOutputTokens(@Nullable Integer value) {
        parameters.maxOutputTokens(value);
        return this;
    }

    /** Sets texts at which an answer ends, which are left out of it. */
    public ChatModelBuilder<M> stopSequences(List<String> value) {
        parameters.stopSequences(value);
        return this;
    }

    /** Sets the form of answers: text, or JSON with a schema, to which each answer conforms. */
    public ChatModelBuilder<M> responseFormat(@Nullable ResponseFormat value) {
        parameters.responseFormat(value);
        return this;
    }

    /** Sets the listeners of requests and responses. */
    public ChatModelBuilder<M> listeners(List<ChatModelListener> value) {
        listeners = List.copyOf(value);
        return this;
    }

    /** The model and its settings. */
    ChatRequests requests() {
        return new ChatRequests(
                Objects.requireNonNull(model, "model: give the builder a LanguageModel"), modelName, options);
    }

    ChatRequestParameters parameters() {
        return ChatRequestParameters.builder()
                .modelName(modelName)
                .overrideWith(parameters.build())
                .build();
    }

    List<ChatModelListener> listeners() {
        return listeners;
    }
}
