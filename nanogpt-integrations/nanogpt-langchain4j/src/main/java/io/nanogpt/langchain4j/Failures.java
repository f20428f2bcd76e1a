package io.nanogpt.langchain4j;

import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.RateLimitException;
import io.nanogpt.NanogptException;
import io.nanogpt.generate.QueueFullException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Exceptions of a model as those of LangChain4j, whose retries and fallbacks tell them apart. */
final class Failures {
    private Failures() {}

    static RuntimeException translate(RuntimeException failure) {
        if (failure instanceof QueueFullException) {
            return new RateLimitException(failure.getMessage(), failure);
        }
        if (failure instanceof IllegalArgumentException || failure.getClass() == NanogptException.class) {
            return new InvalidRequestException(failure.getMessage(), failure);
        }
        return failure;
    }

    /** The value of a result, in a future that also cancels the work. */
    @SuppressWarnings("FutureReturnValueIgnored") // Nothing is left to be done after it.
    static <T, R> CompletableFuture<R> translate(CompletableFuture<T> work, Function<T, R> result) {
        CompletableFuture<R> future = new CompletableFuture<>();
        work.whenComplete((value, failure) -> {
            if (failure == null) {
                future.complete(result.apply(value));
            } else {
                Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
                future.completeExceptionally(cause instanceof RuntimeException e ? translate(e) : cause);
            }
        });
        future.whenComplete((value, failure) -> {
            if (failure instanceof CancellationException) {
                work.cancel(true);
            }
        });
        return future;
    }

    /** Waits for a result; an interrupt cancels the work. */
    static <R> R await(CompletableFuture<R> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            future.cancel(true);
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while the model answered");
        } catch (ExecutionException e) {
            throw unchecked(e.getCause());
        }
    }

    private static RuntimeException unchecked(@Nullable Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException e ? e : new IllegalStateException(failure);
    }
}
