package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.LanguageModel;
import io.nanogpt.generate.Evaluation;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.impl.fakes.FakeBackend;
import io.nanogpt.impl.fakes.Models;
import io.nanogpt.impl.fakes.PieceTokenizer;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.model.Architecture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackendLanguageModelTest {
    private static final int CONTEXT = 5;
    private static final PieceTokenizer TOKENIZER = PieceTokenizer.characters("abcdef");
    private static final Architecture ARCHITECTURE = Models.captions(Models.captions(1, 1, 4, CONTEXT, 6), 0.5f);

    private final FakeBackend backend = new FakeBackend();
    private final LanguageModel model = new BackendLanguageModel(
            ARCHITECTURE,
            TOKENIZER,
            backend,
            backend.allocate(ARCHITECTURE.graph().parameters()),
            ModelFolder.About.none());

    @Test
    void generates() {
        GenerationOptions options = GenerationOptions.greedy().withMaxTokens(8);
        assertThat(model.generate("a", options)).isEqualTo("bcdefabc");
        assertThat(model.generate(List.of("a", "b"), options)).containsExactly("bcdefabc", "cdefabcd");
        StringBuilder heard = new StringBuilder();
        assertThat(model.stream("ab", options.withStop("fa"), token -> heard.append(token.text())))
                .isEqualTo("cde");
        assertThat(heard.toString()).isEqualTo("cde");
        assertThat(model.samples("a", 2, options)).containsExactly("bcdefabc", "bcdefabc");
        assertThat(model.grid("a", List.of(0.0), List.of(1, 2), 1, options).cells())
                .hasSize(2);
        assertThat(backend.decoders).hasValue(1);
    }

    @Test
    void toStringDescribesTheModel() {
        assertThat(model.toString())
                .isEqualTo(ARCHITECTURE.kind() + " with " + ARCHITECTURE.graph().parameterCount()
                        + " parameters, a context of " + CONTEXT + " tokens and a vocabulary of 6 ("
                        + TOKENIZER.getClass().getSimpleName() + "), on " + backend.name());
    }

    @Test
    void logitsSeeTheLastTokens() {
        assertThat(model.logits(0, 1, 2)).containsExactly(0, -0.1f, -0.2f, 3, -0.4f, -0.5f);
        assertThat(model.logits(0, 1, 2, 3, 4, 5, 0, 1)).containsExactly(0, -0.1f, 3, -0.3f, -0.4f, -0.5f);
        assertThatThrownBy(() -> model.logits()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> model.logits(0, 6))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("token 6 at index 1", "0 to 5");
    }

    @Test
    void aWholeTextIsEvaluatedOnce() {
        for (int length : new int[] {2, 5, 6, 7, 11, 30, 60, 61, 62, 130, 347}) {
            String text = "abcdefafbecd".repeat(30).substring(0, length);
            int[] ids = TOKENIZER.encode(text);
            double sum = 0;
            for (int i = 1; i < ids.length; i++) {
                sum += FakeBackend.loss(ids[i - 1], ids[i]);
            }
            Evaluation evaluation = model.evaluate(text);
            assertThat(evaluation.tokens()).isEqualTo(length - 1);
            assertThat(evaluation.loss()).isCloseTo(sum / (length - 1), within(1e-6));
        }
        assertThatThrownBy(() -> model.evaluate("a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("1 tokens", "at least two");
    }

    @Test
    void executablesAreReused() {
        String text = "abcdef".repeat(100);
        model.evaluate(text);
        assertThat(backend.compiled).containsExactly("12x5", "11x5", "1x4");
        model.evaluate(text);
        model.evaluate(text, 3, 1);
        assertThat(backend.compiled).hasSize(3);
    }

    @Test
    void randomWindowsDependOnTheSeed() {
        String text = "abcdefafbecd".repeat(10);
        Evaluation first = model.evaluate(text, 4, 7);
        assertThat(first.tokens()).isEqualTo(4 * 12 * CONTEXT);
        assertThat(model.evaluate(text, 4, 7)).isEqualTo(first);
        assertThat(model.evaluate(text, 4, 8)).isNotEqualTo(first);
        assertThatThrownBy(() -> model.evaluate("abcde", 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("5 tokens", "at least 6");
        assertThatThrownBy(() -> model.evaluate(text, 0, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void manyThreadsGetWhatOneGets() throws Exception {
        GenerationOptions options = GenerationOptions.temperature(1).withMaxTokens(30);
        String text = "abcdefafbecd".repeat(10);
        List<String> expected = new ArrayList<>();
        for (int seed = 0; seed < 64; seed++) {
            expected.add(model.generate("ab", options.withSeed(seed)) + model.evaluate(text, 2, seed));
        }
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<String>> calls = new ArrayList<>();
            for (int seed = 0; seed < 64; seed++) {
                int own = seed;
                calls.add(() -> model.generate("ab", options.withSeed(own)) + model.evaluate(text, 2, own));
            }
            List<String> found = new ArrayList<>();
            for (Future<String> call : threads.invokeAll(calls)) {
                found.add(call.get());
            }
            assertThat(found).isEqualTo(expected);
            assertThat(backend.decoders.get()).isBetween(1, 8);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void whatIsOpenIsClosedBeforeTheBackend() {
        model.generate("a", GenerationOptions.greedy().withMaxTokens(2));
        String text = "abcdef".repeat(100);
        for (int length : new int[] {600, 590, 580, 570, 560}) {
            model.evaluate(text.substring(0, length));
        }
        // A decoder, and the executables that are kept of those that were compiled.
        assertThat(backend.compiled).hasSizeGreaterThan(5);
        assertThat(backend.open).hasValue(1 + 4);
        model.close();
        assertThat(backend.open).hasValue(0);
        assertThat(backend.closes).hasValue(1);
    }

    @Test
    void aDecoderWhoseUseFailedIsClosed() {
        assertThatThrownBy(() -> model.stream("a", GenerationOptions.greedy(), token -> {
                    throw new IllegalStateException("enough");
                }))
                .hasMessage("enough");
        assertThat(backend.open).hasValue(0);
    }

    @Test
    void aClosedModelIsRefusedWithAMessage() {
        model.close();
        model.close();
        assertThat(backend.closes).hasValue(1);
        List<Runnable> calls = List.of(
                () -> model.generate("a", GenerationOptions.greedy()),
                () -> model.logits(1),
                () -> model.evaluate("abc"),
                () -> model.save(Path.of("never")));
        for (Runnable call : calls) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }
        assertThat(model.tokenizer()).isSameAs(TOKENIZER);
    }

    @Test
    void callsThatRunWhenTheModelIsClosedFinish() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<String> text = thread.submit(() ->
                    model.stream("a", GenerationOptions.greedy().withMaxTokens(8), token -> {
                        started.countDown();
                        try {
                            closed.await();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }));
            started.await();
            model.close();
            assertThat(backend.closes).hasValue(0);
            closed.countDown();
            assertThat(text.get()).isEqualTo("bcdefabc");
            assertThat(backend.closes).hasValue(1);
        } finally {
            thread.shutdownNow();
        }
    }

    @Test
    void aListenerMayCloseOrThrow() {
        assertThatThrownBy(() -> model.stream("a", GenerationOptions.greedy(), token -> {
                    throw new IllegalStateException("enough");
                }))
                .hasMessage("enough");
        assertThat(model.stream("a", GenerationOptions.greedy().withMaxTokens(3), token -> model.close()))
                .isEqualTo("bcd");
        assertThat(backend.closes).hasValue(1);
    }

    @Test
    void saves(@TempDir Path folder) {
        model.save(folder.resolve("model"));
        assertThat(folder.resolve("model").resolve("config.json")).isRegularFile();
        assertThat(Files.isRegularFile(folder.resolve("model").resolve("tokenizer.json")))
                .isTrue();
    }
}
