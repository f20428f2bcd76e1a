package io.nanogpt.impl.runtime;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.nanogpt.impl.fuzz.Untrusted;
import io.nanogpt.impl.interop.GgufModel;
import io.nanogpt.impl.tokenizer.format.GgufTokenizer;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** The model and the tokenizer that the metadata of a file describe. */
class GgufModelFuzzTest {
    static Stream<byte[]> seeds() {
        return Untrusted.seeds("weights/gguf/llama.gguf");
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = Untrusted.DURATION)
    void reads(byte[] content) {
        Untrusted.read("model.gguf", content, path -> {
            try (GgufModel model = GgufModel.open(path)) {
                GgufTokenizer.end(model.metadata(), GgufTokenizer.read(model.metadata(), path.toString()));
            }
        });
    }
}
