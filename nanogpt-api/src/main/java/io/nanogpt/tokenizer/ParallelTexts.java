package io.nanogpt.tokenizer;

import io.nanogpt.NanogptInterruptedException;
import io.nanogpt.spi.Threads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Encodes texts on several threads, which take batches of texts from a shared counter. */
final class ParallelTexts {
    private static final int TEXTS_AT_ONCE = 64;

    private ParallelTexts() {}

    static List<int[]> encode(Tokenizer tokenizer, List<String> texts, int threads) {
        Threads.require(threads);
        String[] all = texts.toArray(String[]::new);
        int[][] ids = new int[all.length][];
        AtomicInteger next = new AtomicInteger();
        Runnable work = () -> {
            for (int from = next.getAndAdd(TEXTS_AT_ONCE); from < all.length; from = next.getAndAdd(TEXTS_AT_ONCE)) {
                if (from > 0) {
                    NanogptInterruptedException.check("encoding");
                }
                for (int i = from; i < Math.min(from + TEXTS_AT_ONCE, all.length); i++) {
                    ids[i] = tokenizer.encode(all[i]);
                }
            }
        };
        if (threads == 1) {
            work.run();
        } else {
            run(work, threads);
        }
        return Arrays.asList(ids);
    }

    private static void run(Runnable work, int threads) {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(executor.submit(work));
            }
            for (Future<?> one : running) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NanogptInterruptedException("encoding was interrupted; the interrupt flag stays set", e);
        } finally {
            executor.shutdownNow();
        }
    }
}
