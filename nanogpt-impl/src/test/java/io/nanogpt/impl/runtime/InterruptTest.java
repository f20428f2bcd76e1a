package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptInterruptedException;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.TokenSource;
import io.nanogpt.generate.BeamSearch;
import io.nanogpt.generate.GenerationInterruptedException;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.impl.fakes.FakeBackend;
import io.nanogpt.impl.fakes.Interrupted;
import io.nanogpt.impl.fakes.Models;
import io.nanogpt.impl.fakes.PieceTokenizer;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.model.Architecture;
import io.nanogpt.tokenizer.SplitPattern;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every long operation ends at an interrupt, by an exception of one type. */
class InterruptTest {
    private static final PieceTokenizer LETTERS = PieceTokenizer.characters("abcdef");
    private static final Architecture ARCHITECTURE = Models.captions(Models.captions(1, 1, 4, 5, 6), 0.5f);
    private static final int VERY_MANY = 2_000_000_000;

    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> generationEnds() {
        FakeBackend backend = new FakeBackend();
        LanguageModel model = new BackendLanguageModel(
                ARCHITECTURE,
                LETTERS,
                backend,
                backend.allocate(ARCHITECTURE.graph().parameters()),
                ModelFolder.About.none());
        GenerationOptions few = GenerationOptions.greedy().withMaxTokens(100);
        GenerationOptions many = few.withMaxTokens(VERY_MANY);
        Map<String, Runnable> operations = new LinkedHashMap<>();
        operations.put("generate", () -> model.generate("a", many));
        operations.put("stream", () -> model.stream("a", many, token -> {}));
        operations.put("samples", () -> model.samples("a", VERY_MANY, few));
        operations.put("grid", () -> model.grid("a", List.of(1.0), List.of(1, 2), VERY_MANY, few));
        operations.put("beamSearch", () -> model.beamSearch("a", BeamSearch.of(2), many));
        operations.put("generate many", () -> model.generate(Collections.nCopies(5_000_000, "a"), few));
        return operations.entrySet().stream()
                .map(operation -> DynamicTest.dynamicTest(
                        operation.getKey(),
                        () -> assertThat(Interrupted.exceptionOf(operation.getValue()))
                                .isInstanceOf(GenerationInterruptedException.class)));
    }

    @TestFactory
    Stream<DynamicTest> everythingElseEnds() {
        FakeBackend backend = new FakeBackend();
        LanguageModel model = new BackendLanguageModel(
                ARCHITECTURE,
                LETTERS,
                backend,
                backend.allocate(ARCHITECTURE.graph().parameters()),
                ModelFolder.About.none());
        Tokenizer bytes = Tokenizers.byteLevelBpe()
                .vocabularySize(300)
                .train(Corpus.ofText("some text of words, " + "a".repeat(99)));
        Tokenizer regex = Tokenizers.byteLevelBpe()
                .pattern(new SplitPattern("(a+)+b\\1|a"))
                .vocabularySize(257)
                .train(Corpus.ofText("aa"));
        List<String> texts = Collections.nCopies(3_000_000, "some text of words");
        Map<String, Runnable> operations = new LinkedHashMap<>();
        operations.put("evaluate", () -> model.evaluate("abcdef".repeat(20), VERY_MANY, 1));
        operations.put("encode", () -> repeat(() -> bytes.encode("some text, ".repeat(1_000_000))));
        operations.put("encode a long word", () -> repeat(() -> bytes.encode("a".repeat(2_000_000))));
        operations.put("encode with a pattern", () -> repeat(() -> regex.encode("a".repeat(20))));
        operations.put("encodeAll", () -> bytes.encodeAll(texts, 2));
        operations.put("stream", () -> read(bytes, 1));
        operations.put("stream with threads", () -> read(bytes, 2));
        operations.put(
                "train",
                () -> repeat(() -> Tokenizers.byteLevelBpe()
                        .vocabularySize(300)
                        .train(Corpus.ofText("some text of words, ".repeat(100_000)))));
        operations.put(
                "train characterBpe",
                () -> repeat(() -> Tokenizers.characterBpe()
                        .vocabularySize(2_000)
                        .train(Corpus.ofText("abcdefghijklmnopqrstuvwxyz".repeat(40_000)))));
        operations.put(
                "train words", () -> repeat(() -> Tokenizers.words().train(Corpus.ofText("a b ".repeat(200_000)))));
        return operations.entrySet().stream()
                .map(operation -> DynamicTest.dynamicTest(
                        operation.getKey(),
                        () -> assertThat(Interrupted.exceptionOf(operation.getValue()))
                                .isInstanceOf(NanogptInterruptedException.class)
                                .hasMessageContaining("interrupt")));
    }

    private static void repeat(Runnable operation) {
        for (int i = 0; i < VERY_MANY; i++) {
            operation.run();
        }
    }

    private static void read(Tokenizer tokenizer, int threads) {
        int[] ids = new int[1024];
        try (Tokenizer.TokenStream stream = tokenizer.stream(new Endless(), threads)) {
            int read = 0;
            while (read >= 0) {
                read = stream.read(ids, 0, ids.length);
            }
        }
    }

    @Test
    void filesAreNotBlamedForAnInterrupt() throws IOException, InterruptedException {
        for (String name : List.of("tokens.bin", "tokens.npy")) {
            Path tokens = folder.resolve(name);
            Files.write(tokens, new byte[64]);
            Throwable thrown = Interrupted.exceptionOf(() -> {
                Thread.currentThread().interrupt();
                TokenSource.open(tokens);
            });
            assertThat(thrown)
                    .isInstanceOf(NanogptInterruptedException.class)
                    .hasMessageContainingAll("interrupted", tokens.toString());
        }
    }

    /** A text without an end. */
    private static final class Endless extends InputStream {
        private static final byte[] TEXT = "some text of words, ".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

        @Override
        public int read() {
            return ' ';
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            for (int i = 0; i < length; i++) {
                buffer[offset + i] = TEXT[i % TEXT.length];
            }
            return length;
        }
    }
}
