package io.nanogpt.impl.tokenizer.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nanogpt.data.Corpus;
import io.nanogpt.impl.fuzz.Untrusted;
import io.nanogpt.impl.tokenizer.character.CharacterTokenizer;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizer.Format;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.tokenizer.Tokenizers.UnknownCharacters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/** Files of small tokenizers of every kind, for fuzz tests to begin with. */
final class SavedTokenizers {
    static final String SPECIAL = "<|x|>";

    private static final Corpus TEXT = Corpus.ofText("some text, and some more text\n");

    private SavedTokenizers() {}

    static Stream<byte[]> huggingFace() {
        Stream<Tokenizer> characters = Arrays.stream(UnknownCharacters.values())
                .map(policy -> CharacterTokenizer.train("some text\n", policy));
        Stream<Tokenizer> others = Stream.of(
                bytePairs(SPECIAL),
                Tokenizers.characterBpe().vocabularySize(20).train(TEXT),
                Tokenizers.words().train(TEXT));
        Stream<byte[]> saved = Stream.concat(characters, others).map(tokenizer -> {
            Path file = Untrusted.write("seed.json", new byte[0]);
            tokenizer.save(file);
            return bytes(file);
        });
        return Stream.concat(saved, pipelines());
    }

    /** The smallest of the tokenizers of other programs. */
    private static Stream<byte[]> pipelines() {
        return Stream.of("pipelines.json", "precompiled.json")
                .flatMap(list -> new String(bytes(Path.of("src/test/resources/tokenizer", list)), UTF_8).lines())
                .filter(line -> line.startsWith("{"))
                .map(line -> line.substring(line.indexOf(':') + 1, line.lastIndexOf(",\"texts\":")))
                .filter(json -> json.length() < 3_000 || json.contains("Precompiled"))
                .map(json -> json.getBytes(UTF_8));
    }

    private static Tokenizer bytePairs(String... specialTokens) {
        return Tokenizers.byteLevelBpe()
                .vocabularySize(265)
                .specialTokens(specialTokens)
                .threads(1)
                .train(TEXT);
    }

    /** Without special tokens, whose ids a rank file does not hold. */
    static byte[] tiktoken() {
        Path file = Untrusted.write("seed.tiktoken", new byte[0]);
        bytePairs().save(file, Format.TIKTOKEN);
        return bytes(file);
    }

    /** {@code vocab.json}, a byte of zero, {@code merges.txt}. */
    static byte[] gpt2() {
        try {
            Path folder = Files.createTempDirectory("seed");
            bytePairs(SPECIAL).save(folder, Format.GPT2);
            Path vocabulary = folder.resolve(Gpt2Files.VOCABULARY);
            Path merges = folder.resolve(Gpt2Files.MERGES);
            byte[] both = (Files.readString(vocabulary) + "\0" + Files.readString(merges)).getBytes(UTF_8);
            Files.delete(vocabulary);
            Files.delete(merges);
            Files.delete(folder);
            return both;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
