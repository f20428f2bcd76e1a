package io.nanogpt.impl.tokenizer.format;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.nanogpt.impl.fuzz.Untrusted;
import io.nanogpt.tokenizer.SplitPattern;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class Gpt2FilesFuzzTest {
    static Stream<byte[]> seeds() {
        return Stream.of(SavedTokenizers.gpt2());
    }

    /** Both files in one input, the vocabulary up to the first byte of zero. */
    @MethodSource("seeds")
    @FuzzTest(maxDuration = Untrusted.DURATION)
    void reads(byte[] content) {
        int end = 0;
        while (end < content.length && content[end] != 0) {
            end++;
        }
        byte[] rest = Arrays.copyOfRange(content, Math.min(end + 1, content.length), content.length);
        Path merges = Untrusted.write(Gpt2Files.MERGES, rest);
        Untrusted.read(
                Gpt2Files.VOCABULARY,
                Arrays.copyOf(content, end),
                file -> Gpt2Files.read(file, merges, SplitPattern.GPT2, List.of(SavedTokenizers.SPECIAL)));
    }
}
