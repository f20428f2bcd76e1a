package io.nanogpt.server;

import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.Token;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A request for texts.
 *
 * @param name of the model
 * @param prompts what is continued, each {@code samples} times
 * @param options with the seed of the first sample of each prompt; each next one adds 1
 * @param form of the answer
 */
record GenerationRequest(String name, List<Prompt> prompts, GenerationOptions options, int samples, Form form) {
    /**
     * What a model continues.
     *
     * @param tokens their number
     */
    record Prompt(Generator generator, int tokens) {}

    /** Begins a text in the background. */
    @FunctionalInterface
    interface Generator {
        /**
         * Begins a text.
         *
         * @throws io.nanogpt.generate.QueueFullException if the model takes no more
         */
        CompletableFuture<String> begin(GenerationOptions options, Consumer<Token> listener);
    }

    /**
     * The form of the answer.
     *
     * @param chat whether it is that of chat completions
     * @param stream whether tokens are sent as they are drawn
     * @param includeUsage whether a stream ends with the number of tokens
     */
    record Form(boolean chat, boolean stream, boolean includeUsage) {}

    /** The number of texts. */
    int choices() {
        return prompts.size() * samples;
    }

    /** Begins a text. */
    CompletableFuture<String> begin(int choice, Consumer<Token> listener) {
        GenerationOptions seeded = options.withSeed(options.seed() + choice % samples);
        return prompts.get(choice / samples).generator().begin(seeded, listener);
    }

    /** The number of tokens of all prompts. */
    long promptTokens() {
        return prompts.stream().mapToLong(Prompt::tokens).sum();
    }

    /** Whether the texts are JSON values, which end by themselves. */
    boolean isJson() {
        return options.constraints().jsonSchema().isPresent();
    }
}
