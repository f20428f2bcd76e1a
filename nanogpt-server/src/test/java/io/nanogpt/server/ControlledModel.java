package io.nanogpt.server;

import io.nanogpt.LanguageModel;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.QueueFullException;
import io.nanogpt.generate.Token;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A model whose texts a test writes; all else is another model's. */
final class ControlledModel {
    private final LanguageModel other;
    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    private volatile boolean full;

    ControlledModel(LanguageModel other) {
        this.other = other;
    }

    /** A text that was asked for. */
    record Call(String prompt, GenerationOptions options, Consumer<Token> listener, CompletableFuture<String> text) {
        void draw(String token) {
            listener.accept(new Token(0, token, Optional.empty()));
        }
    }

    /** Has the queue of the model full. */
    void fill() {
        full = true;
    }

    /** Waits for the next text that is asked for. */
    Call next() throws InterruptedException {
        Call call = calls.poll(30, TimeUnit.SECONDS);
        if (call == null) {
            throw new AssertionError("no text was asked for");
        }
        return call;
    }

    LanguageModel model() {
        return (LanguageModel) Proxy.newProxyInstance(
                LanguageModel.class.getClassLoader(), new Class<?>[] {LanguageModel.class}, this::invoke);
    }

    // The server gets the future as what the method declares.
    @SuppressWarnings("FutureReturnValueIgnored")
    private Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("generateAsync")) {
            if (full) {
                throw new QueueFullException(1, 1);
            }
            @SuppressWarnings("unchecked")
            Consumer<Token> listener = (Consumer<Token>) arguments[2];
            CompletableFuture<String> text = new CompletableFuture<>();
            calls.add(new Call((String) arguments[0], (GenerationOptions) arguments[1], listener, text));
            return text;
        }
        try {
            return method.invoke(other, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
