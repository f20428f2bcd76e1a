package io.nanogpt.impl.tokenizer.format;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.nanogpt.impl.fuzz.Untrusted;
import io.nanogpt.tokenizer.SplitPattern;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class TiktokenFuzzTest {
    static Stream<byte[]> seeds() {
        return Stream.of(SavedTokenizers.tiktoken());
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = Untrusted.DURATION)
    void reads(byte[] content) {
        Untrusted.read("ranks.tiktoken", content, file -> TiktokenFile.read(file, SplitPattern.GPT2, Map.of()));
    }
}
