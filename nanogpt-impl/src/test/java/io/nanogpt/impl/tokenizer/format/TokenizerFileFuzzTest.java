package io.nanogpt.impl.tokenizer.format;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.nanogpt.impl.fuzz.Untrusted;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class TokenizerFileFuzzTest {
    static Stream<byte[]> seeds() {
        return SavedTokenizers.huggingFace();
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = Untrusted.DURATION)
    void reads(byte[] content) {
        Untrusted.read("tokenizer.json", content, TokenizerFiles::load);
    }
}
