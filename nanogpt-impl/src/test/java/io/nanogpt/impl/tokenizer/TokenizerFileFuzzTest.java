package io.nanogpt.impl.tokenizer;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.nanogpt.impl.fuzz.Untrusted;
import io.nanogpt.tokenizer.UnknownCharacters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class TokenizerFileFuzzTest {
    static Stream<byte[]> seeds() {
        return Arrays.stream(UnknownCharacters.values()).map(TokenizerFileFuzzTest::characters);
    }

    private static byte[] characters(UnknownCharacters policy) {
        Path file = Untrusted.write("seed.json", new byte[0]);
        CharacterTokenizer.train("some text\n", policy).save(file);
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = Untrusted.DURATION)
    void reads(byte[] content) {
        Untrusted.read("tokenizer.json", content, TokenizerFiles::load);
    }
}
