package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.GenerationOptions;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What models hold of threads, memory and open files, and what happens to the calls of many threads at a close. */
@Timeout(300)
class ModelLifecycleTest {
    private static final String TEXT = "The sections show nuclei and stroma. ".repeat(40);
    private static final GenerationOptions OPTIONS =
            GenerationOptions.temperature(1).withMaxTokens(20);
    /** Below what five hundred models would hold, 27 MB of weights alone, and above what the JVM itself keeps of them. */
    private static final long FLAT_BYTES = 12L << 20;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void train() {
        try (LanguageModel model = GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(32)
                .contextLength(32)
                .steps(5)
                .evaluateEvery(5)
                .evaluationBatches(1)
                .train(Corpus.ofText(TEXT))) {
            model.save(folder);
        }
    }

    private static String use(LanguageModel model, long seed) {
        // Whole batches, so that the threads of the backend work too.
        return model.generate("The ", OPTIONS.withSeed(seed)) + model.evaluate(TEXT, 1, seed);
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("nanogpt-"))
                .count();
    }

    /** Returns when the library has no threads; the test fails by its time limit if some stay. */
    private static void awaitNoThreads() throws InterruptedException {
        while (threads() > 0) {
            Thread.sleep(50);
        }
    }

    @Test
    void twoHundredModelsThatNobodyClosedHoldNoThreads() throws InterruptedException {
        awaitNoThreads(); // of other tests
        List<LanguageModel> models = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            models.add(LanguageModel.load(folder, 4));
        }
        assertThat(threads()).as("threads of models that were not used").isZero();
        for (LanguageModel model : models) {
            use(model, 1);
        }
        awaitNoThreads();
        assertThat(use(models.get(199), 2)).isEqualTo(use(models.get(0), 2));
    }

    @Test
    void sixtyFourThreadsOnAModelGetTheirResultsUntilItIsClosed() throws Exception {
        List<String> expected = new ArrayList<>();
        try (LanguageModel model = LanguageModel.load(folder, 1)) {
            for (int seed = 0; seed < 64; seed++) {
                expected.add(use(model, seed));
            }
        }
        LanguageModel model = LanguageModel.load(folder, 3);
        CountDownLatch warm = new CountDownLatch(150);
        ExecutorService callers = Executors.newFixedThreadPool(64);
        try {
            List<Future<Integer>> calls = new ArrayList<>();
            for (int seed = 0; seed < 64; seed++) {
                int own = seed;
                calls.add(callers.submit(untilClosed(model, own, expected.get(own), warm)));
            }
            warm.await();
            model.close();
            int results = 0;
            for (Future<Integer> call : calls) {
                results += call.get();
            }
            assertThat(results).isGreaterThanOrEqualTo(150);
        } finally {
            callers.shutdownNow();
        }
        awaitNoThreads();
    }

    /** Calls until the model is closed, and returns how many results there were. */
    private static Callable<Integer> untilClosed(LanguageModel model, int seed, String expected, CountDownLatch warm) {
        return () -> {
            for (int results = 0; ; results++) {
                try {
                    assertThat(use(model, seed)).isEqualTo(expected);
                } catch (IllegalStateException e) {
                    assertThat(e).hasMessageContaining("this model is closed");
                    return results;
                }
                warm.countDown();
            }
        };
    }

    @Test
    void loadingAndClosingHundredsOfTimesLeavesNothing() throws InterruptedException {
        loadAndClose(100);
        awaitNoThreads();
        long memory = usedMemory();
        long files = openFiles();
        loadAndClose(500);
        awaitNoThreads();
        assertThat(openFiles()).as("open files").isLessThanOrEqualTo(files + 5);
        assertThat(usedMemory() - memory).as("bytes on the heap").isLessThan(FLAT_BYTES);
    }

    private static void loadAndClose(int times) {
        for (int i = 0; i < times; i++) {
            try (LanguageModel model = LanguageModel.load(folder, 2)) {
                assertThat(use(model, 1)).isNotEmpty();
            }
        }
    }

    private static long usedMemory() {
        Runtime runtime = Runtime.getRuntime();
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
        }
        return used;
    }

    /** 0 where the system does not say. */
    private static long openFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? system.getOpenFileDescriptorCount()
                : 0;
    }
}
