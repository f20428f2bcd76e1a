package io.nanogpt.examples.benchmarks.hostile;

import io.nanogpt.LanguageModel;
import io.nanogpt.generate.GenerationOptions;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Many threads, platform and virtual, generate with one model: each must get the text that one thread gets. The model is
 * closed in the middle: each must get that text or an exception that says so, and none may hang.
 */
final class ThreadCampaign implements Campaign {
    private static final int THREADS = 64;
    private static final int VIRTUAL_THREADS = 1_000;
    private static final int CALLS = 20;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long LOOK_MILLIS = 100;
    private static final int LONGEST_MILLIS = 100;
    private static final GenerationOptions OPTIONS = GenerationOptions.greedy().withMaxTokens(8);
    private static final String PROMPT = "tumour";

    @Override
    public void run(Context context) throws Exception {
        Path pairFolder = context.work().resolve("pair");
        Folders.delete(pairFolder);
        ModelPair.write(pairFolder);
        Optional<ExecutorService> virtual = virtualThreads();
        if (virtual.isEmpty()) {
            context.findings()
                    .skip(
                            "threads/virtual",
                            "needs JDK 21 or newer, this is "
                                    + Runtime.version().feature());
        }
        for (long round = 0; context.timeIsLeft(); round++) {
            boolean close = round % 2 == 1;
            ExecutorService platform = Executors.newFixedThreadPool(THREADS, task -> {
                Thread thread = new Thread(task);
                thread.setDaemon(true);
                return thread;
            });
            use(context, pairFolder, "threads/64", platform, THREADS, close, round);
            platform.shutdown();
            if (virtual.isPresent()) {
                use(context, pairFolder, "threads/virtual", virtual.get(), VIRTUAL_THREADS, close, round);
            }
        }
        virtual.ifPresent(ExecutorService::shutdown);
    }

    /** By reflection: the classes are for Java 17. */
    private static Optional<ExecutorService> virtualThreads() throws IllegalAccessException, InvocationTargetException {
        try {
            return Optional.of((ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null));
        } catch (NoSuchMethodException e) {
            return Optional.empty();
        }
    }

    private static void use(
            Context context,
            Path pairFolder,
            String inputs,
            ExecutorService executor,
            int threads,
            boolean close,
            long round)
            throws InterruptedException {
        LanguageModel model = LanguageModel.load(pairFolder.resolve("a"), 1 + (int) (round % 2));
        String expected = model.generate(PROMPT, OPTIONS);
        AtomicBoolean closing = new AtomicBoolean();
        Callable<Void> task = () -> {
            for (int i = 0; i < CALLS; i++) {
                try {
                    String text = model.generate(PROMPT, OPTIONS);
                    if (!text.equals(expected)) {
                        throw new AssertionError("another text than one thread gets: " + text);
                    }
                } catch (IllegalStateException e) {
                    if (closing.get() && String.valueOf(e.getMessage()).contains("closed")) {
                        return null;
                    }
                    throw e;
                }
            }
            return null;
        };
        List<Future<Void>> futures = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            futures.add(executor.submit(task));
        }
        if (close) {
            Thread.sleep(context.random("threads", round).nextInt(LONGEST_MILLIS));
            closing.set(true);
            model.close();
        }
        await(context, inputs + (close ? " and close" : ""), futures);
        model.close();
    }

    private static void get(Future<Void> future, Patience patience)
            throws InterruptedException, ExecutionException, TimeoutException {
        while (true) {
            try {
                future.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                if (patience.isOver()) {
                    throw e;
                }
            }
        }
    }

    private static void await(Context context, String inputs, List<Future<Void>> futures) throws InterruptedException {
        Patience patience = new Patience(LIMIT);
        for (Future<Void> future : futures) {
            context.findings().count(inputs, 1);
            try {
                get(future, patience);
            } catch (ExecutionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                context.findings().add(inputs, Outcome.signature(cause), cause);
            } catch (TimeoutException e) {
                future.cancel(true);
                context.findings().add(inputs, "a thread hangs", e);
            }
        }
    }
}
