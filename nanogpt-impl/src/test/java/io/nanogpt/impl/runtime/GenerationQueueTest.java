package io.nanogpt.impl.runtime;

import static io.nanogpt.impl.runtime.BatchedGenerationTest.TRANSFORMER;
import static io.nanogpt.impl.runtime.BatchedGenerationTest.model;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.generate.BatchOptions;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.QueueFullException;
import io.nanogpt.generate.Token;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.fakes.FedTokens;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests of one model wait in line, end, fail and are cancelled by themselves, and are read no further ahead than needed. */
@Timeout(300)
class GenerationQueueTest {
    /** A text on a thread of its own, whose listener holds its place from the first token until it is let go. */
    private static final class HeldText implements AutoCloseable {
        private final ExecutorService thread = Executors.newSingleThreadExecutor();
        private final CountDownLatch end = new CountDownLatch(1);
        private final Future<String> text;

        HeldText(LanguageModel model, GenerationOptions options) throws InterruptedException {
            CountDownLatch holding = new CountDownLatch(1);
            text = thread.submit(() -> model.stream("ab", options, token -> {
                holding.countDown();
                await(end);
            }));
            holding.await();
        }

        String letGo() throws ExecutionException, InterruptedException {
            end.countDown();
            return text.get();
        }

        @Override
        public void close() {
            thread.shutdownNow();
        }
    }

    @Test
    void manyPromptsAreReadAFewAhead() {
        AtomicInteger read = new AtomicInteger();
        GenerationOptions options = GenerationOptions.greedy().withMaxTokens(2);
        try (LanguageModel model = model(TRANSFORMER, CpuBackend.open(1))) {
            Stream<String> prompts = Stream.generate(() -> "ab").limit(3_000).peek(prompt -> read.incrementAndGet());
            AtomicInteger written = new AtomicInteger();
            try (Stream<String> texts = model.generate(prompts, options)) {
                texts.forEach(text -> {
                    int ahead = read.get() - written.getAndIncrement();
                    assertThat(ahead).isLessThanOrEqualTo(2 * BatchOptions.DEFAULT_SEQUENCES + 1);
                });
            }
            assertThat(written).hasValue(3_000);
        }
    }

    @Test
    void aStreamThatIsClosedGivesItsPlacesBack() {
        GenerationOptions options = GenerationOptions.greedy().withMaxTokens(5);
        try (LanguageModel model = model(TRANSFORMER, CpuBackend.open(1))) {
            model.batching(BatchOptions.defaults().withSequences(2).withWaiting(0));
            String expected = model.generate("ab", options);
            for (int i = 0; i < 5; i++) {
                try (Stream<String> texts = model.generate(Collections.nCopies(100, "ab").stream(), options)) {
                    assertThat(texts.limit(3)).containsOnly(expected);
                }
            }
            assertThat(model.generate("ab", options)).isEqualTo(expected);
        }
    }

    /** They hold all places, and only go on once it has its text. */
    @Test
    void aConsumerOfTextsMayGenerateToo() {
        GenerationOptions options = GenerationOptions.greedy().withMaxTokens(5);
        try (LanguageModel model = model(TRANSFORMER, CpuBackend.open(1))) {
            model.batching(BatchOptions.defaults().withSequences(2).withWaiting(0));
            String expected = model.generate("ab", options);
            List<String> inner = new ArrayList<>();
            try (Stream<String> texts = model.generate(Collections.nCopies(10, "ab").stream(), options)) {
                texts.forEach(text -> inner.add(
                        model.stream("ab", options, token -> inner.addAll(model.generate(List.of("ab"), options)))));
            }
            assertThat(inner).hasSize(10 * 6).containsOnly(expected);
        }
    }

    /** While one caller holds the only place in its listener. */
    @Test
    void whereTheLineIsFullACallerIsRefusedWithAdvice() throws Exception {
        GenerationOptions options = GenerationOptions.greedy().withMaxTokens(3);
        try (LanguageModel model = model(TRANSFORMER, CpuBackend.open(1))) {
            model.batching(BatchOptions.defaults().withSequences(1).withWaiting(0));
            String expected = model.generate("ab", options);
            try (HeldText held = new HeldText(model, options)) {
                assertThatThrownBy(() -> model.generate("ab", options))
                        .isInstanceOf(QueueFullException.class)
                        .hasMessageContainingAll(
                                "generates 1 text, and as many wait as may (0);", "BatchOptions.withWaiting(1)");
                model.batching(BatchOptions.defaults().withSequences(1).withWaiting(1));
                assertThat(model.generate("ab", options.withTimeout(Duration.ofMillis(1))))
                        .as("its time is over in the line")
                        .isEmpty();
                assertThat(held.letGo()).isEqualTo(expected);
            }
        }
    }

    /** Futures wait only where no place is free. */
    @Test
    void asManyFuturesAreTakenAsThereArePlacesAndRoomInTheLine() {
        GenerationOptions options = GenerationOptions.greedy().withMaxTokens(5);
        for (int waiting : new int[] {0, 2}) {
            CountDownLatch end = new CountDownLatch(1);
            List<CompletableFuture<String>> texts = new ArrayList<>();
            try (LanguageModel model = model(TRANSFORMER, CpuBackend.open(1))) {
                model.batching(BatchOptions.defaults().withSequences(4).withWaiting(waiting));
                for (int i = 0; i < 4 + waiting; i++) {
                    texts.add(model.generateAsync("ab", options, token -> await(end)));
                }
                assertThatThrownBy(() -> model.generateAsync("ab", options, token -> {}))
                        .isInstanceOf(QueueFullException.class)
                        .hasMessageContaining("generates 4 texts, and as many wait as may (" + waiting + ");");
                texts.get(3).cancel(true);
                texts.set(3, model.generateAsync("ab", options, token -> await(end)));
                end.countDown();
                assertThat(texts).allMatch(text -> text.join().length() == 5);
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aSlowListenerHoldsNobodyUp() throws Exception {
        GenerationOptions options = GenerationOptions.greedy().withMaxTokens(30);
        try (LanguageModel model = model(TRANSFORMER, CpuBackend.open(1))) {
            String expected = model.generate("ab", options);
            try (HeldText held = new HeldText(model, options)) {
                assertThat(model.generate(List.of("ab", "ab", "ab"), options)).containsOnly(expected);
                assertThat(held.letGo()).isEqualTo(expected);
            }
        }
    }

    /** It was taken when others had all places; the thread once ended with them. */
    @Test
    @Timeout(60)
    void aFutureThatFoundNoPlaceGetsItsTurn() throws Exception {
        try (CpuBackend backend = CpuBackend.open(1);
                LanguageModel model = model(TRANSFORMER, backend)) {
            GenerationOptions options =
                    GenerationOptions.temperature(1).withMaxTokens(10).withRecordEnd(false);
            model.generateAsync("ab", options, token -> {}).get();
            // The thread goes on for a second, and began with more places.
            model.batching(BatchOptions.defaults().withSequences(1));
            CompletableFuture<String> first = model.generateAsync("ab", options.withMaxTokens(300), token -> {});
            CompletableFuture<String> second = model.generateAsync("cd", options, token -> {});
            assertThat(first.get()).isNotEmpty();
            assertThat(second.get()).isEqualTo(model.generate("cd", options));
        }
    }

    @Test
    void aCancelledFutureEndsAndGivesItsPlaceBack() throws Exception {
        GenerationOptions endless = GenerationOptions.temperature(1).withMaxTokens(Integer.MAX_VALUE);
        AtomicReference<CompletableFuture<String>> future = new AtomicReference<>();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch known = new CountDownLatch(1);
        List<Token> heard = Collections.synchronizedList(new ArrayList<>());
        LanguageModel model = model(TRANSFORMER, CpuBackend.open(1));
        model.batching(BatchOptions.defaults().withSequences(1));
        future.set(model.generateAsync("ab", endless, token -> {
            begun.countDown();
            await(known);
            heard.add(token);
            if (heard.size() == 5) {
                future.get().cancel(true);
            }
        }));
        begun.await();
        known.countDown();
        assertThat(model.generate("ab", GenerationOptions.greedy().withMaxTokens(3)))
                .hasSize(3);
        assertThat(future.get()).isCancelled();
        assertThat(heard).hasSize(5);
        model.close();
        assertThatThrownBy(() -> model.generateAsync("ab", endless, token -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    /** Of texts that are computed, and of those that wait for a place. */
    @Test
    void futuresFromBeforeTheModelIsClosedComplete() throws Exception {
        GenerationOptions options = GenerationOptions.temperature(1).withMaxTokens(20);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        LanguageModel model = model(TRANSFORMER, CpuBackend.open(1));
        model.batching(BatchOptions.defaults().withSequences(1));
        String expected = model.generate("ab", options);
        CompletableFuture<String> first = model.generateAsync("ab", options, token -> {
            begun.countDown();
            await(closed);
        });
        CompletableFuture<String> second = model.generateAsync("ab", options, token -> {});
        begun.await();
        model.close();
        closed.countDown();
        assertThat(first.get(60, TimeUnit.SECONDS)).isEqualTo(expected);
        assertThat(second.get(60, TimeUnit.SECONDS)).isEqualTo(expected);
    }

    /** As every CompletableFuture: nothing is passed back to the one that it depends on. */
    @Test
    void toCancelWhatDependsOnAFutureDoesNotEndItsText() throws Exception {
        GenerationOptions options = GenerationOptions.temperature(1).withMaxTokens(20);
        CountDownLatch cancelled = new CountDownLatch(1);
        try (LanguageModel model = model(TRANSFORMER, CpuBackend.open(1))) {
            CompletableFuture<String> text = model.generateAsync("ab", options, token -> await(cancelled));
            CompletableFuture<Integer> length = text.thenApply(String::length);
            length.cancel(true);
            cancelled.countDown();
            assertThat(length).isCancelled();
            assertThat(text.get(60, TimeUnit.SECONDS)).isEqualTo(model.generate("ab", options));
        }
    }

    @Test
    void whatOneRequestThrowsIsItsOwn() throws Exception {
        GenerationOptions options = GenerationOptions.temperature(1).withMaxTokens(30);
        GenerationOptions failing = options.withProcessor((context, logits) -> {
            if (context.size() > 10) {
                throw new IllegalStateException("mine");
            }
        });
        try (LanguageModel model = model(TRANSFORMER, CpuBackend.open(2))) {
            String expected = model.generate("ab", options);
            List<CompletableFuture<String>> good = new ArrayList<>();
            List<CompletableFuture<String>> bad = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                good.add(model.generateAsync("ab", options, token -> {}));
                bad.add(model.generateAsync(i % 2 == 0 ? "ab" : "", failing, token -> {}));
            }
            for (int i = 0; i < 20; i++) {
                assertThat(good.get(i).get()).isEqualTo(expected);
                CompletableFuture<String> each = bad.get(i);
                assertThatThrownBy(each::get)
                        .hasRootCauseMessage(
                                i % 2 == 0
                                        ? "mine"
                                        : "the prompt is empty, so there is nothing to continue; give at least one"
                                                + " character, for example a line break");
            }
            List<String> prompts = new ArrayList<>(Collections.nCopies(100, "ab"));
            prompts.set(70, "");
            assertThatThrownBy(() -> model.generate(prompts, options))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("prompt is empty");
            assertThat(model.generate("ab", options)).isEqualTo(expected);
        }
    }

    @Test
    void aStepThatFailsEndsItsRequestsAndNotTheModel() {
        FedTokens backend = new FedTokens(CpuBackend.open(1));
        GenerationOptions options = GenerationOptions.temperature(1).withMaxTokens(30);
        try (LanguageModel model = model(TRANSFORMER, backend)) {
            List<String> prompts = Collections.nCopies(5, "ab");
            List<String> expected = model.generate(prompts, options);
            backend.failNext(new NanogptException("no memory"));
            assertThatThrownBy(() -> model.generate(prompts, options)).hasMessage("no memory");
            assertThat(model.generate(prompts, options)).isEqualTo(expected);
        }
    }
}
