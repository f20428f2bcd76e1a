package io.nanogpt.springai;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties {@code spring.ai.nanogpt.*}.
 *
 * @param model folder of the saved model
 * @param onnx folder of an exported model, in place of {@code model}
 * @param corpus text to train a model on at the first start, if the folder holds none: a text, or records as
 *     {@code .json}, {@code .jsonl}, {@code .csv} or {@code .tsv}; none by default
 * @param column member or column of the records that holds their text
 * @param budget time for the training at the first start; 30 seconds by default
 * @param chatTemplate how messages are written for the model
 * @param chat defaults of answers
 */
@ConfigurationProperties("spring.ai.nanogpt")
public record NanogptProperties(
        @Nullable Path model,
        @Nullable Path onnx,
        @Nullable Path corpus,
        @Nullable String column,
        @DefaultValue("30s") Duration budget,
        @DefaultValue("model") Template chatTemplate,
        @DefaultValue Chat chat) {

    /** How messages are written for a model. */
    public enum Template {
        /** By the template of the model; where it has none, the last message is continued. */
        MODEL,
        /** The last message is continued. */
        CONTINUATION,
        /** {@link io.nanogpt.chat.ChatTemplate#chatMl()}. */
        CHAT_ML,
        /** {@link io.nanogpt.chat.ChatTemplate#llama3()}. */
        LLAMA_3,
        /** {@link io.nanogpt.chat.ChatTemplate#gemma()}. */
        GEMMA,
        /** {@link io.nanogpt.chat.ChatTemplate#plain()}. */
        PLAIN
    }

    /**
     * Defaults of answers, which the options of a prompt may override; those of
     * {@link io.nanogpt.generate.GenerationOptions#defaults()} where nothing is set.
     *
     * @param temperature 0 draws the most likely token
     * @param topK the number of most likely tokens from which tokens are drawn
     * @param topP the probability mass from which tokens are drawn
     * @param maxTokens the most tokens of an answer
     * @param seed the same seed and messages give the same answer
     */
    public record Chat(
            @Nullable Double temperature,
            @Nullable Integer topK,
            @Nullable Double topP,
            @Nullable Integer maxTokens,
            @Nullable Long seed) {}
}
