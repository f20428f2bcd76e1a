package io.nanogpt.impl.gguf;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.nanogpt.impl.fuzz.Untrusted;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class GgufFuzzTest {
    static Stream<byte[]> seeds() {
        return Untrusted.seeds("weights/gguf/types.gguf", "weights/gguf/llama.gguf");
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = Untrusted.DURATION)
    void reads(byte[] content) {
        Untrusted.read("model.gguf", content, path -> {
            try (GgufFile file = GgufFile.open(path)) {
                file.names().forEach(file::floats);
            }
        });
    }
}
