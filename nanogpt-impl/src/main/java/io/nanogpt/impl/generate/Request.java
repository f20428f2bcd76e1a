package io.nanogpt.impl.generate;

import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.Token;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * A text to generate.
 *
 * @param listener receives each token once none of its text can become part of a stop
 * @param result receives the continuation or what was thrown; completed by somebody else, it cancels the generation
 */
record Request(Prompt prompt, GenerationOptions options, Consumer<Token> listener, CompletableFuture<String> result) {
    Request(Prompt prompt, GenerationOptions options, Consumer<Token> listener) {
        this(prompt, options, listener, new CompletableFuture<>());
    }

    Request(Prompt prompt, GenerationOptions options) {
        this(prompt, options, token -> {});
    }

    /** The continuation of a request that is complete; throws what its generation threw. */
    String text() {
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException exception) {
                throw exception;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        } catch (CancellationException e) {
            throw new IllegalStateException("a request that nobody else knows was cancelled", e);
        }
    }
}
