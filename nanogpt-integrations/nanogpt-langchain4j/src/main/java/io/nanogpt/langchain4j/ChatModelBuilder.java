package io.nanogpt.langchain4j;

import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import io.nanogpt.LanguageModel;
import io.nanogpt.generate.GenerationOptions;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a chat model. Those that have a name in LangChain4j are defaults, which a request may override.
 *
 * @param <B> the builder itself
 */
public abstract class ChatModelBuilder<B extends ChatModelBuilder<B>> {
    private @Nullable LanguageModel model;
    private String modelName = "nanogpt";
    private GenerationOptions options = GenerationOptions.defaults();
    private final DefaultChatRequestParameters.Builder<?> parameters = ChatRequestParameters.builder();
    private List<ChatModelListener> listeners = List.of();

    ChatModelBuilder() {}

    /** Sets the model, which must have a chat template; required. */
    public B model(LanguageModel value) {
        model = Objects.requireNonNull(value, "model");
        return self();
    }

    /** Sets the name of the model in responses and metrics; {@code nanogpt} by default. */
    public B modelName(String value) {
        modelName = Objects.requireNonNull(value, "modelName");
        return self();
    }

    /**
     * Sets what LangChain4j has no name for, such as the seed or a repetition penalty. Temperature, limits and stops of these
     * options hold where neither a default nor the request gives others.
     */
    public B options(GenerationOptions value) {
        options = Objects.requireNonNull(value, "options");
        return self();
    }

    /** Sets several defaults at once; those set by name afterwards win. */
    public B defaultRequestParameters(ChatRequestParameters value) {
        parameters.overrideWith(Objects.requireNonNull(value, "defaultRequestParameters"));
        return self();
    }

    /** Sets the temperature; 0 draws the most likely token. */
    public B temperature(@Nullable Double value) {
        parameters.temperature(value);
        return self();
    }

    /** Sets the probability mass from which tokens are drawn. */
    public B topP(@Nullable Double value) {
        parameters.topP(value);
        return self();
    }

    /** Sets the number of most likely tokens from which tokens are drawn. */
    public B topK(@Nullable Integer value) {
        parameters.topK(value);
        return self();
    }

    /** Sets the penalty for each occurrence of a token. */
    public B frequencyPenalty(@Nullable Double value) {
        parameters.frequencyPenalty(value);
        return self();
    }

    /** Sets the penalty for tokens that occurred. */
    public B presencePenalty(@Nullable Double value) {
        parameters.presencePenalty(value);
        return self();
    }

    /** Sets the most tokens of an answer. */
    public B maxOutputTokens(@Nullable Integer value) {
        parameters.maxOutputTokens(value);
        return self();
    }

    /** Sets texts at which an answer ends, which are left out of it. */
    public B stopSequences(List<String> value) {
        parameters.stopSequences(value);
        return self();
    }

    /** Sets the form of answers: text, or JSON with a schema, to which each answer conforms. */
    public B responseFormat(@Nullable ResponseFormat value) {
        parameters.responseFormat(value);
        return self();
    }

    /** Sets the listeners of requests and responses. */
    public B listeners(List<ChatModelListener> value) {
        listeners = List.copyOf(value);
        return self();
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

    abstract B self();
}
