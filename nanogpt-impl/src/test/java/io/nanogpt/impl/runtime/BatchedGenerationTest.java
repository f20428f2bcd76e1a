package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.LanguageModel;
import io.nanogpt.generate.BatchOptions;
import io.nanogpt.generate.BeamSearch;
import io.nanogpt.generate.GenerationInterruptedException;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.Window;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.fakes.FedTokens;
import io.nanogpt.impl.fakes.Models;
import io.nanogpt.impl.fakes.PieceTokenizer;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.impl.random.CounterRandom;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.LstmConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that are generated together are those that each request has alone, and cost less. */
@Timeout(300)
class BatchedGenerationTest {
    private static final PieceTokenizer LETTERS = PieceTokenizer.characters("abcdefghijklmnopqrstuvwxyz .");
    private static final int CONTEXT = 24;
    static final Architecture TRANSFORMER = transformer(CONTEXT);
    static final Architecture ROTARY = Models.captions(
            Models.captions(2, 2, 32, CONTEXT, LETTERS.vocabularySize()).positions(new Positions.Rotary(10_000, false)),
            0);

    private static Architecture transformer(int context) {
        return Models.captions(Models.captions(2, 2, 32, context, LETTERS.vocabularySize()), 0);
    }

    static LanguageModel model(Architecture architecture, Backend backend) {
        ParameterStore parameters = backend.allocate(architecture.graph().parameters());
        for (ParameterSpec spec : parameters.specs()) {
            float[] values = new float[spec.elements()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) CounterRandom.uniform(spec.name().hashCode(), i) - 0.5f;
            }
            parameters.write(spec.name(), values);
        }
        return new BackendLanguageModel(architecture, LETTERS, backend, parameters, ModelFolder.About.none());
    }

    /** A request, and the text that it has alone; it is cancelled after {@code cancelled} tokens. */
    private record Asked(String prompt, GenerationOptions options, int cancelled) {
        static Asked random(Random random) {
            StringBuilder prompt = new StringBuilder();
            for (int length = 1 + random.nextInt(2 * CONTEXT); length > 0; length--) {
                prompt.append((char) ('a' + random.nextInt(26)));
            }
            GenerationOptions options = GenerationOptions.temperature(random.nextInt(3) * 0.6)
                    .withSeed(random.nextLong())
                    .withMaxTokens(1 + random.nextInt(2 * CONTEXT));
            options = switch (random.nextInt(6)) {
                case 0 -> options.withTopK(5).withStop("ab");
                case 1 -> options.withTopP(0.8).withWindow(Window.dropHalf());
                case 2 -> options.withRepetitionPenalty(1.3).withForbidden("e");
                case 3 -> options.withLogProbabilities(3).withNoRepeatNgram(3);
                default -> options;
            };
            return new Asked(prompt.toString(), options, random.nextInt(8) == 0 ? 3 : Integer.MAX_VALUE);
        }

        /** The tokens with their scores, and the text or what ended it. */
        List<Object> of(LanguageModel model) {
            List<Object> heard = new ArrayList<>();
            try {
                heard.add(model.stream(prompt, options, token -> {
                    heard.add(token);
                    if (heard.size() == cancelled) {
                        Thread.currentThread().interrupt();
                    }
                }));
            } catch (GenerationInterruptedException e) {
                assertThat(Thread.interrupted()).isTrue();
                heard.add(e.getMessage());
            }
            // An interrupt in the last token comes too late.
            Thread.interrupted();
            return heard;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 64})
    void requestsOfAnyNumberOfCallersAreThoseOfEachAlone(int callers) throws Exception {
        for (Architecture architecture :
                List.of(TRANSFORMER, Zoo.create(new LstmConfig(1, 16, 16, CONTEXT, LETTERS.vocabularySize())))) {
            Random random = new Random(callers);
            List<Asked> asked =
                    IntStream.range(0, 200).mapToObj(i -> Asked.random(random)).toList();
            List<List<Object>> alone = new ArrayList<>();
            try (LanguageModel model = model(architecture, CpuBackend.open(1))) {
                model.batching(BatchOptions.defaults().withSequences(1));
                asked.forEach(each -> alone.add(each.of(model)));
            }
            ExecutorService threads = Executors.newFixedThreadPool(callers);
            try (LanguageModel model = model(architecture, CpuBackend.open(2))) {
                model.batching(BatchOptions.defaults().withPrefixCacheBytes(callers == 2 ? 100_000 : 0));
                List<Callable<List<Object>>> calls = new ArrayList<>();
                asked.forEach(each -> calls.add(() -> each.of(model)));
                List<List<Object>> together = new ArrayList<>();
                for (Future<List<Object>> call : threads.invokeAll(calls)) {
                    together.add(call.get());
                }
                assertThat(together).isEqualTo(alone);
            } finally {
                threads.shutdownNow();
            }
        }
    }

    @Test
    void listsStreamsAndFuturesHaveTheTextsOfEachAlone() {
        GenerationOptions options = GenerationOptions.temperature(1).withMaxTokens(40);
        List<String> prompts = IntStream.range(0, 150)
                .mapToObj(i -> "abc".repeat(1 + i % 20) + (char) ('a' + i % 26))
                .toList();
        try (LanguageModel model = model(TRANSFORMER, CpuBackend.open(2))) {
            List<String> alone = prompts.stream()
                    .map(prompt -> model.generate(prompt, options))
                    .toList();
            List<Integer> progress = new ArrayList<>();
            assertThat(model.generate(prompts, options, progress::add)).isEqualTo(alone);
            assertThat(progress).isEqualTo(IntStream.rangeClosed(1, 150).boxed().toList());
            assertThat(model.generate(prompts, options)).isEqualTo(alone);
            try (Stream<String> texts = model.generate(prompts.stream(), options)) {
                assertThat(texts.toList()).isEqualTo(alone);
            }
            List<CompletableFuture<String>> futures = prompts.stream()
                    .map(prompt -> model.generateAsync(prompt, options, token -> {}))
                    .toList();
            assertThat(futures.stream().map(CompletableFuture::join).toList()).isEqualTo(alone);
        }
    }

    /** Of the tokens that the backend is fed, apart from one for each that is drawn. */
    @Test
    void samplesGridsAndBeamsFeedTheirPromptOnce() {
        FedTokens backend = new FedTokens(CpuBackend.open(1));
        String prompt = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuv";
        GenerationOptions options = GenerationOptions.temperature(1).withMaxTokens(11);
        try (LanguageModel model = model(transformer(64), backend)) {
            List<String> samples = model.samples(prompt, 16, options);
            assertThat(backend.takeFed()).isEqualTo(48 + 16 * 10);
            for (int i = 0; i < 16; i++) {
                assertThat(samples.get(i)).isEqualTo(model.generate(prompt, options.withSeed(options.seed() + i)));
            }
            backend.takeFed();
            model.grid(prompt, List.of(0.5, 1.0), List.of(1, 5), 4, options);
            assertThat(backend.takeFed()).isEqualTo(48 + 16 * 10);
            model.beamSearch(prompt, BeamSearch.of(4), options);
            assertThat(backend.takeFed()).isEqualTo(48 + 4 * 10);
        }
    }

    @Test
    void withAPrefixCacheWhatAnEarlierTextBeganWithIsNotFedAgain() {
        FedTokens backend = new FedTokens(CpuBackend.open(1));
        GenerationOptions options = GenerationOptions.temperature(1).withMaxTokens(5);
        try (LanguageModel plain = model(transformer(64), CpuBackend.open(1));
                LanguageModel model = model(transformer(64), backend)) {
            model.batching(BatchOptions.defaults().withPrefixCacheBytes(1 << 20));
            String chat = "a question of some words.";
            String answer = model.generate(chat, options);
            assertThat(answer).isEqualTo(plain.generate(chat, options));
            assertThat(backend.takeFed()).isEqualTo(25 + 4);
            String more = chat + answer + " and another.";
            assertThat(model.generate(more, options)).isEqualTo(plain.generate(more, options));
            // The last token of the answer was not fed.
            assertThat(backend.takeFed()).isEqualTo(1 + 13 + 4);
            String other = "a question of another kind.";
            List<String> both = List.of(other, other + " or so");
            assertThat(model.generate(both, options)).isEqualTo(plain.generate(both, options));
            assertThat(backend.takeFed()).isEqualTo(27 + 33 - 2 * "a question of ".length() + 2 * 4);
            model.batching(BatchOptions.defaults());
            assertThat(model.generate(more, options)).isEqualTo(plain.generate(more, options));
            assertThat(backend.takeFed()).isEqualTo(more.length() + 4);
        }
    }

    @Test
    void aPrefixCacheKeepsWithinItsBytes() {
        FedTokens backend = new FedTokens(CpuBackend.open(1));
        GenerationOptions options = GenerationOptions.temperature(1).withMaxTokens(1);
        try (LanguageModel model = model(transformer(64), backend)) {
            // A token takes keys and values of 32 features in 2 layers: 512 bytes.
            model.batching(BatchOptions.defaults().withPrefixCacheBytes(512 * 45));
            model.generate("abcdefghijklmnopqrst", options);
            model.generate("bbcdefghijklmnopqrst", options);
            model.generate("cbcdefghijklmnopqrst", options);
            backend.takeFed();
            model.generate("bbcdefghijklmnopqrst", options);
            assertThat(backend.takeFed()).isEqualTo(1);
            model.generate("abcdefghijklmnopqrst", options);
            assertThat(backend.takeFed()).isEqualTo(20);
        }
    }

    @Test
    void droppingHalfFeedsAboutTwoTokensForEach() {
        FedTokens backend = new FedTokens(CpuBackend.open(1));
        GenerationOptions options = GenerationOptions.temperature(1).withMaxTokens(1 + 20 * CONTEXT);
        try (LanguageModel model = model(TRANSFORMER, backend)) {
            String sliding = model.generate("a", options);
            assertThat(backend.takeFed()).isEqualTo(CONTEXT + (19 * CONTEXT + 1) * CONTEXT);
            String half = model.generate("a", options.withWindow(Window.dropHalf()));
            assertThat(backend.takeFed()).isLessThan(2 * 20 * CONTEXT);
            assertThat(half.substring(0, CONTEXT)).isEqualTo(sliding.substring(0, CONTEXT));
        }
    }

    @Test
    void aRollingWindowFeedsOneTokenForEachAndIsTheSameInAnyCompany() {
        FedTokens backend = new FedTokens(CpuBackend.open(2));
        GenerationOptions options = GenerationOptions.temperature(1).withMaxTokens(1 + 20 * CONTEXT);
        GenerationOptions rolling = options.withWindow(Window.rolling());
        try (LanguageModel model = model(ROTARY, backend)) {
            String sliding = model.generate("a", options);
            backend.takeFed();
            String text = model.generate("a", rolling);
            assertThat(backend.takeFed()).isEqualTo(1 + 20 * CONTEXT);
            assertThat(text.substring(0, CONTEXT)).isEqualTo(sliding.substring(0, CONTEXT));
            assertThat(model.generate(List.of("b", "a", "cde"), rolling))
                    .isEqualTo(List.of(model.generate("b", rolling), text, model.generate("cde", rolling)));
            // What was computed from tokens that are gone is not the beginning of another text.
            model.batching(BatchOptions.defaults().withPrefixCacheBytes(1 << 20));
            assertThat(model.generate("a", rolling)).isEqualTo(text);
            String last = text.substring(text.length() - CONTEXT + 1);
            String fresh = model.generate(last, options);
            model.batching(BatchOptions.defaults());
            assertThat(model.generate(last, options)).isEqualTo(fresh);
            assertThat(model.beamSearch("a", BeamSearch.of(2), rolling.withMaxTokens(2 * CONTEXT)))
                    .hasSize(2);
        }
        try (LanguageModel model = model(TRANSFORMER, CpuBackend.open(1))) {
            assertThatThrownBy(() -> model.generate("a", rolling))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("use Window.dropHalf()");
        }
    }

    @Test
    void promptsOfAListAreDrawnWithTheSameSeed() {
        GenerationOptions options = GenerationOptions.temperature(1).withMaxTokens(20);
        try (LanguageModel model = model(TRANSFORMER, CpuBackend.open(1))) {
            List<String> texts = model.generate(List.of("ab", "ab"), options);
            assertThat(texts.get(1)).isEqualTo(texts.get(0));
            assertThat(model.samples("ab", 2, options)).doesNotHaveDuplicates().startsWith(texts.get(0));
        }
    }
}
